package io.miroir.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.api.keys.Access;
import io.miroir.api.tasks.TasksQuery;
import io.miroir.store.ReadLevel;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskDeletionTest {
    @TempDir Path directory;

    /** A deletion reaches all that it matches, however many pages that is, and nothing else. */
    @Test
    void itReachesBeyondOnePage() {
        try (SqliteTaskStore store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("p", directory),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        _ -> {})) {
            for (int i = 0; i < 10; i++) {
                TaskStatus status = i % 5 == 0 ? TaskStatus.FAILED : TaskStatus.SUCCEEDED;
                store.tasks()
                        .enqueue(NewTask.of(TaskType.DUMP_CREATION, null, "{}", status, null))
                        .orThrow();
            }
            var filter = TasksQuery.selection(Map.of("statuses", "succeeded"), "delete");
            TaskDeletion.Counts counts =
                    new TaskDeletion(store.tasks(), 3).delete(filter, Access.full());
            assertEquals(new TaskDeletion.Counts(8, 8), counts);
            assertEquals(2, store.tasks().list(ReadLevel.LOCAL, TaskQuery.newest(20)).total());
        }
    }
}
