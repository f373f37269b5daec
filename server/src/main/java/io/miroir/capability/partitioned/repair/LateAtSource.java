package io.miroir.capability.partitioned.repair;

import io.miroir.core.repair.CopyPlan.Copy;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.LateLooks;
import io.miroir.fanout.copy.LateRequests;
import io.miroir.fanout.copy.TargetWriter;
import io.miroir.store.index.IndexRow;
import java.util.Optional;

/**
 * What came late to a copy's source, behind a copy to it. It may have changed what is copied: that
 * must not go on to others, or most nodes would soon have it, and outvote the one that is right.
 * Who watches the source puts it out for it ({@link LateWatch}).
 */
final class LateAtSource {
    private final CopyContext context;
    private final IndexRow index;
    private final Copy copy;
    private final LateLooks late;

    /** Goes on from what was learned of the source when the copy was tried before. */
    LateAtSource(CopyContext context, IndexRow index, Copy copy, LateLooks late) {
        this.context = context;
        this.index = index;
        this.copy = copy;
        this.late = late;
    }

    /**
     * Looks at what came since it last did. What no other node has can be had from this one only.
     *
     * @param pagesMax of tasks
     * @throws CopyFailedException if something came that may have changed what others have, too, or
     *     more came than that
     */
    void requireNothing(int pagesMax, TargetWriter.Watch watch) throws InterruptedException {
        Optional<LateRequests> behind = late.of(context, index, copy.source());
        if (behind.isEmpty()) {
            return;
        }
        if (!behind.get().look(pagesMax, watch)) {
            throw new CopyFailedException(
                    "node " + copy.source() + " took more than is looked at while writes wait");
        }
        if (behind.get().foundWhatOthersHave(copy.shards())) {
            throw new CopyFailedException(
                    "node " + copy.source() + " took requests late: it is compared first");
        }
    }
}
