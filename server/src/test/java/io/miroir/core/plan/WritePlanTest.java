package io.miroir.core.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whom a write goes to (protocol, rules 2 and 14). */
class WritePlanTest {
    private static final Topology TOPOLOGY =
            new Topology(3, 1, List.of(List.of("a"), List.of("b"), List.of("c")));

    /** On each node: shard 0 as told, the others in sync. */
    private static Replicas replicas(Map<String, ReplicaState> ofShard0) {
        return (node, shard) ->
                shard == 0
                        ? ofShard0.getOrDefault(node, ReplicaState.IN_SYNC)
                        : ReplicaState.IN_SYNC;
    }

    @Test
    void whatLagsIsSentItAndCountedForNothing() {
        WritePlan plan =
                WritePlan.of(
                        TOPOLOGY,
                        replicas(Map.of("b", ReplicaState.LAGGING)),
                        _ -> true,
                        ShardSet.of(0));

        assertEquals(Map.of("a", ShardSet.of(0), "c", ShardSet.of(0)), plan.targets());
        assertEquals(Map.of("b", ShardSet.of(0)), plan.fed());
        assertEquals(Set.of("a", "b", "c"), plan.recipients());
    }

    @Test
    void whatIsOutIsNotSentIt() {
        WritePlan plan =
                WritePlan.of(
                        TOPOLOGY,
                        replicas(
                                Map.of(
                                        "b", ReplicaState.OUT,
                                        "c", ReplicaState.UNVERIFIED)),
                        _ -> true,
                        ShardSet.of(0));

        assertEquals(Set.of("a"), plan.recipients());
        assertEquals(Map.of(), plan.missed());
        assertEquals(Map.of(), plan.unfed());
    }

    @Test
    void whoCanNotBeReachedMissesIt() {
        WritePlan plan =
                WritePlan.of(
                        TOPOLOGY,
                        replicas(Map.of("b", ReplicaState.LAGGING)),
                        node -> node.equals("a"),
                        ShardSet.of(0, 1));

        assertEquals(Set.of("a"), plan.recipients());
        assertEquals(Map.of("b", ShardSet.of(1), "c", ShardSet.of(0, 1)), plan.missed());
        assertEquals(Map.of("b", ShardSet.of(0)), plan.unfed());
    }
}
