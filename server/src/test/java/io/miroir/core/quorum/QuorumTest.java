package io.miroir.core.quorum;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.core.plan.WritePlan;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QuorumTest {
    private static final ShardSet ONE = ShardSet.of(0);

    /** Shows: the plan's table of topologies, each with just enough nodes and with one fewer. */
    @Test
    void followsThePlansTable() {
        assertEquals(
                List.of(1, 2, 2, 3, 3),
                List.of(1, 2, 3, 4, 5).stream().map(Quorum::ofGroup).toList());
        check(List.of("a"), 1, Set.of("a"), Set.of());
        check(List.of("a b"), 2, Set.of("a", "b"), Set.of("a"));
        check(List.of("a b c"), 3, Set.of("a", "c"), Set.of("c"));
        check(List.of("a", "b"), 1, Set.of("b"), Set.of());
        check(List.of("a b c", "d e f"), 3, Set.of("d", "f"), Set.of("a", "d"));
    }

    /** Shows: groups that missed their quorum are named with their shards, though it counts. */
    @Test
    void namesDegradedGroups() {
        Topology topology = new Topology(2, 1, List.of(List.of("a"), List.of("b")));
        ShardSet both = ShardSet.all(2);
        assertEquals(
                new Quorum.Met(Map.of(1, ShardSet.of(1))),
                Quorum.judge(topology, both, Map.of("a", both, "b", ShardSet.of(0))));
        assertEquals(
                new Quorum.Met(Map.of()),
                Quorum.judge(topology, both, Map.of("a", both, "b", both)));
        assertEquals(
                new Quorum.Lost(ShardSet.of(1)),
                Quorum.judge(topology, both, Map.of("a", ShardSet.of(0), "stranger", both)));
    }

    /** Shows: a write goes to replicas in sync only, and says which of them can't be reached. */
    @Test
    void writesToReplicasInSync() {
        Topology topology = new Topology(4, 2, List.of(List.of("a", "b"), List.of("c", "d")));
        ShardSet all = ShardSet.all(4);
        Replicas replicas =
                (node, shard) ->
                        node.equals("b")
                                ? ReplicaState.LAGGING
                                : node.equals("c") && shard == 1
                                        ? ReplicaState.OUT
                                        : ReplicaState.IN_SYNC;
        WritePlan plan = WritePlan.of(topology, replicas, n -> !n.equals("d"), all);
        assertEquals(Map.of("a", all, "c", ShardSet.of(0, 2, 3)), plan.targets());
        assertEquals(Map.of("d", all), plan.missed());
        assertEquals(new Quorum.Lost(all), Quorum.judge(topology, all, plan.targets()));
    }

    private static void check(
            List<String> groups, int replicas, Set<String> enough, Set<String> tooFew) {
        Topology topology =
                new Topology(
                        1, replicas, groups.stream().map(g -> List.of(g.split(" ", -1))).toList());
        assertEquals(Quorum.Met.class, Quorum.judge(topology, ONE, took(enough)).getClass());
        assertEquals(new Quorum.Lost(ONE), Quorum.judge(topology, ONE, took(tooFew)));
    }

    private static Map<String, ShardSet> took(Set<String> nodes) {
        return nodes.stream().collect(java.util.stream.Collectors.toMap(n -> n, _ -> ONE));
    }
}
