package io.miroir.core.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SearchPlanTest {
    private static final Topology TOPOLOGY =
            new Topology(16, 2, List.of(List.of("a", "b", "c"), List.of("d", "e", "f")));
    private static final ShardSet ALL = ShardSet.all(16);

    /** Shows: each shard is asked once, whatever is broken, or listed (promise 3 of the design). */
    @Test
    void asksEachShardOnceOrListsIt() {
        Random random = new Random(3);
        for (int i = 0; i < 2_000; i++) {
            Set<String> down = new HashSet<>();
            TOPOLOGY.nodes().stream().filter(_ -> random.nextInt(3) == 0).forEach(down::add);
            Replicas replicas = someNotInSync(random);
            SearchPlan plan =
                    SearchPlan.of(
                            TOPOLOGY, replicas, n -> !down.contains(n), ALL, random.nextLong());
            ShardSet seen = ShardSet.none();
            for (SearchPlan.NodeShards part : plan.nodes()) {
                assertFalse(down.contains(part.nodeId()));
                assertTrue(seen.and(part.shards()).isEmpty(), "a shard is asked twice");
                assertFalse(part.shards().isEmpty());
                part.shards().stream()
                        .forEach(
                                s ->
                                        assertEquals(
                                                ReplicaState.IN_SYNC,
                                                replicas.state(part.nodeId(), s)));
                seen = seen.or(part.shards());
            }
            assertTrue(seen.and(plan.uncovered()).isEmpty());
            assertEquals(ALL, seen.or(plan.uncovered()));
            plan.uncovered().stream()
                    .forEach(shard -> assertTrue(unreadable(shard, replicas, down)));
        }
    }

    /** Shows: one group answers while it can; what it lacks comes from another. */
    @Test
    void fallsBackShardByShard() {
        Replicas replicas = Replicas.assigned(TOPOLOGY);
        SearchPlan whole = SearchPlan.of(TOPOLOGY, replicas, _ -> true, ALL, 0);
        whole.nodes().forEach(p -> assertEquals(0, TOPOLOGY.groupOf(p.nodeId())));
        SearchPlan half = SearchPlan.of(TOPOLOGY, replicas, n -> "cdef".contains(n), ALL, 0);
        assertTrue(half.uncovered().isEmpty());
        ShardSet ofC = TOPOLOGY.shardsOf("c");
        assertEquals(Map.of("c", ofC), partsOfGroup(half, 0));
        SearchPlan none = SearchPlan.of(TOPOLOGY, replicas, n -> n.equals("c"), ALL, 0);
        assertEquals(16 - ofC.size(), none.uncovered().size());
    }

    /** Shows: a node that holds just what it is asked needs no filter, others do (rule 10). */
    @Test
    void filtersOnlyWhereANodeHoldsMore() {
        Topology single = new Topology(8, 1, List.of(List.of("a", "b")));
        Replicas assigned = Replicas.assigned(single);
        SearchPlan plain = SearchPlan.of(single, assigned, _ -> true, ShardSet.all(8), 5);
        plain.nodes().forEach(part -> assertFalse(part.filterNeeded(), part.nodeId()));
        int ofA = single.shardsOf("a").iterator().nextInt();
        SearchPlan narrow = SearchPlan.of(single, assigned, _ -> true, ShardSet.of(ofA), 5);
        assertTrue(narrow.nodes().getFirst().filterNeeded());
        // A replica that is out still has documents: they must not be found.
        int ofB = single.shardsOf("b").iterator().nextInt();
        Replicas leftover =
                (n, s) -> n.equals("a") && s == ofB ? ReplicaState.OUT : assigned.state(n, s);
        SearchPlan.of(single, leftover, _ -> true, ShardSet.all(8), 5)
                .nodes()
                .forEach(part -> assertEquals(part.nodeId().equals("a"), part.filterNeeded()));
    }

    /** Shows: the same query goes to the same replicas, others spread over all (rule 11). */
    @Test
    void choosesByTheQuery() {
        Random random = new Random(11);
        Replicas replicas = Replicas.assigned(TOPOLOGY);
        Set<String> used = new HashSet<>();
        Set<Integer> groups = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            long hash = random.nextLong();
            SearchPlan plan = SearchPlan.of(TOPOLOGY, replicas, _ -> true, ALL, hash);
            assertEquals(plan, SearchPlan.of(TOPOLOGY, replicas, _ -> true, ALL, hash));
            plan.nodes().forEach(part -> used.add(part.nodeId() + part.shards()));
            groups.add(plan.group());
        }
        assertEquals(Set.of(0, 1), groups);
        assertNotEquals(TOPOLOGY.nodes().size(), used.size(), "nodes always have the same part");
    }

    /** Shows: one shard that only a node in doubt has does not make others ask such nodes too. */
    @Test
    void asksNodesInDoubtOnlyForWhatHealthyOnesLack() {
        Replicas replicas = Replicas.assigned(TOPOLOGY);
        for (long hash = 0; hash < 2; hash++) {
            // One healthy node a group has not all shards; two of a group have.
            ShardSet lacking =
                    SearchPlan.of(TOPOLOGY, replicas, "cf"::contains, ALL, hash).uncovered();
            assertFalse(lacking.isEmpty());
            SearchPlan plan = healthyFirst(replicas, "cf", "abcdef", hash);
            assertTrue(plan.uncovered().isEmpty());
            ShardSet ofDoubtful = ShardSet.none();
            for (SearchPlan.NodeShards part : plan.nodes()) {
                if (!"cf".contains(part.nodeId())) {
                    ofDoubtful = ofDoubtful.or(part.shards());
                }
            }
            assertEquals(lacking, ofDoubtful);
            assertEquals(lacking, healthyFirst(replicas, "cf", "cf", hash).uncovered());
            assertEquals(
                    SearchPlan.of(TOPOLOGY, replicas, "ef"::contains, ALL, hash),
                    healthyFirst(replicas, "ef", "abcdef", hash));
        }
    }

    /** Shows: however nodes fare, each node is asked once, and each shard that somebody has. */
    @Test
    void asksNoNodeTwiceWhoeverIsInDoubt() {
        Random random = new Random(5);
        for (int i = 0; i < 2_000; i++) {
            StringBuilder healthy = new StringBuilder();
            TOPOLOGY.nodes().stream().filter(_ -> random.nextBoolean()).forEach(healthy::append);
            Replicas replicas = someNotInSync(random);
            long hash = random.nextLong();
            SearchPlan plan = healthyFirst(replicas, healthy.toString(), "abcdef", hash);
            Set<String> asked = new HashSet<>();
            ShardSet seen = ShardSet.none();
            for (SearchPlan.NodeShards part : plan.nodes()) {
                assertTrue(asked.add(part.nodeId()), "a node is asked twice");
                assertTrue(seen.and(part.shards()).isEmpty(), "a shard is asked twice");
                seen = seen.or(part.shards());
            }
            assertEquals(ALL, seen.or(plan.uncovered()));
            plan.uncovered().stream()
                    .forEach(shard -> assertTrue(unreadable(shard, replicas, Set.of())));
        }
    }

    private static SearchPlan healthyFirst(
            Replicas replicas, String healthy, String readable, long hash) {
        return SearchPlan.preferring(
                TOPOLOGY, replicas, List.of(healthy::contains, readable::contains), ALL, hash);
    }

    private static Replicas someNotInSync(Random random) {
        Replicas assigned = Replicas.assigned(TOPOLOGY);
        Set<String> bad = new HashSet<>();
        for (String node : TOPOLOGY.nodes()) {
            for (int shard = 0; shard < 16; shard++) {
                if (random.nextInt(4) == 0) {
                    bad.add(node + shard);
                }
            }
        }
        return (node, shard) ->
                bad.contains(node + shard) && assigned.state(node, shard) == ReplicaState.IN_SYNC
                        ? ReplicaState.LAGGING
                        : assigned.state(node, shard);
    }

    private static boolean unreadable(int shard, Replicas replicas, Set<String> down) {
        return TOPOLOGY.nodes().stream()
                .filter(node -> !down.contains(node))
                .noneMatch(node -> replicas.state(node, shard) == ReplicaState.IN_SYNC);
    }

    private static Map<String, ShardSet> partsOfGroup(SearchPlan plan, int group) {
        return plan.nodes().stream()
                .filter(part -> TOPOLOGY.groupOf(part.nodeId()) == group)
                .collect(
                        java.util.stream.Collectors.toMap(
                                SearchPlan.NodeShards::nodeId, SearchPlan.NodeShards::shards));
    }
}
