package io.miroir.raft;

import io.miroir.sqlite.Database;
import io.miroir.store.engine.StoreMetrics;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.ratis.server.protocol.TermIndex;

/**
 * Finds out in the background how far the database is on disk, which is how far the log may be
 * purged: applies do not wait for it.
 */
final class Checkpoints {
    /** A checkpoint that took a second is followed by twenty without one: 5 % of the time. */
    static final int REST_FACTOR = 20;

    private final SnapshotFiles snapshots;
    private final Supplier<Database> database;
    private final StoreMetrics metrics;
    private final LongSupplier nanos;
    private final int restFactor;
    private final Consumer<RuntimeException> onFailure;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile long notBeforeNanos;

    /**
     * @param restFactor how many times as long as one took there is none
     * @param onFailure the disk did not take it. It must end the store: what a failed sync did not
     *     write, a later one that succeeds may not write either, and the log of it would be purged
     */
    Checkpoints(
            SnapshotFiles snapshots,
            Supplier<Database> database,
            StoreMetrics metrics,
            LongSupplier nanos,
            int restFactor,
            Consumer<RuntimeException> onFailure) {
        this.snapshots = snapshots;
        this.database = database;
        this.metrics = metrics;
        this.nanos = nanos;
        this.restFactor = restFactor;
        this.onFailure = onFailure;
        this.notBeforeNanos = nanos.getAsLong();
    }

    /**
     * Begins one, unless one runs or the last one cost too much to follow it already.
     *
     * @param applied what Ratis has handed over. Not what the database holds: after an install that
     *     is more, and the log would be expected to begin where it has not come to
     */
    void begin(Supplier<TermIndex> applied) {
        if (nanos.getAsLong() - notBeforeNanos >= 0 && running.compareAndSet(false, true)) {
            Thread.ofPlatform().name("store-checkpoint").daemon().start(() -> run(applied));
        }
    }

    /** Whether one is under way. */
    boolean isRunning() {
        return running.get();
    }

    private void run(Supplier<TermIndex> applied) {
        long startedNanos = nanos.getAsLong();
        try {
            TermIndex handedOver = applied.get();
            if (database.get().checkpoint()) {
                snapshots.advance(handedOver);
                metrics.snapshot(handedOver.getIndex());
            }
        } catch (RuntimeException e) {
            onFailure.accept(e);
        } finally {
            long endedNanos = nanos.getAsLong();
            notBeforeNanos = endedNanos + restFactor * (endedNanos - startedNanos);
            running.set(false);
        }
    }
}
