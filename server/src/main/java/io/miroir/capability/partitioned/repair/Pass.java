package io.miroir.capability.partitioned.repair;

import io.miroir.fanout.copy.CopyEnd;
import io.miroir.fanout.copy.StoredDocument;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a copy since it last began at the first document: everything up to a sequence
 * number was compared, and is the same on both nodes but for the documents that were acted on. What
 * was seen the same stays the same, since both nodes are sent the same writes in the same order;
 * what was acted on may have met such a write on its way, so it is looked at once more at the end.
 */
final class Pass {
    private final Barrier begun;
    private final Arrivals arrivals;
    private final int actedMax;
    private final Set<String> acted = new TreeSet<>();
    private boolean bulk;
    private @Nullable String through;

    /**
     * The lane at rest on both nodes.
     *
     * @param epoch under which the lane was run
     * @param position the last that was given
     * @param sourceTask the source's latest task of the index
     * @param targetTask the target's
     */
    record Barrier(long epoch, long position, long sourceTask, long targetTask) {}

    /**
     * Begins.
     *
     * @param arrivals at the target since then
     * @param actedMax documents that may be looked at again while writes wait
     * @param through a bulk copy's place to go on behind; null to begin at the first document
     */
    Pass(Barrier begun, Arrivals arrivals, int actedMax, @Nullable String through) {
        this.begun = begun;
        this.arrivals = arrivals;
        this.actedMax = actedMax;
        this.through = through;
        this.bulk = through != null;
    }

    /** Where the lane was when it began. */
    Barrier begun() {
        return begun;
    }

    /** Where the copy ends, if it does now. */
    CopyEnd end(long nowMicros) {
        return new CopyEnd(arrivals.seen(), begun.position(), nowMicros);
    }

    /** What came to the target since. */
    Arrivals arrivals() {
        return arrivals;
    }

    /** Everything up to there was compared; null for nothing. */
    @Nullable String through() {
        return through;
    }

    void through(String seq) {
        through = seq;
    }

    void acted(StoredDocument document, String primaryKey) {
        if (!bulk) {
            acted.add(document.id(primaryKey));
        }
        if (acted.size() > actedMax) {
            // Another pass makes sure of it.
            bulk = true;
            acted.clear();
        }
    }

    /** True if too much differed to be looked at again: only another pass can show it the same. */
    boolean isBulk() {
        return bulk;
    }

    /** Ids of the documents that were put or removed. */
    Set<String> acted() {
        return acted;
    }
}
