package io.miroir.core.topology;

import java.util.BitSet;

/** What is known of the replicas of one index. */
@FunctionalInterface
public interface Replicas {
    /** The state of a shard on a node; {@link ReplicaState#NOT_HELD} for a node never heard of. */
    ReplicaState state(String nodeId, int shard);

    /** The shards of which a node has a replica, in whatever state. */
    default ShardSet held(String nodeId, int shards) {
        BitSet held = new BitSet(shards);
        for (int shard = 0; shard < shards; shard++) {
            held.set(shard, state(nodeId, shard) != ReplicaState.NOT_HELD);
        }
        return ShardSet.copyOf(held);
    }

    /** As a new index has it: every replica that the topology assigns is in sync. */
    static Replicas assigned(Topology topology) {
        return (nodeId, shard) ->
                topology.writeTargets(shard).contains(nodeId)
                        ? ReplicaState.IN_SYNC
                        : ReplicaState.NOT_HELD;
    }
}
