package io.miroir.raft;

import io.miroir.proto.store.BatchOutcome;
import io.miroir.raft.EntryGroups.State;
import io.miroir.store.engine.Applied;
import io.miroir.store.engine.StoreClock;
import io.miroir.store.engine.StoreEngine;
import io.miroir.store.engine.StoreMetrics;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.ratis.server.protocol.TermIndex;

/**
 * Applies the log's entries to the database, in transactions that carry the applied index. For
 * Ratis' one updater thread.
 */
final class EntryApplier {
    private final Supplier<StoreEngine> engine;
    private final StoreClock clock;
    private final AppliedSignal signal;
    private final StoreMetrics metrics;
    private final LongSupplier committedIndex;
    private final long restNanosMax;
    private final ApplyHold hold = new ApplyHold();

    /** By the open transaction. */
    private long spentNanos;

    /**
     * @param engine the one that is current: an installed snapshot replaces it
     * @param committedIndex of the log, as far as this pod knows
     * @param restNanosMax how long an entry waits for others where nobody waits for it
     */
    EntryApplier(
            Supplier<StoreEngine> engine,
            StoreClock clock,
            AppliedSignal signal,
            StoreMetrics metrics,
            LongSupplier committedIndex,
            long restNanosMax) {
        this.engine = engine;
        this.clock = clock;
        this.signal = signal;
        this.metrics = metrics;
        this.committedIndex = committedIndex;
        this.restNanosMax = restNanosMax;
    }

    /** Lets what is applied stand still. */
    ApplyHold hold() {
        return hold;
    }

    /** Where an entry comes from. */
    enum Origin {
        /** A caller of this pod waits for it: it leads. */
        OWN,
        /** From another pod, now. */
        HEARD,
        /** From this pod's log, as it was when it started. */
        REPLAYED
    }

    /**
     * Applies one that the database does not have. A leader's own is committed then; another may be
     * left to the next one's transaction.
     */
    BatchOutcome apply(TermIndex at, StampedBatch stamped, Origin origin) {
        hold.pass(at.getIndex(), this::commit);
        boolean first = current().openEntries() == 0;
        if (origin == Origin.HEARD && first) {
            // A stamp counts when it comes, not after the rest. Those that came meanwhile, and a
            // leader's own, are as old as they waited: following them would slow the clock.
            clock.observe(stamped.storeTimeMicros());
        }
        if (first && EntryGroups.rests(state(at, origin))) {
            rest();
        }
        long startedNanos = System.nanoTime();
        BatchOutcome outcome =
                current()
                        .apply(
                                at.getIndex(),
                                at.getTerm(),
                                stamped.storeTimeMicros(),
                                stamped.batch());
        spentNanos += System.nanoTime() - startedNanos;
        if (EntryGroups.ends(
                state(at, origin), current().openEntries(), current().openCommands())) {
            commit();
        }
        return outcome;
    }

    /** An entry without commands; the transaction ends with it. */
    void skip(TermIndex at) {
        hold.pass(at.getIndex(), this::commit);
        current().skip(at.getIndex(), at.getTerm());
        commit();
    }

    /** The database was replaced by an installed one: what was open is gone with it. */
    void cutOff() {
        spentNanos = 0;
    }

    /** Whether all that was applied is committed. */
    boolean isCommitted() {
        return current().openEntries() == 0;
    }

    /** Ends the transaction, if one is open. */
    void commit() {
        int entries = current().openEntries();
        if (entries == 0) {
            return;
        }
        long startedNanos = System.nanoTime();
        current().commit();
        Applied applied = current().committed();
        clock.notBefore(applied.storeTimeMicros());
        signal.advance(applied.index());
        metrics.committed(
                spentNanos + System.nanoTime() - startedNanos,
                entries,
                applied.index(),
                committedIndex.getAsLong() - applied.index());
        spentNanos = 0;
    }

    private void rest() {
        try {
            signal.awaitWanted(restNanosMax);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private State state(TermIndex at, Origin origin) {
        long behind = committedIndex.getAsLong() - at.getIndex();
        return new State(origin == Origin.OWN, signal.isWanted(), behind);
    }

    private StoreEngine current() {
        return engine.get();
    }
}
