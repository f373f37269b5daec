package io.miroir.core.repair;

import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which replicas of an index can be brought back now, and from which node. What no node has in sync
 * is left alone: there is nothing to copy it from.
 */
public final class CopyPlan {
    private CopyPlan() {}

    /**
     * One copy.
     *
     * @param target the node whose replicas are not read
     * @param source a node that has these shards in sync
     * @param shards of the target that the source has
     */
    public record Copy(String target, String source, ShardSet shards) {}

    /**
     * The copies that can be begun, at most one for each node: from the node that has most of what
     * it lacks, one of its own group first.
     *
     * @param usable which nodes answer
     */
    public static List<Copy> of(Topology topology, Replicas replicas, Predicate<String> usable) {
        List<Copy> copies = new ArrayList<>();
        for (String target : topology.nodes().stream().sorted().toList()) {
            ShardSet lacking = lacking(topology, replicas, target);
            if (!lacking.isEmpty() && usable.test(target)) {
                best(topology, replicas, usable, target, lacking).ifPresent(copies::add);
            }
        }
        return copies;
    }

    /** Whether a replica in that state is to be brought back. */
    public static boolean isLacking(ReplicaState state) {
        return switch (state) {
            case LAGGING, OUT, UNVERIFIED -> true;
            case NOT_HELD, IN_SYNC, MOVING -> false;
        };
    }

    private static ShardSet lacking(Topology topology, Replicas replicas, String node) {
        List<Integer> shards = new ArrayList<>();
        for (int shard = 0; shard < topology.shards(); shard++) {
            if (isLacking(replicas.state(node, shard))) {
                shards.add(shard);
            }
        }
        return ShardSet.of(shards);
    }

    private static Optional<Copy> best(
            Topology topology,
            Replicas replicas,
            Predicate<String> usable,
            String target,
            ShardSet lacking) {
        int group = topology.groupOf(target);
        return topology.nodes().stream()
                .filter(node -> !node.equals(target) && usable.test(node))
                .map(node -> new Copy(target, node, inSync(replicas, node, lacking)))
                .filter(copy -> !copy.shards().isEmpty())
                .max(
                        Comparator.comparingInt((Copy copy) -> copy.shards().size())
                                .thenComparing(copy -> topology.groupOf(copy.source()) == group)
                                .thenComparing(Copy::source));
    }

    /**
     * Shards that a node does not hold and another has in sync: what the node's disk has of them is
     * left over. Of what nobody has in sync it may be the last copy (protocol, rule 18).
     */
    public static ShardSet leftOver(Topology topology, Replicas replicas, String node) {
        List<Integer> shards = new ArrayList<>();
        for (int shard = 0; shard < topology.shards(); shard++) {
            if (replicas.state(node, shard) == ReplicaState.NOT_HELD
                    && isInSyncSomewhere(topology, replicas, shard)) {
                shards.add(shard);
            }
        }
        return ShardSet.of(shards);
    }

    private static boolean isInSyncSomewhere(Topology topology, Replicas replicas, int shard) {
        return topology.nodes().stream()
                .anyMatch(node -> replicas.state(node, shard) == ReplicaState.IN_SYNC);
    }

    private static ShardSet inSync(Replicas replicas, String node, ShardSet wanted) {
        List<Integer> shards = new ArrayList<>();
        wanted.stream()
                .filter(shard -> replicas.state(node, shard) == ReplicaState.IN_SYNC)
                .forEach(shards::add);
        return ShardSet.of(shards);
    }
}
