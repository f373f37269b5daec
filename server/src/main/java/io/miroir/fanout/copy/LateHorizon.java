package io.miroir.fanout.copy;

import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.lane.Mark;
import io.miroir.fanout.lane.Takeover;
import io.miroir.store.TaskStore;
import io.miroir.store.index.IndexRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Behind what it is looked at a node's tasks of an index, and which of these come late then: behind
 * the last copy to the node, and behind each takeover of the lane in which something was left
 * (protocol, rule 4).
 *
 * @param copy where the last copy to it ended
 * @param takeovers those behind which no copy has looked since
 */
public record LateHorizon(Optional<CopyEnd> copy, List<Left> takeovers) {
    /**
     * What a takeover says of the node.
     *
     * @param task the last one that was looked at
     * @param position up to there the lane had given
     * @param shards that what was left may change
     */
    public record Left(long task, long position, ShardSet shards) {
        /**
         * A copy that began behind it has put out what came late before it, and has compared the
         * rest: nothing is to be found a second time up to its end.
         */
        private boolean isSeenToBy(CopyEnd copy) {
            return copy.position() >= position && copy.task() >= task;
        }
    }

    /** Of a node; empty if nothing is to be looked for there. */
    public static Optional<LateHorizon> of(TaskStore store, IndexRow index, String node) {
        return of(store, index, node, CopyJobs.watchedEnd(store, index, node));
    }

    /**
     * Of a node, for who copies to it.
     *
     * @param copy where the copy before ended
     */
    public static Optional<LateHorizon> of(
            TaskStore store, IndexRow index, String node, Optional<CopyEnd> copy) {
        List<Left> takeovers = new ArrayList<>();
        for (Takeover one : Takeover.watched(store, index)) {
            Long task = one.tasks().get(node);
            if (task != null) {
                Left left = new Left(task, one.position(), one.shards());
                if (copy.filter(left::isSeenToBy).isEmpty()) {
                    takeovers.add(left);
                }
            }
        }
        return copy.isEmpty() && takeovers.isEmpty()
                ? Optional.empty()
                : Optional.of(new LateHorizon(copy, List.copyOf(takeovers)));
    }

    /** The task behind which it is looked. */
    long task() {
        long first = copy.map(CopyEnd::task).orElse(Long.MAX_VALUE);
        for (Left one : takeovers) {
            first = Math.min(first, one.task());
        }
        return first;
    }

    /**
     * The shards that a task may have changed, if it comes late.
     *
     * @param carried what it carries
     * @param shards of the index
     */
    ShardSet late(long uid, String carried, int shards) {
        boolean behindCopy = copy.filter(end -> uid > end.task()).isPresent();
        if (CopyMarks.isOurs(carried)) {
            // Behind a takeover it is of a copy that came to its end since, or is looked for then.
            return behindCopy ? CopyMarks.shards(carried, shards) : ShardSet.none();
        }
        Optional<Mark> mark = Mark.parse(carried);
        if (mark.isEmpty()) {
            return ShardSet.none();
        }
        long first = mark.get().first();
        if (behindCopy && copy.filter(end -> first <= end.position()).isPresent()) {
            return ShardSet.all(shards);
        }
        ShardSet late = ShardSet.none();
        for (Left one : takeovers) {
            if (uid > one.task() && first <= one.position()) {
                late = late.or(one.shards());
            }
        }
        return late;
    }
}
