package io.miroir.core.repair;

import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.ShardSet;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What is given up where no node that may still answer has a shard in sync, and an operator takes
 * what one node has of it for the truth (protocol, rule 18).
 *
 * @param shards the lost shards that the node has a replica of: these it then has in sync
 * @param givenUp of these, what nodes have in sync that don't answer, by node
 * @param outvoted of these, what other nodes have that are out as well, by node
 */
public record LossPlan(
        ShardSet shards, Map<String, ShardSet> givenUp, Map<String, ShardSet> outvoted) {
    /** What comes of an operator's wish. */
    public sealed interface Outcome {
        /** It can be done. */
        record Planned(LossPlan plan) implements Outcome {}

        /** It is not to be done. */
        record Refused(String why) implements Outcome {}
    }

    /** How far a node can be trusted to answer. */
    public interface Health {
        /** It answers. */
        boolean usable(String node);

        /** It is not known to be down. */
        boolean mayAnswer(String node);
    }

    /**
     * Plans it for one index.
     *
     * @param shards of the index
     * @param nodes all that may hold a replica
     * @param node whose replicas are to count
     */
    public static Outcome of(
            int shards, Replicas replicas, Collection<String> nodes, Health health, String node) {
        Predicate<String> may = health::mayAnswer;
        BitSet lost = new BitSet();
        BitSet compared = new BitSet();
        for (int shard = 0; shard < shards; shard++) {
            int each = shard;
            Predicate<String> inSync = one -> replicas.state(one, each) == ReplicaState.IN_SYNC;
            boolean verifiable =
                    nodes.stream().noneMatch(inSync) && mayAgree(replicas, each, nodes, may);
            compared.set(shard, verifiable);
            lost.set(shard, !verifiable && nodes.stream().noneMatch(inSync.and(may)));
        }
        ShardSet gone = ShardSet.copyOf(lost);
        if (gone.isEmpty() && !compared.isEmpty()) {
            return new Outcome.Refused(
                    "copies that nobody vouches for are still compared, of the shards "
                            + ShardSet.copyOf(compared));
        }
        if (gone.isEmpty()) {
            return new Outcome.Refused("each shard is in sync on a node that may answer");
        }
        if (!health.usable(node)) {
            return new Outcome.Refused("node " + node + " does not answer");
        }
        ShardSet kept = held(gone, replicas, node, CopyPlan::isLacking);
        if (kept.isEmpty()) {
            return new Outcome.Refused(
                    "node %s has no replica of the shards that are lost: %s".formatted(node, gone));
        }
        Map<String, ShardSet> givenUp = new TreeMap<>();
        Map<String, ShardSet> outvoted = new TreeMap<>();
        for (String other : nodes) {
            if (!other.equals(node)) {
                put(givenUp, other, held(kept, replicas, other, ReplicaState.IN_SYNC::equals));
                put(outvoted, other, held(kept, replicas, other, CopyPlan::isLacking));
            }
        }
        return new Outcome.Planned(new LossPlan(kept, Map.copyOf(givenUp), Map.copyOf(outvoted)));
    }

    /**
     * Whether comparing unverified replicas may still find a majority (protocol, rule 17): what it
     * is of is not lost.
     */
    private static boolean mayAgree(
            Replicas replicas, int shard, Collection<String> nodes, Predicate<String> may) {
        List<String> holders =
                nodes.stream()
                        .filter(node -> replicas.state(node, shard) == ReplicaState.UNVERIFIED)
                        .toList();
        return holders.stream().filter(may).count() * 2 > holders.size();
    }

    private static ShardSet held(
            ShardSet of, Replicas replicas, String node, Predicate<ReplicaState> wanted) {
        BitSet held = new BitSet();
        of.stream().filter(shard -> wanted.test(replicas.state(node, shard))).forEach(held::set);
        return ShardSet.copyOf(held);
    }

    private static void put(Map<String, ShardSet> map, String node, ShardSet shards) {
        if (!shards.isEmpty()) {
            map.put(node, shards);
        }
    }
}
