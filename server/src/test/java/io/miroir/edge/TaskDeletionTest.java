package io.miroir.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.miroir.api.keys.Access;
import io.miroir.api.tasks.TaskFilter;
import io.miroir.api.tasks.TasksQuery;
import io.miroir.store.ReadLevel;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.miroir.store.task.Finish;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskDeletionTest {
    @TempDir Path directory;

    /** A deletion reaches all that it matches, however many pages that is, and nothing else. */
    @Test
    void itReachesBeyondOnePage() throws InterruptedException {
        try (SqliteTaskStore store = open()) {
            for (int i = 0; i < 10; i++) {
                TaskStatus status = i % 5 == 0 ? TaskStatus.FAILED : TaskStatus.SUCCEEDED;
                store.tasks()
                        .enqueue(NewTask.of(TaskType.DUMP_CREATION, null, "{}", status, null))
                        .orThrow();
            }
            var filter = TasksQuery.selection(Map.of("statuses", "succeeded"), "delete");
            TaskDeletion.Counts counts =
                    new TaskDeletion(store.tasks(), 3, Duration.ZERO).delete(filter, Access.full());
            assertEquals(new TaskDeletion.Counts(8, 8), counts);
            assertEquals(2, store.tasks().list(ReadLevel.LOCAL, TaskQuery.newest(20)).total());
        }
    }

    /** What is worked on when the deletion comes goes too, once it has ended. */
    @Test
    void itWaitsForTasksThatAreWorkedOn() throws Exception {
        try (SqliteTaskStore store = open()) {
            long uid = unfinished(store);
            var filter = TasksQuery.selection(Map.of("uids", Long.toString(uid)), "delete");
            TaskDeletion deletion = new TaskDeletion(store.tasks(), 3, Duration.ofMinutes(1));
            Future<TaskDeletion.Counts> counts =
                    CompletableFuture.supplyAsync(() -> delete(deletion, filter));
            Tasks.Step _ =
                    store.tasks()
                            .finish(
                                    Finish.of(
                                            uid,
                                            Finish.NO_LANE,
                                            TaskStatus.SUCCEEDED,
                                            null,
                                            null,
                                            List.of()))
                            .orThrow();
            assertEquals(new TaskDeletion.Counts(1, 1), counts.get());
        }
    }

    /** Who works for long is not waited for. */
    @Test
    void itsPatienceEnds() throws InterruptedException {
        try (SqliteTaskStore store = open()) {
            long uid = unfinished(store);
            var filter = TasksQuery.selection(Map.of("uids", Long.toString(uid)), "delete");
            TaskDeletion deletion = new TaskDeletion(store.tasks(), 3, Duration.ofMillis(1));
            assertEquals(new TaskDeletion.Counts(1, 0), deletion.delete(filter, Access.full()));
        }
    }

    private static long unfinished(SqliteTaskStore store) {
        NewTask task = NewTask.of(TaskType.DUMP_CREATION, null, "{}", null, null);
        Tasks.Birth birth = store.tasks().enqueue(task).orThrow();
        return assertInstanceOf(Tasks.Birth.Enqueued.class, birth).uid();
    }

    private static TaskDeletion.Counts delete(TaskDeletion deletion, TaskFilter filter) {
        try {
            return deletion.delete(filter, Access.full());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private SqliteTaskStore open() {
        return new SqliteTaskStore(
                SqliteStoreConfig.of("p", directory),
                InstantSource.system(),
                new CollectorRegistry(),
                _ -> {});
    }
}
