package io.miroir.core.plan;

import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Whom a write goes to: all replicas in sync of its shards, in all groups, and those that lag:
 * these are being copied, and must not miss what is written meanwhile. A replica that is out is not
 * sent the write; all that it lacks is copied later.
 *
 * @param targets replicas in sync of each node that can be reached
 * @param missed replicas in sync that can't be reached now; the bind must mark them out
 * @param fed replicas that lag, of nodes that can be reached: sent the write, counted by no quorum
 * @param unfed replicas that lag and can't be reached; the bind must mark them out
 */
public record WritePlan(
        Map<String, ShardSet> targets,
        Map<String, ShardSet> missed,
        Map<String, ShardSet> fed,
        Map<String, ShardSet> unfed) {

    /** A plan in which no replica lags. */
    public WritePlan(Map<String, ShardSet> targets, Map<String, ShardSet> missed) {
        this(targets, missed, Map.of(), Map.of());
    }

    /**
     * Plans a write.
     *
     * @param writable which nodes can be sent a request now
     * @param shards the shards that the write has documents of
     */
    public static WritePlan of(
            Topology topology, Replicas replicas, Predicate<String> writable, ShardSet shards) {
        Map<String, ShardSet> targets = new TreeMap<>();
        Map<String, ShardSet> missed = new TreeMap<>();
        Map<String, ShardSet> fed = new TreeMap<>();
        Map<String, ShardSet> unfed = new TreeMap<>();
        for (String node : topology.nodes()) {
            boolean reached = writable.test(node);
            ShardSet inSync = held(node, ReplicaState.IN_SYNC, replicas, shards);
            if (!inSync.isEmpty()) {
                (reached ? targets : missed).put(node, inSync);
            }
            ShardSet lagging = held(node, ReplicaState.LAGGING, replicas, shards);
            if (!lagging.isEmpty()) {
                (reached ? fed : unfed).put(node, lagging);
            }
        }
        return new WritePlan(
                Map.copyOf(targets), Map.copyOf(missed), Map.copyOf(fed), Map.copyOf(unfed));
    }

    /** Whether a replica in that state is sent what is written to it. */
    public static boolean isSent(ReplicaState state) {
        return switch (state) {
            case IN_SYNC, LAGGING -> true;
            case NOT_HELD, OUT, UNVERIFIED, MOVING -> false;
        };
    }

    /** The nodes that are sent the write. */
    public Set<String> recipients() {
        Set<String> all = new TreeSet<>(targets.keySet());
        all.addAll(fed.keySet());
        return all;
    }

    private static ShardSet held(
            String node, ReplicaState state, Replicas replicas, ShardSet shards) {
        List<Integer> held = new ArrayList<>();
        shards.stream().filter(shard -> replicas.state(node, shard) == state).forEach(held::add);
        return ShardSet.of(held);
    }
}
