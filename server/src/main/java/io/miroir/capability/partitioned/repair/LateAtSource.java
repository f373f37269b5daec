package io.miroir.capability.partitioned.repair;

import io.miroir.core.repair.CopyPlan.Copy;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.LateRequests;
import io.miroir.fanout.copy.TargetWriter;
import io.miroir.store.index.IndexRow;
import org.jspecify.annotations.Nullable;

/**
 * What came late to a copy's source, behind a copy to it. It may have changed what is copied: that
 * must not go on to others, or most nodes would soon have it, and outvote the one that is right.
 * Who watches the source puts it out for it ({@link LateWatch}).
 */
final class LateAtSource {
    private final CopyContext context;
    private final IndexRow index;
    private final Copy copy;
    private @Nullable LateRequests late;

    /** Nothing was looked at yet. */
    LateAtSource(CopyContext context, IndexRow index, Copy copy) {
        this.context = context;
        this.index = index;
        this.copy = copy;
    }

    /**
     * Looks at what came since it last did. What no other node has can be had from this one only.
     *
     * @param pagesMax of tasks
     * @throws CopyFailedException if something came that may have changed what others have, too, or
     *     more came than that
     */
    void requireNothing(int pagesMax, TargetWriter.Watch watch) throws InterruptedException {
        LateRequests behind = late;
        if (behind == null) {
            behind = LateRequests.of(context, index, copy.source()).orElse(null);
            late = behind;
        }
        if (behind == null) {
            return;
        }
        if (!behind.look(pagesMax, watch)) {
            throw new CopyFailedException(
                    "node " + copy.source() + " took more than is looked at while writes wait");
        }
        if (behind.foundWhatOthersHave(copy.shards())) {
            throw new CopyFailedException(
                    "node " + copy.source() + " took requests late: it is compared first");
        }
    }
}
