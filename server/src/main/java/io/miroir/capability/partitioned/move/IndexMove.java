package io.miroir.capability.partitioned.move;

import io.miroir.cluster.Fleet;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.RebalanceMetrics;
import io.miroir.core.layout.MoveStep;
import io.miroir.core.repair.Approach;
import io.miroir.core.topology.ShardSet;
import io.miroir.duty.ClaimedJob;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.CopyJobs;
import io.miroir.fanout.copy.Holds;
import io.miroir.fanout.copy.LateLooks;
import io.miroir.fanout.copy.LateRequests;
import io.miroir.fanout.copy.NodeDocuments;
import io.miroir.fanout.copy.NodeTasks;
import io.miroir.fanout.copy.ShardDeletion;
import io.miroir.fanout.copy.TargetWriter;
import io.miroir.store.ReadLevel;
import io.miroir.store.index.IndexRow;
import io.miroir.store.replica.ShardState;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskType;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What can be done of one index's moves now: replicas gained, let go of, deleted. */
public final class IndexMove {
    private static final Logger LOG = LoggerFactory.getLogger(IndexMove.class);

    private static final Duration PAUSE = Duration.ofMillis(20);

    /** Of tasks that came to a node since it was looked at, while writes wait. */
    private static final int PAGES_HELD = 5;

    private final CopyContext context;
    private final IndexRow index;
    private final LateLooks late;
    private final OlderReads olderReads;
    private final RebalanceMetrics metrics;
    private final ReplicaMarks marks;

    /** What came of a try to let go. */
    private enum Try {
        DONE,
        /** Writes did not end in time, but some did. */
        NEARER,
        /** None did. */
        NO_NEARER
    }

    /**
     * Of that index; the caller's pod runs its lane.
     *
     * @param late what was learned of its nodes when it was tried before
     */
    public IndexMove(
            CopyContext context,
            IndexRow index,
            LateLooks late,
            OlderReads olderReads,
            RebalanceMetrics metrics) {
        this.context = context;
        this.index = index;
        this.late = late;
        this.olderReads = olderReads;
        this.metrics = metrics;
        this.marks = new ReplicaMarks(context, index);
    }

    /**
     * Does it.
     *
     * @return false if writes waited in vain for those before them to end
     * @throws CopyFailedException if something can't be done now
     */
    public boolean run() throws InterruptedException {
        gain();
        if (!next().letGo().isEmpty() && !letGo()) {
            return false;
        }
        if (!deletable().isEmpty()) {
            // First of all: what is seen from here on holds as long as nobody else runs the lane.
            long epoch = context.held(index, now -> now);
            Map<String, ShardSet> unread = deletable();
            olderReads.awaitEnd();
            free(unread, epoch);
        }
        return true;
    }

    /** Whether a node is one of those that are left when the fleet has changed. */
    static boolean stays(Fleet fleet, String node) {
        return fleet.target(1).groupOf(node) >= 0;
    }

    /**
     * From here on they are out, and brought back as others are. A search that does not know of
     * them asks the node without a filter, and would find their first documents a second time: so
     * before there are any, all know of them.
     */
    private void gain() throws InterruptedException {
        Map<String, ShardSet> gains = new TreeMap<>(next().gain());
        if (gains.isEmpty()) {
            return;
        }
        long begun =
                context.held(
                        index,
                        epoch -> {
                            // While the lane is held the index is not deleted.
                            IndexView _ = context.current(index);
                            for (Map.Entry<String, ShardSet> gain : gains.entrySet()) {
                                LOG.info(
                                        "of {} node {} gets {}",
                                        index.uid(),
                                        gain.getKey(),
                                        gain.getValue());
                                marks.set(gain, ShardState.NOT_HELD, ShardState.MOVING, epoch);
                            }
                            return epoch;
                        });
        olderReads.awaitEnd();
        Map<String, ShardSet> still = next().gain();
        for (Map.Entry<String, ShardSet> gain : both(gains, still).entrySet()) {
            marks.set(gain, ShardState.MOVING, ShardState.OUT, begun);
        }
    }

    /**
     * From here on they are neither read nor written to. In the lane's turn, when all that was
     * written has ended: a task that only they took must be judged by what they made of it.
     *
     * @return false if writes did not end in time
     */
    private boolean letGo() throws InterruptedException {
        // Once before writes wait, so that little is left to be looked at then.
        for (Map.Entry<String, ShardSet> holder : heldBy(next()).entrySet()) {
            String node = holder.getKey();
            requireNothingLate(node, holder.getValue(), Integer.MAX_VALUE, () -> look(node));
        }
        Approach approach = Approach.BEGUN;
        do {
            if (open().anyMatch(task -> task.type() == TaskType.SETTINGS_UPDATE)) {
                // They take as long as nodes need to index anew.
                return false;
            }
            Duration patience = approach.patience(context.holds().max());
            switch (context.held(index, epoch -> tryLetGo(context.holds().in(patience), epoch))) {
                case DONE -> {
                    return true;
                }
                case NEARER -> approach = approach.held(true);
                case NO_NEARER -> approach = approach.held(false);
            }
        } while (approach.pressed());
        return false;
    }

    private Try tryLetGo(Holds.Deadline deadline, long epoch) throws InterruptedException {
        MoveStep next = next();
        Map<String, ShardSet> heldBy = heldBy(next);
        Set<String> nodes = new TreeSet<>(next.letGo().keySet());
        nodes.addAll(heldBy.keySet());
        long before = open().count();
        if (!atRest(nodes, deadline)) {
            return open().count() < before ? Try.NEARER : Try.NO_NEARER;
        }
        for (Map.Entry<String, ShardSet> holder : heldBy.entrySet()) {
            requireNothingLate(holder.getKey(), holder.getValue(), PAGES_HELD, () -> {});
        }
        LOG.info("of {} are let go: {}", index.uid(), next.letGo());
        marks.letGo(next.letGo(), heldBy, epoch);
        return Try.DONE;
    }

    private Map<String, ShardSet> heldBy(MoveStep next) {
        Fleet fleet = context.view().fleet();
        return next.heldBy(fleet.topology(index.shards()), fleet.target(index.shards()));
    }

    /** What a node has that took something late may be wrong, and what is let go of is right. */
    private void requireNothingLate(
            String node, ShardSet shards, int pagesMax, TargetWriter.Watch watch)
            throws InterruptedException {
        Optional<LateRequests> behind = late.of(context, index, node);
        if (behind.isPresent()) {
            if (!behind.get().look(pagesMax, watch)) {
                throw new CopyFailedException("too much has come to node " + node);
            }
            if (behind.get().foundWhatOthersHave(shards)) {
                throw new CopyFailedException(
                        "node " + node + " took requests late: it is compared first");
            }
        }
    }

    /** Whether nodes have done all that they were sent, and what became of it is known. */
    private boolean atRest(Set<String> nodes, Holds.Deadline deadline) throws InterruptedException {
        for (String node : nodes) {
            // Nobody waits for one that is dead.
            if (context.health().usable(node) && !tasks(node).awaitRest(deadline)) {
                return false;
            }
        }
        while (open().findAny().isPresent()) {
            if (deadline.isOver()) {
                return false;
            }
            deadline.pause(PAUSE);
        }
        return true;
    }

    private Stream<TaskRow> open() {
        return context.store().tasks().unfinished(ReadLevel.LOCAL, index.uid()).stream();
    }

    /**
     * What nobody reads any more. A copy that is still made to the node may be one that began
     * before: it finds out and ends, but what it sent last must not come after the deletion. One
     * deletion at a time: what a second one brings must not be taken for what the first did.
     */
    private Map<String, ShardSet> deletable() {
        Map<String, ShardSet> deletable = new TreeMap<>(next().free());
        Fleet fleet = context.view().fleet();
        deletable
                .keySet()
                .removeIf(
                        node ->
                                ClaimedJob.isUnderWay(context.store(), CopyJobs.id(index, node))
                                        || (stays(fleet, node)
                                                && ShardDeletion.mayCome(
                                                        context.store(), index, node)));
        return deletable;
    }

    /**
     * Deletes them; from here on they are not there.
     *
     * @param unread by node, what nobody reads any more
     * @param epoch under which that was seen
     */
    private void free(Map<String, ShardSet> unread, long epoch) throws InterruptedException {
        Fleet fleet = context.view().fleet();
        Map<String, ShardSet> still = fleet.next(context.current(index)).free();
        for (Map.Entry<String, ShardSet> free : both(unread, still).entrySet()) {
            String node = free.getKey();
            ShardSet shards = free.getValue();
            if (context.health().usable(node)) {
                look(node);
                long documents = delete(node, shards, stays(fleet, node), epoch);
                metrics.migrated(documents);
                LOG.info("{} documents of {} have left node {}", documents, index.uid(), node);
            } else if (stays(fleet, node)) {
                continue;
            }
            marks.set(free, ShardState.MOVING, ShardState.NOT_HELD, epoch);
        }
    }

    /**
     * Deletes shards on a node that goes on holding others. One that goes altogether is left as it
     * is: its server is not asked for anything any more.
     *
     * @return how many documents there were
     */
    private long delete(String node, ShardSet shards, boolean stays, long epoch)
            throws InterruptedException {
        OptionalLong documents =
                new NodeDocuments(context.nodes(), node, index.physicalUid(), shards).count();
        if (documents.isPresent() && stays) {
            new ShardDeletion(context, index, node).of(shards, epoch, () -> {});
        }
        return documents.orElse(0);
    }

    private static Map<String, ShardSet> both(
            Map<String, ShardSet> before, Map<String, ShardSet> now) {
        Map<String, ShardSet> both = new TreeMap<>();
        now.forEach(
                (node, shards) ->
                        both.put(node, shards.and(before.getOrDefault(node, ShardSet.none()))));
        both.values().removeIf(ShardSet::isEmpty);
        return both;
    }

    private NodeTasks tasks(String node) {
        return new NodeTasks(context.nodes(), node, index.physicalUid());
    }

    private void look(String node) throws InterruptedException {
        context.look(index, List.of(node));
    }

    private MoveStep next() {
        return next(context, context.current(index));
    }

    /**
     * What can be done now: nothing is let go of to a node that does not answer, or to which a
     * deletion may come that nobody knows of what became: what it has might be gone then.
     */
    static MoveStep next(CopyContext context, IndexView index) {
        Fleet fleet = context.view().fleet();
        int shards = index.row().shards();
        // Asked for each shard, and the store's answer is one for the node.
        Map<String, Boolean> sure = new HashMap<>();
        return fleet.next(index)
                .onlyFor(
                        fleet.topology(shards),
                        fleet.target(shards),
                        node -> sure.computeIfAbsent(node, one -> isSure(context, index, one)));
    }

    private static boolean isSure(CopyContext context, IndexView index, String node) {
        return context.health().usable(node)
                && !ShardDeletion.mayCome(context.store(), index.row(), node);
    }
}
