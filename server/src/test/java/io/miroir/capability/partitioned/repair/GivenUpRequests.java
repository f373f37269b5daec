package io.miroir.capability.partitioned.repair;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.copy.CopyJobs;
import io.miroir.fanout.copy.CopyMarks;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Requests of which their senders heard nothing, and which may come to their nodes yet. */
final class GivenUpRequests {
    private final SimulatedCluster cluster;
    private final Map<String, Deque<GivenUp>> all = new HashMap<>();

    /**
     * A request that may come to its node yet.
     *
     * @param needed it comes only to a node that has all of these
     * @param changes what it may change
     */
    private record GivenUp(ShardSet needed, ShardSet changes, Runnable comes) {}

    GivenUpRequests(SimulatedCluster cluster) {
        this.cluster = cluster;
    }

    /** None comes any more. */
    void clear() {
        all.clear();
    }

    /** A write, and what it carries. */
    void add(String id, SimulatedWrite write, String mark) {
        SimulatedNode.Work work =
                write.within(
                        document ->
                                cluster.isKept(
                                        id, Rendezvous.shard(document, SimulatedCluster.SHARDS)));
        Runnable comes = () -> cluster.node(id).enqueue(write.type(), mark, work, false);
        ShardSet every = ShardSet.all(SimulatedCluster.SHARDS);
        add(id, new GivenUp(ShardSet.none(), every, comes));
    }

    /** A copy's request, or a deletion of what the node does not hold. */
    void add(String id, NodeRequest request) {
        ShardSet shards = CopyMarks.shards(SimulatedNode.mark(request), SimulatedCluster.SHARDS);
        add(id, new GivenUp(shards, shards, () -> cluster.node(id).answer(request, false)));
    }

    private void add(String id, GivenUp request) {
        all.computeIfAbsent(id, _ -> new ArrayDeque<>()).add(request);
    }

    /**
     * The oldest comes to a node that is copied to, or was, behind what was sent since.
     *
     * @param copied whether it is copied to or from
     * @param mayPutOut whether what it changes may be put out: no write may do that meanwhile
     * @param watch the lane's owner looks at what came late
     */
    void comeLate(String id, boolean copied, boolean mayPutOut, Runnable watch) {
        Deque<GivenUp> late = all.getOrDefault(id, new ArrayDeque<>());
        GivenUp next = late.peek();
        if (next == null || !next.needed().stream().allMatch(shard -> cluster.isKept(id, shard))) {
            return;
        }
        boolean read =
                ShardSet.all(SimulatedCluster.SHARDS).stream()
                        .anyMatch(shard -> cluster.isInSync(id, shard));
        if (!read && copied) {
            late.remove().comes().run();
        } else if (read && mayPutOut && isFoundAtOnce(id, next)) {
            late.remove().comes().run();
            cluster.work(id, Integer.MAX_VALUE);
            boolean before = cluster.quiet;
            cluster.quiet = true;
            watch.run();
            cluster.quiet = before;
            cluster.view.catchUp();
            assertTrue(
                    next.changes().stream().noneMatch(shard -> cluster.isInSync(id, shard)),
                    () -> id + " took late what changes " + next.changes());
        }
    }

    /** Whether the lane's owner looks at the node, and others have what may be changed. */
    private boolean isFoundAtOnce(String id, GivenUp request) {
        return !cluster.held
                && cluster.health.usable(id)
                && isWatched(id)
                && request.changes().stream()
                        .filter(shard -> cluster.isInSync(id, shard))
                        .allMatch(shard -> cluster.anotherHas(id, shard));
    }

    /** Nobody looks behind a copy that ended long ago. */
    private boolean isWatched(String id) {
        return CopyJobs.watchedEnd(cluster.store, cluster.index().row(), id).isPresent();
    }
}
