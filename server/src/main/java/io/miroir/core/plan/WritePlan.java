package io.miroir.core.plan;

import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Whom a write goes to: all replicas in sync of its shards, in all groups. A replica that is
 * lagging or out is not sent the write, since it would apply it out of order; it is fed later.
 *
 * @param targets what to send to each node
 * @param missed replicas in sync that can't be reached now; the bind must mark them out
 */
public record WritePlan(Map<String, ShardSet> targets, Map<String, ShardSet> missed) {
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
        for (String node : topology.nodes()) {
            List<Integer> inSync = new ArrayList<>();
            shards.stream()
                    .filter(shard -> replicas.state(node, shard) == ReplicaState.IN_SYNC)
                    .forEach(inSync::add);
            if (!inSync.isEmpty()) {
                (writable.test(node) ? targets : missed).put(node, ShardSet.of(inSync));
            }
        }
        return new WritePlan(Map.copyOf(targets), Map.copyOf(missed));
    }
}
