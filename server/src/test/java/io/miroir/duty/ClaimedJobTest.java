package io.miroir.duty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.duty.ClaimedJob.Claiming;
import io.miroir.store.ReadLevel;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.TaskStore;
import io.miroir.store.job.JobRow;
import io.miroir.store.job.JobState;
import io.miroir.store.job.NewJob;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Work of which a pod tells the others by a row. */
class ClaimedJobTest {
    private static final NewJob WORK = new NewJob("work/i", "work", "work/i", "{}", 1, 0, 0);
    private static final String KEPT = "{\"reached\":7}";

    @TempDir Path directory;

    private TaskStore store;

    @BeforeEach
    void open() throws Exception {
        store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("p", directory),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        _ -> {});
    }

    @AfterEach
    void close() {
        store.close();
    }

    /** Shows: what finds no room is told, and is neither taken for another pod's nor done. */
    @Test
    void aFullTableIsTold() {
        FullJobs.in(store);
        assertEquals(new Claiming.Full(1), claim(store, "p"));
        assertTrue(store.jobs().delete(FullJobs.OTHER).orThrow());
        assertInstanceOf(Claiming.Claimed.class, claim(store, "p"));
    }

    /** Shows: a job that has ended makes way, and what is kept of it does not. */
    @Test
    void whatHasEndedMakesWay() {
        ClaimedJob first = claimed(store, "p");
        assertInstanceOf(Claiming.NotNow.class, claim(store, "q"));
        end(first);
        ClaimedJob second = claimed(store, "q");
        assertEquals(KEPT, Json.text(second.progress()));
        second.completeAndForget();
        assertEquals(Optional.empty(), store.jobs().get(ReadLevel.LOCAL, WORK.id()));
    }

    /** Shows: nor is that lost with a pod that ends before it has taken the next one on. */
    @Test
    void whatIsKeptIsThereAtAnyTime() {
        end(claimed(store, "p"));
        TaskStore lost = LostClaims.in(store);
        assertThrows(StoreUnavailableException.class, () -> claim(lost, "p"));
        assertEquals(KEPT, row().progressJson());
        assertEquals(JobState.QUEUED, row().state());
    }

    /** Shows: nor in a table that has no room: the job that has ended has its own. */
    @Test
    void whatHasEndedNeedsNoRoom() {
        end(claimed(store, "p"));
        store.jobs().enqueue(List.of(NewJob.of(FullJobs.OTHER, FullJobs.OTHER, "{}"))).orThrow();
        FullJobs.in(store);
        assertEquals(KEPT, Json.text(claimed(store, "p").progress()));
    }

    /** Shows: a pod that still sees a job's end does not take the place of what has begun since. */
    @Test
    void whoLagsReplacesNothingThatIsUnderWay() {
        claimed(store, "p").complete();
        JobRow ended = row();
        ClaimedJob underWay = claimed(store, "p");
        assertInstanceOf(Claiming.NotNow.class, claim(LaggingJobs.in(store, ended), "q"));
        assertTrue(underWay.beat());
        assertEquals(JobState.IN_PROGRESS, row().state());
        // Nor of what has ended once more.
        end(underWay);
        assertInstanceOf(Claiming.NotNow.class, claim(LaggingJobs.in(store, ended), "q"));
        assertEquals(JobState.COMPLETED, row().state());
    }

    private static void end(ClaimedJob job) {
        job.progress().put("reached", 7).put("passing", 1);
        job.complete();
    }

    private JobRow row() {
        return store.jobs().get(ReadLevel.LOCAL, WORK.id()).orElseThrow();
    }

    private static Claiming claim(TaskStore store, String pod) {
        return ClaimedJob.claim(store, pod, WORK, ClaimedJobTest::kept);
    }

    private static Optional<ObjectNode> kept(JobRow ended) {
        ObjectNode kept = Json.object();
        kept.set("reached", Json.parseObject(ended.progressJson()).path("reached"));
        return Optional.of(kept);
    }

    private static ClaimedJob claimed(TaskStore store, String pod) {
        return assertInstanceOf(Claiming.Claimed.class, claim(store, pod)).job();
    }
}
