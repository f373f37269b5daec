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
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
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
    private static final long REST_NANOS = 20_000_000;

    private static final Set<Thread.State> RESTING =
            Set.of(Thread.State.TIMED_WAITING, Thread.State.TERMINATED);

    private final CollectorRegistry registry = new CollectorRegistry();
    private final StoreMetrics metrics = new StoreMetrics(registry);
    private final AppliedSignal signal = new AppliedSignal();
    private final AtomicLong nanos = new AtomicLong();
    private final StoreClock clock = new StoreClock(TIME, nanos::get);
    private LongSupplier committedIndex = () -> this.committed;
    private volatile long committed;
    private Database database;
    private StoreEngine engine;
    private EntryApplier applier;

    @BeforeEach
    void open(@TempDir Path dir) {
        database = new DatabaseFiles(dir, Durability.BEHIND_A_LOG).open();
        engine = new StoreEngine(database, new WatchHub(0));
        applier = resting(0);
    }

    private EntryApplier resting(long nanos) {
        return new EntryApplier(
                () -> engine, clock, signal, metrics, () -> committedIndex.getAsLong(), nanos);
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
        applier = resting(REST_NANOS);
        long beginNanos = System.nanoTime();
        apply(1, Origin.HEARD);
        assertTrue(System.nanoTime() - beginNanos >= REST_NANOS, "it did not rest");
        assertTrue(has(1));
    }

    @Test
    void whatCameDuringARestSharesTheTransaction() throws Exception {
        AtomicLong looks = new AtomicLong();
        committedIndex = () -> looks.getAndIncrement() == 0 ? 1 : 2;
        applier = resting(REST_NANOS);
        apply(1, Origin.HEARD);
        assertFalse(applier.isCommitted());
        apply(2, Origin.HEARD);
        assertTrue(has(2));
    }

    @Test
    void anEntryRestsUntilSomebodyWaits() throws Exception {
        committed = 1;
        applier = resting(Long.MAX_VALUE);
        Thread updater = Thread.ofPlatform().start(() -> apply(1, Origin.HEARD));
        awaitRest(updater);
        assertEquals(0, engine.applied().index());
        try (Wanted _ = signal.want()) {
            updater.join();
            assertTrue(has(1));
        }
    }

    /** Nor is one that a leader's callers, or anybody else, waits for: that would never end. */
    @Test
    void whatIsWaitedForDoesNotRest() throws Exception {
        committed = 3;
        applier = resting(Long.MAX_VALUE);
        apply(1, Origin.HEARD);
        apply(2, Origin.HEARD);
        apply(3, Origin.HEARD);
        committed = 4;
        apply(4, Origin.OWN);
        assertTrue(has(4));
        try (Wanted _ = signal.want()) {
            committed = 5;
            apply(5, Origin.HEARD);
            assertTrue(has(5));
        }
        applier.skip(TermIndex.valueOf(TERM, 6));
        assertTrue(has(6));
    }

    @Test
    void whoAsksForAnIndexEndsARest() throws Exception {
        committed = 1;
        applier = resting(Long.MAX_VALUE);
        Thread updater = Thread.ofPlatform().start(() -> apply(1, Origin.HEARD));
        awaitRest(updater);
        assertTrue(signal.await(1, PATIENCE_NANOS));
        updater.join();
        assertFalse(signal.isWanted());
    }

    /** Until it does nothing any more, or has ended: then it did not rest. */
    static void awaitRest(Thread updater) {
        Group.await("a rest", () -> RESTING.contains(updater.getState()));
        assertTrue(updater.isAlive(), "it did not rest");
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
