package io.miroir.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.tasks.TasksQuery;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pod catches up with the others where it does not know what is named, if it can. */
class NamedTasksTest {
    @TempDir Path directory;

    private SqliteTaskStore store;
    private NamedTasks named;
    private boolean inContact = true;
    private int caughtUp;
    private Runnable news = () -> {};

    @BeforeEach
    void start() {
        store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("p", directory),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        _ -> {});
        named = new NamedTasks(store.tasks(), () -> inContact, this::catchUp);
    }

    @AfterEach
    void stop() {
        store.close();
    }

    private void catchUp() {
        caughtUp++;
        news.run();
    }

    /** Shows: any pod answers for any task, also one that another pod has just given out. */
    @Test
    void whatThisPodDoesNotKnowItCatchesUpWith() {
        long ended = born(TaskStatus.SUCCEEDED);
        long waits = born(null);
        assertListed(0, false, Map.of());
        assertListed(0, false, Map.of("statuses", "failed"));
        assertListed(0, false, Map.of("uids", ended + "," + waits));
        assertListed(1, false, Map.of("uids", ended + "," + (waits + 1)));
        assertListed(1, false, Map.of("canceledBy", "" + (waits + 1)));
        assertListed(0, false, Map.of("batchUids", "" + ended));
        // Another pod may have heard that it was begun.
        assertListed(1, false, Map.of("batchUids", "" + waits));
        assertListed(0, true, Map.of("uids", "" + ended));
        assertListed(1, true, Map.of("uids", "" + waits));
        news = () -> born(null);
        assertEquals(waits + 1, named.task(waits + 1).orElseThrow().uid());
        assertTrue(named.batch(ended).isPresent());
        assertEquals(1, caughtUp);
        assertTrue(named.batch(waits).isEmpty());
        assertEquals(2, caughtUp);
    }

    /** Shows: without a quorum nobody waits for what can't be had. */
    @Test
    void aPodWithoutContactTellsWhatItHas() {
        long waits = born(null);
        inContact = false;
        assertListed(0, false, Map.of("uids", "" + (waits + 1)));
        assertTrue(named.task(waits).isPresent());
        assertTrue(named.task(waits + 1).isEmpty());
        assertTrue(named.batch(waits).isEmpty());
        assertEquals(0, caughtUp);
    }

    private void assertListed(int times, boolean batches, Map<String, String> query) {
        caughtUp = 0;
        named.know(TasksQuery.list(query).filter().numbers(), batches);
        assertEquals(times, caughtUp, query::toString);
        caughtUp = 0;
    }

    private long born(@Nullable TaskStatus status) {
        NewTask task = NewTask.of(TaskType.DUMP_CREATION, null, "{}", status, null);
        return ((Tasks.Birth.Enqueued) store.tasks().enqueue(task).orThrow()).uid();
    }
}
