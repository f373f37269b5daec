package io.miroir.fanout.lane;

import io.miroir.core.plan.WritePlan;
import io.miroir.core.quorum.Quorum;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

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

    /** All replicas of the shards that lag, reachable or not. */
    Map<String, ShardSet> lagging() {
        Map<String, ShardSet> all = new TreeMap<>(plan.fed());
        all.putAll(plan.unfed());
        return all;
    }

    /** Whether enough could take it (protocol, rule 3). */
    Quorum.Verdict before() {
        return Quorum.judge(topology, shards, plan.targets());
    }

    /** Whether enough took it. */
    Quorum.Verdict after(Map<String, Sent> sent) {
        return Quorum.judge(topology, shards, accepted(sent));
    }

    /** What each node that took it was sent. */
    Map<String, ShardSet> accepted(Map<String, Sent> sent) {
        Map<String, ShardSet> accepted = new TreeMap<>(plan.targets());
        accepted.keySet().removeIf(node -> !(sent.get(node) instanceof Sent.Accepted));
        return accepted;
    }

    /** The same, with the replicas of these nodes that lag and were sent it too. */
    Map<String, ShardSet> sentTo(Map<String, Sent> sent) {
        Map<String, ShardSet> all = accepted(sent);
        all.replaceAll((node, inSync) -> inSync.or(plan.fed().getOrDefault(node, ShardSet.none())));
        return all;
    }

    /** The groups that are to have it and missed their quorum, and for which shards. */
    Map<Integer, ShardSet> degraded(Quorum.Met met) {
        Map<Integer, ShardSet> degraded = new TreeMap<>(met.missed());
        degraded.keySet().removeIf(group -> !topology.isLasting(group));
        return degraded;
    }

    /** The first group that has all of it: where its session's reads may go meanwhile. */
    @Nullable Integer pinned(Map<String, Sent> sent) {
        if (accepted(sent).isEmpty() || !(after(sent) instanceof Quorum.Met met)) {
            return null;
        }
        OptionalInt whole = met.firstWhole(topology.groups().size());
        return whole.isPresent() ? whole.getAsInt() : null;
    }

    /**
     * The same, of all replicas: those that are out are sent it too, and counted for nothing.
     *
     * @param writable which nodes can be sent a request now
     */
    Scope alsoWhereOut(Predicate<String> writable) {
        Map<String, ShardSet> fed = new TreeMap<>(plan.fed());
        topology.nodes().stream()
                .filter(node -> writable.test(node) && !plan.targets().containsKey(node))
                .forEach(node -> fed.put(node, topology.shardsOf(node)));
        return new Scope(
                topology,
                incarnation,
                shards,
                new WritePlan(plan.targets(), plan.missed(), fed, plan.unfed()));
    }

    /** The same, without the replicas that went out since it was planned. */
    Scope stillInSync(Replicas replicas) {
        return new Scope(
                topology,
                incarnation,
                shards,
                new WritePlan(
                        stillInSync(plan.targets(), replicas),
                        stillInSync(plan.missed(), replicas),
                        plan.fed(),
                        plan.unfed()));
    }

    private static Map<String, ShardSet> stillInSync(
            Map<String, ShardSet> planned, Replicas replicas) {
        Map<String, ShardSet> still = new TreeMap<>();
        planned.forEach(
                (node, held) -> {
                    List<Integer> kept =
                            held.stream()
                                    .filter(
                                            shard ->
                                                    replicas.state(node, shard)
                                                            == ReplicaState.IN_SYNC)
                                    .boxed()
                                    .toList();
                    if (!kept.isEmpty()) {
                        still.put(node, ShardSet.of(kept));
                    }
                });
        return still;
    }
}
