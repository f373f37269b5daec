package io.miroir.core.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The steps of a change of the nodes, decided on what replicas there are (ADR 0018). */
class MoveStepTest {
    private static final int SHARDS = 16;

    private final Map<String, ReplicaState> states = new HashMap<>();

    private final Replicas replicas =
            (node, shard) -> states.getOrDefault(node + shard, ReplicaState.NOT_HELD);

    private Topology now = topology(1, List.of(List.of("a", "b"), List.of("x")));
    private Topology then = topology(1, List.of(List.of("a", "b", "c"), List.of("x")));

    private static Topology topology(int copies, List<List<String>> groups) {
        return new Topology(SHARDS, copies, groups);
    }

    private void from(Topology layout) {
        now = layout;
        states.clear();
        for (String node : layout.nodes()) {
            set(node, layout.shardsOf(node), ReplicaState.IN_SYNC);
        }
    }

    private void set(String node, ShardSet shards, ReplicaState state) {
        shards.stream().forEach(shard -> states.put(node + shard, state));
    }

    private MoveStep step(String... strays) {
        Set<String> nodes = new TreeSet<>(between().nodes());
        nodes.addAll(List.of(strays));
        return MoveStep.of(between(), then, replicas, nodes);
    }

    private Topology between() {
        return now.changingTo(then);
    }

    /** Does what can be done, as lanes, repair and the deletion do it; answers how often. */
    private int carryOut() {
        for (int steps = 0; steps < 100; steps++) {
            MoveStep step = step();
            if (step.isNothing()) {
                return steps;
            }
            step.gain().forEach((node, shards) -> set(node, shards, ReplicaState.OUT));
            states.replaceAll(
                    (_, state) -> state == ReplicaState.OUT ? ReplicaState.IN_SYNC : state);
            step.letGo().forEach((node, shards) -> set(node, shards, ReplicaState.MOVING));
            step.free().forEach((node, shards) -> set(node, shards, ReplicaState.NOT_HELD));
        }
        throw new AssertionError("no end: " + step());
    }

    private void assertLies(Topology layout) {
        for (String node : Set.of("a", "b", "c", "d", "x")) {
            assertEquals(layout.shardsOf(node), replicas.held(node, SHARDS), node);
        }
    }

    @Test
    void anIndexThatLiesAsItIsToHasNothingToDo() {
        then = now;
        from(now);
        assertTrue(step().isNothing());
        // What is out is for repair.
        set("a", ShardSet.all(SHARDS).and(now.shardsOf("a")), ReplicaState.OUT);
        assertTrue(step().isNothing());
    }

    /** Shows: first it is gained, then let go of by the one that had it, then deleted there. */
    @Test
    void aNodeThatComesGetsWhatRendezvousGivesIt() {
        from(now);
        ShardSet gained = then.shardsOf("c");
        MoveStep first = step();
        assertEquals(Map.of("c", gained), first.gain());
        assertEquals(Map.of(), first.letGo());
        assertEquals(gained.size(), first.waiting());

        set("c", gained, ReplicaState.OUT);
        assertEquals(Map.of(), step().gain());
        assertEquals(Map.of(), step().letGo());
        assertFalse(step().isNothing());

        ShardSet one = ShardSet.of(gained.iterator().nextInt());
        set("c", one, ReplicaState.IN_SYNC);
        MoveStep half = step();
        assertEquals(1, half.letGo().size());
        String giver = half.letGo().keySet().iterator().next();
        assertEquals(one, half.letGo().get(giver));
        assertEquals(Map.of("c", one), half.heldBy(between(), then));

        set(giver, one, ReplicaState.MOVING);
        assertEquals(Map.of(giver, one), step().free());
        set(giver, one, ReplicaState.NOT_HELD);
        assertEquals(Map.of(), step().free());

        carryOut();
        assertLies(then);
    }

    /** Its documents are there to the end: searches of what is still read on it must filter. */
    @Test
    void aNodeThatGoesIsFreeOfAllAtOnce() {
        then = topology(1, List.of(List.of("a", "b"), List.of("x")));
        from(topology(1, List.of(List.of("a", "b", "c"), List.of("x"))));
        ShardSet had = now.shardsOf("c");
        ShardSet first = ShardSet.of(had.iterator().nextInt());
        set("c", first, ReplicaState.MOVING);
        assertEquals(Map.of(), step().free());
        assertFalse(step().isNothing());
        set("c", had, ReplicaState.MOVING);
        assertEquals(Map.of("c", had), step().free());
        from(now);
        carryOut();
        assertLies(then);
    }

    /** Also where the one that was to get it went out again meanwhile. */
    @Test
    void theLastReplicaIsNotLetGoOf() {
        from(now);
        set("c", then.shardsOf("c"), ReplicaState.IN_SYNC);
        assertFalse(step().letGo().isEmpty());
        for (ReplicaState state :
                List.of(
                        ReplicaState.OUT,
                        ReplicaState.LAGGING,
                        ReplicaState.UNVERIFIED,
                        ReplicaState.MOVING)) {
            set("c", then.shardsOf("c"), state);
            assertEquals(Map.of(), step().letGo(), state::toString);
        }
    }

    /** A node that died while nothing was written is in sync as before. */
    @Test
    void nothingIsLetGoOfToANodeThatDoesNotAnswer() {
        then = topology(1, List.of(List.of("a", "b")));
        from(topology(2, List.of(List.of("a", "b"))));
        MoveStep all = step();
        MoveStep sure = all.onlyFor(between(), then, node -> !node.equals("b"));
        assertEquals(Map.of("b", then.shardsOf("a")), sure.letGo());
        // What the other one is to keep waits.
        assertEquals(then.shardsOf("b").size(), sure.waiting());
        assertFalse(sure.isNothing());
        assertEquals(all, all.onlyFor(between(), then, _ -> true));
    }

    @Test
    void allCopiesOfAGroupMustBeThereBeforeOneGoes() {
        then = topology(2, List.of(List.of("a", "b", "c")));
        from(topology(2, List.of(List.of("a", "b"))));
        set("c", then.shardsOf("c"), ReplicaState.IN_SYNC);
        Map<String, ShardSet> all = step().letGo();
        assertEquals(
                then.shardsOf("c").size(), all.values().stream().mapToInt(ShardSet::size).sum());
        String giver = new TreeMap<>(all).firstKey();
        String other = giver.equals("a") ? "b" : "a";
        set(other, now.shardsOf(other), ReplicaState.OUT);
        assertFalse(step().letGo().containsKey(giver));
    }

    /** The same plan undoes what was done of the other way. */
    @Test
    void aChangeIsTakenBackFromAnywhere() {
        from(now);
        ShardSet gained = then.shardsOf("c");
        set("c", gained, ReplicaState.IN_SYNC);
        step().letGo().forEach((node, shards) -> set(node, shards, ReplicaState.MOVING));
        Topology before = now;
        now = then;
        then = before;
        // What waits for its deletion is wanted again.
        assertEquals(gained.size(), step().gain().values().stream().mapToInt(ShardSet::size).sum());
        assertEquals(Map.of(), step().letGo());
        carryOut();
        assertLies(before);
    }

    /** What the group has may be the last copy of any: all others must have it first. */
    @Test
    void aGroupGoesWhenAllOthersHaveEverything() {
        then = topology(1, List.of(List.of("a", "b"), List.of("d")));
        from(topology(1, List.of(List.of("a", "b"), List.of("x"), List.of("d"))));
        set("d", ShardSet.of(5), ReplicaState.OUT);
        MoveStep step = step();
        assertEquals(Map.of(), step.gain());
        assertEquals(Map.of("x", ShardSet.all(SHARDS).andNot(ShardSet.of(5))), step.letGo());
        Map<String, ShardSet> heldBy = step.heldBy(between(), then);
        assertEquals(Set.of("a", "b", "d"), heldBy.keySet());
        assertEquals(step.letGo().get("x"), heldBy.get("d"));
        carryOut();
        assertLies(then);
    }

    @Test
    void aGroupThatComesGetsEverything() {
        then = topology(1, List.of(List.of("a", "b"), List.of("x"), List.of("c", "d")));
        from(topology(1, List.of(List.of("a", "b"), List.of("x"))));
        assertEquals(Map.of("c", then.shardsOf("c"), "d", then.shardsOf("d")), step().gain());
        carryOut();
        assertLies(then);
    }

    /** One is let go of when those of its group have the shard that are to keep it. */
    @Test
    void copiesBecomeMoreAndFewer() {
        then = topology(2, List.of(List.of("a", "b", "c"), List.of("x", "d")));
        from(topology(1, List.of(List.of("a", "b", "c"), List.of("x", "d"))));
        assertEquals(Map.of(), step().letGo());
        carryOut();
        assertLies(then);
        Topology more = then;
        then = now;
        from(more);
        int shard = then.shardsOf("x").iterator().nextInt();
        set("x", ShardSet.of(shard), ReplicaState.OUT);
        assertEquals(Map.of(), step().gain());
        assertFalse(step().letGo().getOrDefault("d", ShardSet.none()).contains(shard));
        carryOut();
        assertLies(then);
    }

    /** An index that was created by who did not know the layout yet. */
    @Test
    void aNodeOfNoLayoutIsLetGoOfWhenAllOthersHaveItsShards() {
        then = now;
        from(now);
        ShardSet some = ShardSet.of(3, 5);
        set("d", some, ReplicaState.IN_SYNC);
        assertEquals(Map.of("d", some), step("d").letGo());
        set("x", ShardSet.of(3), ReplicaState.OUT);
        assertEquals(Map.of("d", ShardSet.of(5)), step("d").letGo());
    }
}
