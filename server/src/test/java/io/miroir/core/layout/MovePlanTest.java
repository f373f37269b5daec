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
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Only what rendezvous assigns anew moves, and nothing without a copy that is in sync. */
class MovePlanTest {
    private static final int SHARDS = 16_384;

    private final Map<String, ReplicaState> states = new HashMap<>();

    private MovePlan plan(int shards, Layout now, LayoutChange change, String... down) {
        Topology before = now.topology(shards);
        Replicas assigned = Replicas.assigned(before);
        Replicas replicas =
                (node, shard) -> states.getOrDefault(node + shard, assigned.state(node, shard));
        return MovePlan.of(
                before,
                then(now, change).topology(shards),
                replicas,
                node -> !List.of(down).contains(node));
    }

    private static Layout then(Layout now, LayoutChange change) {
        return ((Layout.Outcome.Changed) now.after(change)).layout();
    }

    private static int size(Map<String, ShardSet> shards) {
        return shards.values().stream().mapToInt(ShardSet::size).sum();
    }

    /** Shows: the fourth node gets a quarter within 5 %, from the others of its group alone. */
    @Test
    void aNodeMoreIsSentItsShareAndNobodyElseAnything() {
        for (int copies = 1; copies <= 3; copies++) {
            Layout three =
                    new Layout(copies, List.of(List.of("a", "b", "c"), List.of("d", "e", "f")));

            MovePlan plan = plan(SHARDS, three, new LayoutChange.AddNode("x", 0));

            double optimum = SHARDS * copies / 4.0;
            assertEquals(Set.of("x"), plan.gains().keySet());
            assertEquals(optimum, plan.copies(), optimum * 0.05);
            assertEquals(Set.of("a", "b", "c"), plan.frees().keySet());
            assertEquals(plan.copies(), size(plan.frees()));
            assertTrue(plan.safe());
        }
    }

    /** Shows: what a node had goes to the others of its group, evenly, and nothing else moves. */
    @Test
    void aNodeLessLeavesWhatItHadToItsGroup() {
        Layout four = new Layout(2, List.of(List.of("a", "b", "c", "x"), List.of("d", "e")));
        ShardSet had = four.topology(SHARDS).shardsOf("x");

        MovePlan plan = plan(SHARDS, four, new LayoutChange.DrainNodes(List.of("x")));

        assertEquals(Map.of("x", had), plan.frees());
        assertEquals(had.size(), plan.copies());
        assertEquals(Set.of("a", "b", "c"), plan.gains().keySet());
        plan.gains()
                .values()
                .forEach(
                        gained -> assertEquals(had.size() / 3.0, gained.size(), had.size() * 0.03));
    }

    @Test
    void aGroupMoreIsSentEverythingAndAGroupLessNothing() {
        Layout two = new Layout(1, List.of(List.of("a", "b"), List.of("c")));

        MovePlan more = plan(64, two, new LayoutChange.AddGroup(List.of("x", "y")));
        assertEquals(64, more.copies());
        assertEquals(Map.of(), more.frees());

        MovePlan less = plan(64, two, new LayoutChange.RemoveGroup(1));
        assertEquals(0, less.copies());
        assertEquals(Map.of("c", ShardSet.all(64)), less.frees());
        assertTrue(less.safe());
    }

    /** Shows: a node that is down can be drained if others have what it had, else not. */
    @Test
    void whatNoNodeThatAnswersHasInSyncCanNotBeCopied() {
        Layout alone = new Layout(1, List.of(List.of("a", "b")));
        MovePlan lost = plan(64, alone, new LayoutChange.DrainNodes(List.of("a")), "a");
        assertEquals(alone.topology(64).shardsOf("a"), lost.sourceless());
        assertFalse(lost.safe());

        Layout twice = new Layout(1, List.of(List.of("a", "b"), List.of("c")));
        assertTrue(plan(64, twice, new LayoutChange.DrainNodes(List.of("a")), "a").safe());
    }

    /** Shows: no change is begun that would wait for a node that is down. */
    @Test
    void whoIsSentShardsAnswers() {
        Layout two = new Layout(1, List.of(List.of("a", "b", "c"), List.of("d")));
        MovePlan plan = plan(64, two, new LayoutChange.DrainNodes(List.of("a")), "b");
        assertEquals(Set.of("b"), plan.silent());
        assertFalse(plan.safe());
        assertEquals(
                List.of(
                        "nodes that have a part in the moves of index i don't answer: b (bring them"
                                + " back, drain all together that are gone, or put an empty server in"
                                + " the place of one: miroir cluster node address)"),
                plan.obstacles("i"));
        // Whether one answers that is not known yet is found out when it comes.
        assertTrue(plan(64, two, new LayoutChange.AddNode("x", 0), "x").safe());
        // A dead one that stays can't delete what it would be freed of: the change would not end.
        assertEquals(Set.of("b"), plan(64, two, new LayoutChange.AddNode("x", 0), "b").silent());
    }

    /**
     * Shows: of two nodes that are gone each would get some of what the other had, and the change
     * would wait for it. Drained together neither is waited for.
     */
    @Test
    void nodesThatAreGoneAreDrainedTogether() {
        List<List<String>> groups = List.of(List.of("a", "b", "c", "d"), List.of("e", "f"));
        for (int copies = 1; copies <= 2; copies++) {
            Layout layout = new Layout(copies, groups);
            for (String one : List.of("a", "b")) {
                MovePlan plan = plan(64, layout, drain(one), "a", "b");
                assertEquals(Set.of(one.equals("a") ? "b" : "a"), plan.silent());
            }
            MovePlan both = plan(64, layout, drain("a", "b"), "a", "b");
            assertTrue(both.safe(), both::toString);
            assertEquals(Set.of("a", "b"), both.frees().keySet());
        }
        // What nobody else has is not let go of with them.
        Layout alone = new Layout(2, groups.subList(0, 1));
        MovePlan lost = plan(64, alone, drain("a", "b"), "a", "b");
        assertFalse(lost.sourceless().isEmpty());
        assertTrue(lost.obstacles("i").getFirst().contains("accept-loss"), lost::toString);
    }

    private static LayoutChange drain(String... nodes) {
        return new LayoutChange.DrainNodes(List.of(nodes));
    }

    /** Shows: what is freed is left with nodes that answer, though a dead one counts as in sync. */
    @Test
    void whoIsLeftWithShardsAnswers() {
        Layout twice = new Layout(2, List.of(List.of("a", "b")));
        assertEquals(Set.of("b"), plan(64, twice, new LayoutChange.SetCopies(1), "b").silent());

        Layout groups = new Layout(1, List.of(List.of("a"), List.of("b")));
        assertEquals(Set.of("b"), plan(64, groups, new LayoutChange.RemoveGroup(0), "b").silent());
        assertTrue(plan(64, groups, new LayoutChange.RemoveGroup(1), "b").safe());
    }

    /** Shows: a copy more of each shard in each group, for those who are next in its order. */
    @Test
    void anotherReplicationFactorMovesNothingElse() {
        Layout two = new Layout(1, List.of(List.of("a", "b", "c"), List.of("d", "e")));
        MovePlan more = plan(64, two, new LayoutChange.SetCopies(2));
        assertEquals(128, more.copies());
        assertEquals(Map.of(), more.frees());
        MovePlan less = plan(64, new Layout(2, two.groups()), new LayoutChange.SetCopies(1));
        assertEquals(0, less.copies());
        assertEquals(more.gains(), less.frees());
    }

    /** Shows: a group whose replica is the only one in sync does not go. */
    @Test
    void theLastCopyInSyncIsNamed() {
        Layout two = new Layout(1, List.of(List.of("a"), List.of("b")));
        states.put("a5", ReplicaState.OUT);

        MovePlan plan = plan(8, two, new LayoutChange.RemoveGroup(1));

        assertEquals(ShardSet.of(5), plan.lastCopies());
        assertFalse(plan.safe());
        assertTrue(plan(8, two, new LayoutChange.RemoveGroup(0)).safe());
    }

    /**
     * Shows, for a thousand fleets and changes: what is assigned afterwards is held already or
     * gained, never both; what is held is assigned or freed, never both; and no shard is without a
     * source while all are in sync and answer.
     */
    @Test
    void everyReplicaIsKeptGainedOrFreed() {
        Random random = new Random(7);
        for (int run = 0; run < 1_000; run++) {
            Layout now = layout(random);
            LayoutChange change = change(now, random);
            if (!(now.after(change) instanceof Layout.Outcome.Changed(Layout then))) {
                continue;
            }
            int shards = 1 + random.nextInt(64);
            MovePlan plan = plan(shards, now, change);
            Topology before = now.topology(shards);
            Topology after = then.topology(shards);
            assertTrue(plan.safe(), () -> now + " " + change);
            Set<String> nodes = new TreeSet<>(before.nodes());
            nodes.addAll(after.nodes());
            for (String node : nodes) {
                ShardSet gained = plan.gains().getOrDefault(node, ShardSet.none());
                ShardSet freed = plan.frees().getOrDefault(node, ShardSet.none());
                assertEquals(ShardSet.none(), gained.and(before.shardsOf(node)));
                assertEquals(
                        after.shardsOf(node),
                        before.shardsOf(node).andNot(freed).or(gained),
                        () -> now + " " + change);
            }
        }
    }

    private static Layout layout(Random random) {
        int copies = 1 + random.nextInt(3);
        return new Layout(
                copies,
                IntStream.range(0, 1 + random.nextInt(3))
                        .mapToObj(group -> nodes("g" + group, copies + random.nextInt(3)))
                        .toList());
    }

    private static List<String> nodes(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(n -> prefix + "n" + n).toList();
    }

    private static LayoutChange change(Layout now, Random random) {
        int group = random.nextInt(now.groups().size());
        List<String> nodes = now.groups().get(group);
        String node = nodes.get(random.nextInt(nodes.size()));
        return switch (random.nextInt(6)) {
            case 0 -> new LayoutChange.AddNode("new", group);
            case 1 -> new LayoutChange.DrainNodes(List.of(node));
            case 2 -> new LayoutChange.ReplaceNode(node, "new");
            case 3 -> new LayoutChange.AddGroup(nodes("new", 3));
            case 4 -> new LayoutChange.SetCopies(1 + random.nextInt(4));
            default -> new LayoutChange.RemoveGroup(group);
        };
    }
}
