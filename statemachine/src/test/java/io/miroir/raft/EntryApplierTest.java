package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.proto.store.Batch;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.EnqueueTask;
import io.miroir.raft.EntryApplier.Origin;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.store.Wanted;
import io.miroir.store.engine.StoreClock;
import io.miroir.store.engine.StoreEngine;
import io.miroir.store.engine.StoreMetrics;
import io.miroir.store.engine.WatchHub;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.server.protocol.TermIndex;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Entries share transactions where nobody waits for them, and nobody waits for their rest. */
@Timeout(120)
class EntryApplierTest {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long TIME = 1_767_225_600_000_000L;
    private static final long TERM = 3;

    private final CollectorRegistry registry = new CollectorRegistry();
    private final AppliedSignal signal = new AppliedSignal();
    private final AtomicLong nanos = new AtomicLong();
    private final StoreClock clock = new StoreClock(TIME, nanos::get);
    private long committed;
    private Database database;
    private StoreEngine engine;
    private EntryApplier applier;

    @BeforeEach
    void open(@TempDir Path dir) {
        database = new DatabaseFiles(dir, Durability.BEHIND_A_LOG).open();
        engine = new StoreEngine(database, new WatchHub(0));
        applier =
                new EntryApplier(
                        () -> engine, clock, signal, new StoreMetrics(registry), () -> committed);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void apply(long index, Origin origin) {
        apply(index, TIME + index, origin);
    }

    private void apply(long index, long stampMicros, Origin origin) {
        Batch batch =
                Batch.newBuilder()
                        .addCommand(Command.newBuilder().setEnqueueTask(EnqueueTask.newBuilder()))
                        .build();
        int outcomes =
                applier.apply(
                                TermIndex.valueOf(TERM, index),
                                new StampedBatch(stampMicros, batch),
                                origin)
                        .getOutcomeCount();
        assertEquals(1, outcomes);
    }

    private long tasksThatReadersSee() {
        return database.read(sql -> sql.number("SELECT count(*) FROM tasks"));
    }

    /** Whether all up to it is committed, and those who wait for it were told. */
    private boolean has(long index) throws InterruptedException {
        return engine.committed().index() == index
                && applier.isCommitted()
                && signal.await(index, 0)
                && !signal.await(index + 1, 0);
    }

    @Test
    void whatIsCommittedAlreadySharesATransaction() throws Exception {
        committed = 3;
        apply(1, Origin.REPLAYED);
        apply(2, Origin.HEARD);
        assertFalse(applier.isCommitted());
        assertEquals(0, tasksThatReadersSee());
        assertFalse(signal.await(1, 0), "told before it is there");
        apply(3, Origin.HEARD);
        assertTrue(has(3));
        assertEquals(3, tasksThatReadersSee());
        assertEquals(3, registry.getSampleValue("miroir_task_store_commit_entries_sum"), "entries");
        assertEquals(
                1, registry.getSampleValue("miroir_task_store_commit_entries_count"), "commits");
    }

    @Test
    void aTransactionHasABound() throws Exception {
        committed = 1_000;
        for (int i = 1; i < EntryGroups.ENTRIES_MAX; i++) {
            apply(i, Origin.HEARD);
        }
        assertEquals(0, engine.committed().index());
        apply(EntryGroups.ENTRIES_MAX, Origin.HEARD);
        assertTrue(has(EntryGroups.ENTRIES_MAX));
    }

    @Test
    void whatALeadersCallersWaitForIsCommittedAtOnce() throws Exception {
        committed = 9;
        apply(1, Origin.HEARD);
        apply(2, Origin.OWN);
        assertTrue(has(2));
        apply(3, Origin.OWN);
        assertTrue(has(3));
    }

    @Test
    void whoeverWaitsIsWaitedForByNoGroup() throws Exception {
        committed = 9;
        apply(1, Origin.HEARD);
        assertFalse(applier.isCommitted());
        try (Wanted _ = signal.want()) {
            apply(2, Origin.HEARD);
            assertTrue(has(2));
            apply(3, Origin.HEARD);
            assertTrue(has(3));
        }
        apply(4, Origin.HEARD);
        assertFalse(applier.isCommitted());
    }

    @Test
    void aLoneEntryIsCommittedAfterItsRestThoughNobodyAsks() throws Exception {
        committed = 1;
        apply(1, Origin.HEARD);
        assertTrue(has(1));
    }

    @Test
    void whoBeginsToWaitEndsARest() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> rest =
                    threads.submit(
                            () -> {
                                signal.awaitWanted(Long.MAX_VALUE);
                                return null;
                            });
            Future<Boolean> waits = threads.submit(() -> signal.await(7, PATIENCE_NANOS));
            rest.get();
            assertTrue(signal.isWanted());
            signal.advance(7);
            assertTrue(waits.get());
            assertFalse(signal.isWanted());
        }
    }

    @Test
    void aLeadersFirstEntryEndsTheTransaction() throws Exception {
        // Its duties begin then, and read what the former leader's callers were told.
        committed = 3;
        apply(1, Origin.HEARD);
        apply(2, Origin.HEARD);
        assertFalse(applier.isCommitted());
        applier.skip(TermIndex.valueOf(TERM + 1, 3));
        assertTrue(has(3));
        assertEquals(TERM + 1, engine.committed().term());
        // One that the database has: nothing moves.
        applier.skip(TermIndex.valueOf(TERM + 1, 3));
        assertTrue(has(3));
    }

    @Test
    void stampsThatWaitedDoNotSlowTheClock() {
        committed = 9;
        apply(1, TIME - 500, Origin.HEARD);
        assertEquals(TIME - 500, clock.nowMicros(), "the leader's time counts, not this pod's");
        nanos.addAndGet(3_000_000);
        apply(2, TIME + 1_000, Origin.HEARD);
        assertEquals(TIME + 2_500, clock.nowMicros());
        apply(3, TIME + 9_000, Origin.HEARD);
        applier.commit();
        assertEquals(TIME + 9_000, clock.nowMicros(), "the tables know this time");
    }

    @Test
    void whatWasCutOffIsAppliedAgain() throws Exception {
        // Rule 21: nothing is told to be applied that a crash could take back.
        committed = 9;
        apply(1, Origin.HEARD);
        apply(2, Origin.HEARD);
        assertEquals(2, engine.applied().index());
        database.writer().rollback();
        engine = new StoreEngine(database, new WatchHub(0));
        assertEquals(0, engine.committed().index());
        committed = 2;
        apply(1, Origin.REPLAYED);
        apply(2, Origin.REPLAYED);
        assertTrue(has(2));
        assertEquals(2, tasksThatReadersSee());
    }
}
