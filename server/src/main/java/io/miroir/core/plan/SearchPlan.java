package io.miroir.core.plan;

import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Whom a search asks for what. Every wanted shard is asked of exactly one replica, or is listed as
 * uncovered.
 *
 * @param group the replica group that was preferred; single shards may come from another
 * @param nodes whom to ask, each node once
 * @param uncovered wanted shards that no readable replica in sync holds
 */
public record SearchPlan(int group, List<NodeShards> nodes, ShardSet uncovered) {
    /**
     * One node's part.
     *
     * @param nodeId whom to ask
     * @param shards what of; never empty
     * @param filterNeeded true if the node may hold other shards too, so that the request must
     *     filter on these (protocol, rule 10)
     */
    public record NodeShards(String nodeId, ShardSet shards, boolean filterNeeded) {}

    /**
     * Plans a search.
     *
     * @param readable which nodes may be asked
     * @param wanted the shards that can have matches; all of them if nothing narrows
     * @param queryHash a hash of the query without its paging: the same query goes to the same
     *     replicas, because replicas in sync may have applied different amounts (protocol, rule 11)
     */
    public static SearchPlan of(
            Topology topology,
            Replicas replicas,
            Predicate<String> readable,
            ShardSet wanted,
            long queryHash) {
        int groups = topology.groups().size();
        int preferred = (int) Long.remainderUnsigned(queryHash, groups);
        BitSet open = new BitSet();
        wanted.stream().forEach(open::set);
        Map<String, BitSet> asked = new LinkedHashMap<>();
        for (int i = 0; i < groups && !open.isEmpty(); i++) {
            List<String> nodes = topology.groups().get((preferred + i) % groups);
            // The other half of the hash: groups of two nodes would else always pair up the same.
            for (String node : Rendezvous.rank((int) (queryHash >>> 32), nodes)) {
                if (readable.test(node)) {
                    take(node, replicas, open, asked);
                }
            }
        }
        List<NodeShards> parts = new ArrayList<>(asked.size());
        asked.forEach(
                (node, bits) -> {
                    ShardSet shards = ShardSet.copyOf(bits);
                    boolean whole = replicas.held(node, topology.shards()).equals(shards);
                    parts.add(new NodeShards(node, shards, !whole));
                });
        return new SearchPlan(preferred, List.copyOf(parts), ShardSet.copyOf(open));
    }

    /**
     * As {@link #of} with the first preference, but what its nodes don't cover is asked of those of
     * the next one, and so on. What earlier ones cover stays theirs.
     *
     * @param preferences which nodes may be asked, the best first
     */
    public static SearchPlan preferring(
            Topology topology,
            Replicas replicas,
            List<Predicate<String>> preferences,
            ShardSet wanted,
            long queryHash) {
        List<NodeShards> parts = new ArrayList<>();
        ShardSet open = wanted;
        int group = 0;
        for (Predicate<String> preference : preferences) {
            // No node of an earlier part holds any of these in sync, so none is asked twice.
            SearchPlan next = of(topology, replicas, preference, open, queryHash);
            group = next.group;
            parts.addAll(next.nodes);
            open = next.uncovered;
            if (open.isEmpty()) {
                break;
            }
        }
        return new SearchPlan(group, List.copyOf(parts), open);
    }

    private static void take(
            String node, Replicas replicas, BitSet open, Map<String, BitSet> asked) {
        BitSet taken = new BitSet();
        open.stream()
                .filter(shard -> replicas.state(node, shard) == ReplicaState.IN_SYNC)
                .forEach(taken::set);
        if (!taken.isEmpty()) {
            open.andNot(taken);
            asked.put(node, taken);
        }
    }
}
