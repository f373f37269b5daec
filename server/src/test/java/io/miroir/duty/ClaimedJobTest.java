package io.miroir.duty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.duty.ClaimedJob.Claiming;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.job.JobRow;
import io.miroir.store.job.JobState;
import io.miroir.store.job.NewJob;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Work of which a pod tells the others by a row. */
class ClaimedJobTest {
    private static final NewJob WORK = new NewJob("work/i", "work", "work/i", "{}", 1, 0, 0);

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

    /** Shows: a job that has ended makes way and is handed over; one that is done does not. */
    @Test
    void whatHasEndedMakesWay() {
        ClaimedJob first = claimed(store, "p");
        assertEquals(Optional.empty(), first.before());
        assertInstanceOf(Claiming.NotNow.class, claim(store, "q"));
        first.progress().put("reached", 7);
        first.complete();
        ClaimedJob second = claimed(store, "q");
        assertEquals("{\"reached\":7}", second.before().orElseThrow().progressJson());
        second.completeAndForget();
        assertEquals(Optional.empty(), store.jobs().get(ReadLevel.LOCAL, WORK.id()));
    }

    /** Shows: a pod that still sees a job's end does not delete what another one has begun. */
    @Test
    void whoLagsDeletesNothingThatIsUnderWay() {
        claimed(store, "p").complete();
        JobRow ended = store.jobs().get(ReadLevel.LOCAL, WORK.id()).orElseThrow();
        ClaimedJob underWay = claimed(store, "p");
        assertInstanceOf(Claiming.NotNow.class, claim(LaggingJobs.in(store, ended), "q"));
        assertTrue(underWay.beat());
        assertEquals(
                JobState.IN_PROGRESS,
                store.jobs().get(ReadLevel.LOCAL, WORK.id()).map(JobRow::state).orElseThrow());
    }

    private static Claiming claim(TaskStore store, String pod) {
        return ClaimedJob.claim(store, pod, WORK, _ -> true);
    }

    private static ClaimedJob claimed(TaskStore store, String pod) {
        return assertInstanceOf(Claiming.Claimed.class, claim(store, pod)).job();
    }
}
