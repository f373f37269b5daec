package io.miroir.core.layout;

import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What of one index moves when the fleet becomes another: no more than rendezvous assigns anew.
 *
 * @param gains shards that a node is assigned and does not hold, by node
 * @param frees shards that a node holds and is no longer assigned, by node
 * @param sourceless of those that are gained: in sync on no node that answers, so that there is
 *     nothing to copy them from
 * @param lastCopies shards of which only replicas that would go are in sync
 * @param silent nodes of the fleet that would gain shards, be left with what others free, or free
 *     some and stay, and don't answer: the change would wait for them, and nobody could change
 *     anything else meanwhile, nor take it back
 */
public record MovePlan(
        Map<String, ShardSet> gains,
        Map<String, ShardSet> frees,
        ShardSet sourceless,
        ShardSet lastCopies,
        Set<String> silent) {

    /**
     * Plans the moves of an index.
     *
     * @param now how it lies on the nodes
     * @param then how it is to lie on them
     * @param usable which nodes answer
     */
    public static MovePlan of(
            Topology now, Topology then, Replicas replicas, Predicate<String> usable) {
        Set<String> nodes = new TreeSet<>(now.nodes());
        nodes.addAll(then.nodes());
        Map<String, ShardSet> gains = new TreeMap<>();
        Map<String, ShardSet> frees = new TreeMap<>();
        for (String node : nodes) {
            ShardSet assigned = then.shardsOf(node);
            ShardSet held = replicas.held(node, now.shards());
            put(gains, node, assigned.andNot(held));
            put(frees, node, held.andNot(assigned));
        }
        ShardSet gained = gains.values().stream().reduce(ShardSet.none(), ShardSet::or);
        BitSet sourceless = new BitSet();
        BitSet last = new BitSet();
        for (int shard = 0; shard < now.shards(); shard++) {
            int each = shard;
            Predicate<String> inSync = node -> replicas.state(node, each) == ReplicaState.IN_SYNC;
            boolean copied = gained.contains(shard);
            sourceless.set(shard, copied && now.nodes().stream().noneMatch(inSync.and(usable)));
            last.set(
                    shard,
                    !copied
                            && now.nodes().stream().anyMatch(inSync)
                            && then.writeTargets(shard).stream().noneMatch(inSync));
        }
        Topology between = now.changingTo(then);
        Set<String> silent = new TreeSet<>(gains.keySet());
        frees.forEach(
                (node, shards) ->
                        shards.stream()
                                .forEach(
                                        shard ->
                                                silent.addAll(
                                                        MoveStep.wanted(
                                                                shard, node, between, then))));
        // One that stays is asked to delete what it is freed of.
        frees.keySet().stream().filter(node -> then.groupOf(node) >= 0).forEach(silent::add);
        // Whether one answers that is not of the fleet yet, nobody knows.
        silent.removeIf(node -> now.groupOf(node) < 0 || usable.test(node));
        return new MovePlan(
                Map.copyOf(gains),
                Map.copyOf(frees),
                ShardSet.copyOf(sourceless),
                ShardSet.copyOf(last),
                Collections.unmodifiableSet(silent));
    }

    /** How many replicas are to be copied. */
    public int copies() {
        return gains.values().stream().mapToInt(ShardSet::size).sum();
    }

    /** Whether it can be made now, and no document would be lost with it. */
    public boolean safe() {
        return sourceless.isEmpty() && lastCopies.isEmpty() && silent.isEmpty();
    }

    /** What is in its way, in an operator's words; nothing if it is safe. */
    public List<String> obstacles(String index) {
        List<String> obstacles = new ArrayList<>();
        if (!sourceless.isEmpty()) {
            obstacles.add(
                    ("of index %s no node that answers has in sync, to be copied from: shards %s (bring"
                                    + " one back that has; if none ever comes back: miroir cluster"
                                    + " shard accept-loss)")
                            .formatted(index, sourceless));
        }
        if (!lastCopies.isEmpty()) {
            obstacles.add(
                    "of index %s the last copies in sync would go: shards %s"
                            .formatted(index, lastCopies));
        }
        if (!silent.isEmpty()) {
            obstacles.add(
                    ("nodes that have a part in the moves of index %s don't answer: %s (bring them"
                                    + " back, drain all together that are gone, or put an empty server"
                                    + " in the place of one: miroir cluster node address)")
                            .formatted(index, String.join(", ", silent)));
        }
        return obstacles;
    }

    private static void put(Map<String, ShardSet> map, String node, ShardSet shards) {
        if (!shards.isEmpty()) {
            map.put(node, shards);
        }
    }
}
