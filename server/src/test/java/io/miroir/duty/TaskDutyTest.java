package io.miroir.duty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.store.ReadLevel;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks of the whole cluster are worked on one after the other, and none stays behind. */
class TaskDutyTest {
    private final List<Long> worked = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private SqliteTaskStore store;

    @BeforeEach
    void open(@TempDir Path directory) {
        store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("pod-0", directory),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        failure -> {
                            throw new AssertionError("the store failed", failure);
                        });
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void theOldestOfItsTypeIsFirst() {
        long first = enqueue(TaskType.DUMP_CREATION);
        long other = enqueue(TaskType.SNAPSHOT_CREATION);
        long second = enqueue(TaskType.DUMP_CREATION);
        TaskDuty duty =
                duty(
                        task -> {
                            worked.add(task.uid());
                            return "{\"dumpUid\":\"d" + task.uid() + "\"}";
                        });
        for (int steps = 0; steps < 3; steps++) {
            duty.step(store);
        }
        assertEquals(List.of(first, second), worked);
        assertEquals(TaskStatus.SUCCEEDED, task(second).status());
        assertEquals("{\"dumpUid\":\"d" + second + "\"}", task(second).detailsJson());
        assertEquals(TaskStatus.ENQUEUED, task(other).status());
    }

    @Test
    void whatItRefusesFailsWithItsError() {
        long uid = enqueue(TaskType.DUMP_CREATION);
        duty(_ -> {
                    throw new ApiException(ErrorCode.NO_SPACE_LEFT_ON_DEVICE, "full");
                })
                .step(store);
        TaskRow failed = task(uid);
        assertEquals(TaskStatus.FAILED, failed.status());
        assertEquals("{\"dumpUid\":null}", failed.detailsJson());
        String error = Objects.requireNonNull(failed.errorJson());
        assertTrue(error.contains("\"code\":\"no_space_left_on_device\""), error);
    }

    /** Begun again for ever it would keep all others waiting. */
    @Test
    void aBugFailsTheTask() {
        long uid = enqueue(TaskType.DUMP_CREATION);
        duty(_ -> {
                    throw new IllegalStateException("a bug");
                })
                .step(store);
        assertEquals(TaskStatus.FAILED, task(uid).status());
    }

    @Test
    void oneWhoseLeaderIsLostIsBegunAgain() {
        long uid = enqueue(TaskType.DUMP_CREATION);
        duty(_ -> {
                    throw new InterruptedException();
                })
                .step(store);
        assertTrue(Thread.interrupted());
        assertEquals(TaskStatus.PROCESSING, task(uid).status());
        duty(_ -> "{}").step(store);
        assertEquals(TaskStatus.SUCCEEDED, task(uid).status());
        assertNull(task(uid).errorJson());
    }

    private static TaskDuty duty(TaskDuty.Work work) {
        return new TaskDuty(TaskType.DUMP_CREATION, work);
    }

    private long enqueue(TaskType type) {
        NewTask task = NewTask.of(type, null, "{\"dumpUid\":null}", null, null);
        return assertInstanceOf(Tasks.Birth.Enqueued.class, store.tasks().enqueue(task).orThrow())
                .uid();
    }

    private TaskRow task(long uid) {
        return store.tasks().get(ReadLevel.LOCAL, uid).orElseThrow();
    }
}
