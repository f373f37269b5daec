package io.miroir.core.topology;

/** What is known of the replicas of one index. */
@FunctionalInterface
public interface Replicas {
    /** The state of a shard on a node; {@link ReplicaState#NOT_HELD} for a node never heard of. */
    ReplicaState state(String nodeId, int shard);

    /** As a new index has it: every replica that the topology assigns is in sync. */
    static Replicas assigned(Topology topology) {
        return (nodeId, shard) ->
                topology.writeTargets(shard).contains(nodeId)
                        ? ReplicaState.IN_SYNC
                        : ReplicaState.NOT_HELD;
    }
}
