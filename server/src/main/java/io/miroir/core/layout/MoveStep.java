package io.miroir.core.layout;

import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/**
 * What can be done now so that an index comes to lie as it is to. Decided on the replicas as they
 * are, whoever did what before: doing it again and again ends with {@link #isNothing}.
 *
 * @param gain replicas that a node is to get, by node: once all searches filter on what the node
 *     has they are out, and brought back as others are
 * @param letGo replicas that are not wanted, and that all who are to have the shard in that group
 *     have in sync
 * @param free replicas that were let go of, and are to be deleted
 * @param waiting how many replicas can't be let go of or deleted yet
 */
public record MoveStep(
        Map<String, ShardSet> gain,
        Map<String, ShardSet> letGo,
        Map<String, ShardSet> free,
        int waiting) {

    /**
     * Decides.
     *
     * @param between how the index may lie meanwhile
     * @param then how it is to lie
     * @param nodes all that may hold a replica, also such as are of no layout any more
     */
    public static MoveStep of(
            Topology between, Topology then, Replicas replicas, Collection<String> nodes) {
        Map<String, ShardSet> gain = new TreeMap<>();
        Map<String, ShardSet> letGo = new TreeMap<>();
        Map<String, ShardSet> free = new TreeMap<>();
        int waiting = 0;
        for (String node : nodes) {
            ShardSet assigned = then.shardsOf(node);
            ShardSet held = replicas.held(node, then.shards());
            ShardSet moving = in(ReplicaState.MOVING, node, held, replicas);
            ShardSet unwanted = held.andNot(assigned).andNot(moving);
            ShardSet spare = spare(unwanted, node, between, then, replicas);
            put(gain, node, assigned.andNot(held).or(moving.and(assigned)));
            put(letGo, node, spare);
            // A node that goes altogether is asked nothing in the end. Until then its documents are
            // there, and searches of what it still has must know that.
            boolean stays = then.groupOf(node) >= 0;
            ShardSet gone = moving.andNot(assigned);
            boolean deletable = stays || gone.equals(held);
            put(free, node, deletable ? gone : ShardSet.none());
            waiting += unwanted.size() - spare.size();
            waiting += deletable ? 0 : gone.size();
        }
        return new MoveStep(Map.copyOf(gain), Map.copyOf(letGo), Map.copyOf(free), waiting);
    }

    /** Whether the index lies as it is to. */
    public boolean isNothing() {
        return gain.isEmpty() && letGo.isEmpty() && free.isEmpty() && waiting == 0;
    }

    /**
     * Who must have in sync what is let go of: the nodes of each group that are to have it.
     *
     * @return by node, only shards that are let go of in the node's group
     */
    public Map<String, ShardSet> heldBy(Topology between, Topology then) {
        Map<String, ShardSet> holders = new TreeMap<>();
        letGo.forEach(
                (node, shards) ->
                        shards.stream()
                                .forEach(
                                        shard ->
                                                wanted(shard, node, between, then)
                                                        .forEach(
                                                                holder ->
                                                                        holders.merge(
                                                                                holder,
                                                                                ShardSet.of(shard),
                                                                                ShardSet::or))));
        return holders;
    }

    /**
     * The same without what some of those who are to have it instead do not answer for: one that
     * never comes back is in sync as long as nothing is written, and what is let go of is deleted.
     *
     * @param usable which nodes answer
     */
    public MoveStep onlyFor(Topology between, Topology then, Predicate<String> usable) {
        Map<String, ShardSet> sure = new TreeMap<>();
        int held = 0;
        for (Map.Entry<String, ShardSet> node : letGo.entrySet()) {
            ShardSet shards =
                    keptBy(
                            (holder, _) -> usable.test(holder),
                            node.getValue(),
                            node.getKey(),
                            between,
                            then);
            put(sure, node.getKey(), shards);
            held += node.getValue().size() - shards.size();
        }
        return new MoveStep(gain, Map.copyOf(sure), free, waiting + held);
    }

    private static ShardSet in(
            ReplicaState state, String node, ShardSet shards, Replicas replicas) {
        BitSet found = new BitSet();
        shards.stream().filter(shard -> replicas.state(node, shard) == state).forEach(found::set);
        return ShardSet.copyOf(found);
    }

    private static ShardSet spare(
            ShardSet unwanted, String node, Topology between, Topology then, Replicas replicas) {
        return keptBy(
                (holder, shard) -> replicas.state(holder, shard) == ReplicaState.IN_SYNC,
                unwanted,
                node,
                between,
                then);
    }

    /** Of a node's shards those that all who must have them instead keep, as the test says. */
    private static ShardSet keptBy(
            BiPredicate<String, Integer> keeps,
            ShardSet shards,
            String node,
            Topology between,
            Topology then) {
        BitSet kept = new BitSet();
        shards.stream()
                .filter(
                        shard ->
                                wanted(shard, node, between, then).stream()
                                        .allMatch(holder -> keeps.test(holder, shard)))
                .forEach(kept::set);
        return ShardSet.copyOf(kept);
    }

    /**
     * Who must have a shard before a node lets go of it: those of its group that are to have it. A
     * node of no group, or of one that goes, may have the last copy of any: then all.
     */
    static Collection<String> wanted(int shard, String node, Topology between, Topology then) {
        int group = between.groupOf(node);
        List<String> all = then.writeTargets(shard);
        List<String> own = all.stream().filter(one -> between.groupOf(one) == group).toList();
        return own.isEmpty() ? all : own;
    }

    private static void put(Map<String, ShardSet> map, String node, ShardSet shards) {
        if (!shards.isEmpty()) {
            map.put(node, shards);
        }
    }
}
