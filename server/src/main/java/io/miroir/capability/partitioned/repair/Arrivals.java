package io.miroir.capability.partitioned.repair;

import io.miroir.fanout.copy.CopyMarks;
import io.miroir.fanout.copy.NodeTasks;
import io.miroir.fanout.copy.TargetWriter;
import io.miroir.fanout.lane.Mark;
import java.util.Optional;

/**
 * What a copy's target took since the copy began, in the order in which it did. A request that its
 * sender gave up may come to the node at any time: one that comes behind a later write, or to where
 * it was compared, makes the target differ, and nothing else tells of it (protocol, rule 4).
 */
final class Arrivals {
    private final NodeTasks target;
    private final String copyMark;
    private final TargetWriter.Watch watch;
    private long seen;
    private long lowest;
    private boolean late;

    /**
     * Nothing came yet.
     *
     * @param copyMark what the copy's own requests carry
     * @param watch called between pages of tasks
     * @param begun what was written before is done on the target, or is to come no more
     */
    Arrivals(NodeTasks target, String copyMark, Pass.Barrier begun, TargetWriter.Watch watch) {
        this.target = target;
        this.copyMark = copyMark;
        this.watch = watch;
        this.seen = begun.targetTask();
        this.lowest = begun.position() + 1;
    }

    /** Whether all that came until now came in its order. */
    boolean areInOrder() throws InterruptedException {
        target.since(seen, this::came, watch);
        return !late;
    }

    /** The last task that was looked at. */
    long seen() {
        return seen;
    }

    private void came(long uid, String carried) {
        seen = uid;
        if (CopyMarks.isOurs(carried)) {
            late |= !carried.equals(copyMark);
            return;
        }
        Optional<Mark> mark = Mark.parse(carried);
        if (mark.isPresent()) {
            late |= mark.get().first() < lowest;
            // A write may be several requests.
            lowest = Math.max(lowest, mark.get().last());
        }
    }
}
