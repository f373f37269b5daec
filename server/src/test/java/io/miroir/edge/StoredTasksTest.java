package io.miroir.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.api.tasks.TasksQuery;
import io.miroir.store.ReadLevel;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredTasksTest {
    @TempDir Path directory;

    /** Shows: any pod answers for any task, also one that another pod has just given out. */
    @Test
    void whatThisPodDoesNotKnowIsAskedOfAll() {
        try (SqliteTaskStore store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("p", directory),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        _ -> {})) {
            long ended = born(store.tasks(), TaskStatus.SUCCEEDED);
            long waits = born(store.tasks(), null);
            assertLevel(ReadLevel.LOCAL, Map.of(), store);
            assertLevel(ReadLevel.LOCAL, Map.of("statuses", "failed"), store);
            assertLevel(ReadLevel.LOCAL, Map.of("uids", ended + "," + waits), store);
            assertLevel(ReadLevel.LINEARIZABLE, Map.of("uids", ended + "," + (waits + 1)), store);
            assertLevel(ReadLevel.LINEARIZABLE, Map.of("canceledBy", "" + (waits + 1)), store);
            assertLevel(ReadLevel.LOCAL, Map.of("batchUids", "" + ended), store);
            // Another pod may have heard that it was begun.
            assertLevel(ReadLevel.LINEARIZABLE, Map.of("batchUids", "" + waits), store);
        }
    }

    private static void assertLevel(
            ReadLevel level, Map<String, String> query, SqliteTaskStore store) {
        var numbers = TasksQuery.list(query).filter().numbers();
        assertEquals(level, StoredTasks.level(numbers, store.tasks()), query::toString);
    }

    private static long born(Tasks tasks, @Nullable TaskStatus status) {
        NewTask task = NewTask.of(TaskType.DUMP_CREATION, null, "{}", status, null);
        return ((Tasks.Birth.Enqueued) tasks.enqueue(task).orThrow()).uid();
    }
}
