package io.miroir.raft;

import io.miroir.sqlite.Database;
import io.miroir.store.engine.StoreMetrics;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.ratis.server.protocol.TermIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out in the background how far the database is on disk, which is how far the log may be
 * purged: applies do not wait for it.
 */
final class Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

    /** A checkpoint that took a second is followed by twenty without one: 5 % of the time. */
    static final int REST_FACTOR = 20;

    private final SnapshotFiles snapshots;
    private final Supplier<Database> database;
    private final StoreMetrics metrics;
    private final LongSupplier nanos;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile long notBeforeNanos;

    Checkpoints(
            SnapshotFiles snapshots,
            Supplier<Database> database,
            StoreMetrics metrics,
            LongSupplier nanos) {
        this.snapshots = snapshots;
        this.database = database;
        this.metrics = metrics;
        this.nanos = nanos;
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

    private void run(Supplier<TermIndex> applied) {
        long startedNanos = nanos.getAsLong();
        try {
            TermIndex handedOver = applied.get();
            if (database.get().checkpoint()) {
                snapshots.advance(handedOver);
                metrics.snapshot(handedOver.getIndex());
            }
        } catch (RuntimeException e) {
            LOG.error("Cannot checkpoint the database; the log is kept", e);
        } finally {
            long endedNanos = nanos.getAsLong();
            notBeforeNanos = endedNanos + REST_FACTOR * (endedNanos - startedNanos);
            running.set(false);
        }
    }
}
