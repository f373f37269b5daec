package io.miroir.cluster;

import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.Topology;
import io.miroir.store.index.IndexRow;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * One index as this pod believes it, at one moment: never changes.
 *
 * @param row the catalogue's row
 * @param settings the client's settings in it, read once; nobody may change them
 * @param topology how its shards lie on the nodes
 * @param states what each node has of it
 * @param doubts how often this pod saw a node become unsettled: one that is settled again had other
 *     settings meanwhile
 */
public record IndexView(
        IndexRow row,
        JsonNode settings,
        Topology topology,
        Map<String, ShardStates> states,
        Map<String, Integer> doubts)
        implements Replicas {

    /**
     * True once the nodes were seen to have the index with its settings. Before, it has a place in
     * the catalogue, but clients don't see it.
     */
    public boolean ready() {
        return row.settingsVersion() > 0;
    }

    /** True if a node has the settings in force, as far as anybody knows. */
    public boolean settled(String nodeId) {
        return !row.standing().unsettled().contains(nodeId);
    }

    /** The same index as if these nodes held nothing of it. */
    public IndexView without(Set<String> nodes) {
        if (nodes.isEmpty()) {
            return this;
        }
        Map<String, ShardStates> others = new HashMap<>(states);
        others.keySet().removeAll(nodes);
        return new IndexView(row, settings, topology, Map.copyOf(others), doubts);
    }

    @Override
    public ReplicaState state(String nodeId, int shard) {
        ShardStates held = states.get(nodeId);
        return held == null || shard >= held.shards()
                ? ReplicaState.NOT_HELD
                : stateOf(held.get(shard));
    }

    private static ReplicaState stateOf(ShardState state) {
        return switch (state) {
            case NOT_HELD -> ReplicaState.NOT_HELD;
            case IN_SYNC -> ReplicaState.IN_SYNC;
            case LAGGING -> ReplicaState.LAGGING;
            case OUT -> ReplicaState.OUT;
            case UNVERIFIED -> ReplicaState.UNVERIFIED;
            case MOVING -> ReplicaState.MOVING;
        };
    }
}
