package io.miroir.raft;

import io.miroir.sqlite.Sql;
import io.miroir.store.Digests;
import io.miroir.store.engine.Applied;
import io.miroir.store.engine.DigestReads;
import io.miroir.store.engine.StoreEngine;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * This pod's tables as they are compared with another pod's: at the same entry of the log, whatever
 * is applied meanwhile. The pod that is asked takes its digests where it is; the one that asks
 * stands still until it hears where that is, and goes there.
 */
public final class ComparedTables {
    private final Supplier<StoreEngine> engine;
    private final AppliedSignal applied;
    private final ApplyHold hold;
    private final ReentrantLock holding = new ReentrantLock();
    private volatile boolean proven;
    private volatile @Nullable Digests last;

    /** Who asks for digests. */
    @FunctionalInterface
    public interface Asker {
        /** Told the entry at which they are taken, before that takes its time. */
        void at(long index);

        /**
         * Called again and again while they are made.
         *
         * @throws CancellationException if nobody waits for them any more
         */
        default void meanwhile() {}
    }

    ComparedTables(StoreStateMachine stateMachine) {
        this.engine = stateMachine::engine;
        this.applied = stateMachine.appliedSignal();
        this.hold = stateMachine.applyHold();
    }

    /** Whether they are known to be right. */
    public boolean isProven() {
        return proven;
    }

    /** From now on they are. */
    public void prove() {
        proven = true;
    }

    /**
     * Digests for a pod that compares its own.
     *
     * @param atLeast waits for this entry
     * @param waitNanos so long at most
     * @return nothing if it has not come to that entry
     */
    public Optional<Digests> forOther(long atLeast, long waitNanos, Asker asker)
            throws InterruptedException {
        if (!applied.await(atLeast, waitNanos)) {
            return Optional.empty();
        }
        return Optional.of(
                engine.get()
                        .database()
                        .readApart(
                                sql -> {
                                    long index = Applied.load(sql).index();
                                    asker.at(index);
                                    return digests(sql, index, asker::meanwhile);
                                }));
    }

    /** Where nothing was applied since, they are known. */
    private Digests digests(Sql sql, long index, Runnable meanwhile) {
        Digests known = last;
        if (known != null && known.appliedIndex() == index) {
            return known;
        }
        Digests taken = DigestReads.digests(sql, meanwhile);
        last = taken;
        return taken;
    }

    /**
     * The tables stand still until {@link Still#digestsAt} says where they go on to.
     *
     * @param nanosMax so long at most
     */
    public Still still(long nanosMax) {
        holding.lock();
        return new Still(Math.max(hold.here(nanosMax), engine.get().committed().index()));
    }

    /** Tables that stand still. For the thread that made it. */
    public final class Still implements AutoCloseable {
        private final long at;

        private Still(long at) {
            this.at = at;
        }

        /** No entry after this one has been applied. */
        public long at() {
            return at;
        }

        /**
         * Goes on to an entry, takes the digests there, and goes on.
         *
         * @param waitNanos waits for that entry so long at most
         * @return nothing if it did not come, or the tables are beyond it
         */
        public Optional<Digests> digestsAt(long index, long waitNanos) throws InterruptedException {
            hold.goTo(index, waitNanos);
            if (!applied.await(index, waitNanos)) {
                return Optional.empty();
            }
            return engine.get().database().readApart(sql -> taken(sql, index));
        }

        private Optional<Digests> taken(Sql sql, long index) {
            boolean there = Applied.load(sql).index() == index;
            // What is read from here on is what this transaction began with.
            hold.end();
            return there ? Optional.of(digests(sql, index, () -> {})) : Optional.empty();
        }

        @Override
        public void close() {
            hold.end();
            holding.unlock();
        }
    }
}
