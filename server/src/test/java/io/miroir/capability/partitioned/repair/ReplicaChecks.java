package io.miroir.capability.partitioned.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.miroir.api.Json;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.routing.Separators;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * What must hold: replicas that are read are what the writes make, and nothing is where it is not
 * to be.
 */
final class ReplicaChecks {
    private final SimulatedCluster cluster;

    ReplicaChecks(SimulatedCluster cluster) {
        this.cluster = cluster;
    }

    /** Nothing is left to be done. */
    void assertEqual() {
        Topology topology = cluster.view.fleet().topology(SimulatedCluster.SHARDS);
        for (String id : SimulatedCluster.NODES) {
            ShardSet assigned = topology.shardsOf(id);
            for (int shard = 0; shard < SimulatedCluster.SHARDS; shard++) {
                if (assigned.contains(shard)) {
                    assertEquals(ReplicaState.IN_SYNC, cluster.index().state(id, shard));
                    assertHolds(id, shard);
                } else {
                    assertEquals(ReplicaState.NOT_HELD, cluster.index().state(id, shard));
                    // One that is of no layout any more is not asked to delete anything; nor is one
                    // that came again to hold nothing, which nobody reads, before it gets
                    // something.
                    if (topology.groupOf(id) >= 0 && !assigned.isEmpty()) {
                        assertEquals(Map.of(), of(cluster.node(id).documents, shard));
                    }
                }
            }
        }
        cluster.moves.search(cluster.random, cluster.index(), cluster.simulated, cluster.truth);
    }

    /** A node at rest has of a shard what the writes make, and nothing else. */
    void assertHolds(String id, int shard) {
        if (!cluster.node(id).isAtRest()) {
            fail(id + " is read and not at rest");
        }
        assertEquals(
                of(cluster.truth, shard),
                of(cluster.node(id).documents, shard),
                () -> id + ", shard " + shard);
    }

    /** Whether a node at rest, which is to have all shards, has something else than writes make. */
    boolean differs(String id) {
        return ShardSet.all(SimulatedCluster.SHARDS).stream()
                .anyMatch(
                        shard ->
                                !of(cluster.truth, shard)
                                        .equals(of(cluster.node(id).documents, shard)));
    }

    /** The first shard that a node has not as writes make it. */
    int lostShard(String id) {
        return ShardSet.all(SimulatedCluster.SHARDS).stream()
                .filter(
                        shard ->
                                !of(cluster.truth, shard)
                                        .equals(of(cluster.node(id).documents, shard)))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, ObjectNode> of(Map<String, ObjectNode> documents, int shard) {
        Map<String, ObjectNode> some = new TreeMap<>(documents);
        some.keySet().removeIf(id -> Rendezvous.shard(id, SimulatedCluster.SHARDS) != shard);
        some.replaceAll((_, one) -> Json.parseObject(Json.text(one)));
        some.values()
                .forEach(
                        one ->
                                assertEquals(
                                        Separators.shard(shard),
                                        one.path(Separators.SHARD_FIELD).asString()));
        return some;
    }
}
