package io.miroir.capability.partitioned.antientropy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.Catalogue;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Fleet;
import io.miroir.duty.FullJobs;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.job.JobRow;
import io.miroir.store.job.JobState;
import io.miroir.store.job.Jobs;
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

/** How operators ask for passes. */
class AntiEntropyReportTest {
    private static final long CLAIM_MICROS = 60_000_000;
    private static final String NEXT = "{\"next_shard\":3}";

    @TempDir Path directory;

    private TaskStore store;
    private ClusterView view;
    private AntiEntropyReport report;

    @BeforeEach
    void open() throws Exception {
        store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("p", directory),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        _ -> {});
        view = new ClusterView(store, new Fleet(4, 1, List.of(List.of("a"))));
        view.start();
        Catalogue catalogue = new Catalogue(store, view);
        long epoch = catalogue.claim("i");
        catalogue.show("i", epoch, catalogue.create("i", epoch));
        report = new AntiEntropyReport(store, view);
    }

    @AfterEach
    void close() {
        view.close();
        store.close();
    }

    private JobRow pass() {
        return store.jobs().list(ReadLevel.LOCAL, null, Jobs.LIST_LIMIT_MAX).stream()
                .filter(job -> job.madeOf().type().equals(AntiEntropy.TYPE))
                .findFirst()
                .orElseThrow();
    }

    private JobRow claimed() {
        return ((Jobs.Claiming.Claimed)
                        store.jobs()
                                .claim("p", List.of(AntiEntropy.TYPE), null, CLAIM_MICROS)
                                .orThrow())
                .job();
    }

    private static long number(JobRow job) {
        JobRow.Claim claim = job.claim();
        return claim == null ? 0 : claim.number();
    }

    /**
     * Shows: a pass that has ended makes way for the one that is asked for also where the table of
     * jobs has no room, and that goes on behind it; one that waits or runs is left alone.
     */
    @Test
    void aPassThatHasEndedMakesWayInAFullTable() {
        report.begin();
        assertEquals(JobState.QUEUED, pass().state());
        JobRow first = claimed();
        report.begin();
        assertEquals(JobState.IN_PROGRESS, pass().state());
        assertEquals(number(first), number(pass()));
        store.jobs().complete(first.madeOf().id(), number(first), NEXT, List.of()).orThrow();
        store.jobs().enqueue(List.of(NewJob.of(FullJobs.OTHER, FullJobs.OTHER, "{}"))).orThrow();
        FullJobs.in(store);

        report.begin();
        assertEquals(JobState.QUEUED, pass().state());
        assertEquals(3, AntiEntropy.next(Optional.of(pass())));
    }

    /** Shows: who asks for a pass is not told later of one that had failed before. */
    @Test
    void aPassThatRestsAfterItFailedBeginsAnew() {
        report.begin();
        JobRow tried = claimed();
        store.jobs().fail(tried.madeOf().id(), number(tried), "{}", true).orThrow();
        assertEquals(JobState.QUEUED, pass().state());
        assertEquals(1, pass().attempts());
        report.begin();
        assertEquals(JobState.QUEUED, pass().state());
        assertEquals(0, pass().attempts());
        assertTrue(pass().dates().readyAt() <= store.nowMicros());
    }
}
