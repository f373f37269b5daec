package io.miroir.fanout.lane;

import io.miroir.core.plan.WritePlan;
import io.miroir.core.quorum.Quorum;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which replicas an item changes.
 *
 * @param incarnation of the index, or {@code Intend.ALLOT} for one that the item creates
 * @param shards what the item touches
 * @param plan who is sent it, and which replicas in sync can't be reached
 */
record Scope(Topology topology, long incarnation, ShardSet shards, WritePlan plan) {
    /** The item touches nothing on any node. */
    static Scope nothing(Topology topology, long incarnation) {
        return new Scope(topology, incarnation, ShardSet.none(), new WritePlan(Map.of(), Map.of()));
    }

    /** All replicas in sync of the shards, reachable or not. */
    Map<String, ShardSet> replicas() {
        Map<String, ShardSet> all = new TreeMap<>(plan.targets());
        all.putAll(plan.missed());
        return all;
    }

    /** Whether enough could take it (protocol, rule 3). */
    Quorum.Verdict before() {
        return Quorum.judge(topology, shards, plan.targets());
    }

    /** Whether enough took it. */
    Quorum.Verdict after(Map<String, Sent> sent) {
        Map<String, ShardSet> accepted = new TreeMap<>(plan.targets());
        accepted.keySet().removeIf(node -> !(sent.get(node) instanceof Sent.Accepted));
        return Quorum.judge(topology, shards, accepted);
    }
}
