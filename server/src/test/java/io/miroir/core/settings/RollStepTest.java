package io.miroir.core.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.core.settings.RollStep.Change;
import io.miroir.core.settings.RollStep.Commit;
import io.miroir.core.settings.RollStep.Done;
import io.miroir.core.settings.RollStep.Known;
import io.miroir.core.settings.RollStep.Wait;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The order in which nodes come to other settings (protocol, rule 7), as a table. */
class RollStepTest {
    /** Two groups of two nodes, one copy of each shard in a group. */
    private static final Topology TWO =
            new Topology(8, 1, List.of(List.of("a", "b"), List.of("c", "d")));

    private static final Set<String> ALL = Set.of("a", "b", "c", "d");
    private static final Set<String> NONE = Set.of();

    private static RollStep next(
            boolean inForce, Set<String> unsettled, Set<String> verified, Set<String> reachable) {
        return RollStep.next(
                TWO, Replicas.assigned(TWO), known(inForce, unsettled, verified, reachable));
    }

    private static Known known(
            boolean inForce, Set<String> unsettled, Set<String> verified, Set<String> reachable) {
        return new Known(inForce, OptionalInt.empty(), unsettled, verified, reachable);
    }

    private static Known led(int group, Set<String> unsettled, Set<String> reachable) {
        return new Known(false, OptionalInt.of(group), unsettled, NONE, reachable);
    }

    private static Change change(String... nodes) {
        return new Change(List.of(nodes));
    }

    private static Change lead(int group, String... nodes) {
        return new Change(List.of(nodes), OptionalInt.of(group));
    }

    @Test
    void oneGroupGoesFirstAndTheOthersFollowOnceItHasThem() {
        assertEquals(lead(0, "a", "b"), next(false, NONE, NONE, ALL));
        assertEquals(lead(0, "b"), next(false, Set.of("a", "b"), Set.of("a"), ALL));
        assertEquals(
                new Commit(List.of("a", "b"), List.of("c", "d")),
                next(false, Set.of("a", "b"), Set.of("a", "b"), ALL));
        assertEquals(change("c", "d"), next(true, Set.of("c", "d"), NONE, ALL));
        assertEquals(change("d"), next(true, Set.of("d"), NONE, ALL));
        assertEquals(new Done(List.of()), next(true, NONE, NONE, ALL));
    }

    /** Whoever goes on where another stopped brings no second group in doubt. */
    @Test
    void theGroupThatWasBegunWithGoesOnFirst() {
        assertEquals(lead(1, "c", "d"), next(false, Set.of("c", "d"), NONE, ALL));
        assertEquals(lead(1, "c", "d"), next(false, Set.of("d"), NONE, ALL));
        // Also where another group could be read meanwhile, and a whole one stands before it.
        Topology three =
                new Topology(
                        8, 1, List.of(List.of("a", "b"), List.of("c", "d"), List.of("e", "f")));
        assertEquals(
                lead(1, "c", "d"),
                RollStep.next(
                        three,
                        Replicas.assigned(three),
                        known(false, Set.of("d"), NONE, three.nodes())));
    }

    /** Nodes may have been in doubt before: nobody began with their group. */
    @Test
    void theGroupThatLeadsGoesOnWhoeverElseIsInDoubt() {
        Set<String> doubted = Set.of("a", "c", "d");
        assertEquals(lead(1, "c", "d"), RollStep.next(TWO, assigned(), led(1, doubted, ALL)));
        assertEquals(lead(0, "a", "b"), RollStep.next(TWO, assigned(), led(0, doubted, ALL)));
        // Another takes its place only where it can't go on, and keeps it.
        Set<String> reachable = Set.of("a", "b", "c");
        assertEquals(lead(0, "a", "b"), RollStep.next(TWO, assigned(), led(1, doubted, reachable)));
    }

    /** Groups behind one that goes have other numbers then: who is in doubt tells which it was. */
    @Test
    void theGroupThatLeadsIsKnownThoughItsNumberChanges() {
        assertEquals(
                lead(1, "c", "d"), RollStep.next(TWO, assigned(), led(0, Set.of("c", "d"), ALL)));
        assertEquals(
                lead(0, "a", "b"), RollStep.next(TWO, assigned(), led(2, Set.of("a", "b"), ALL)));
    }

    private static Replicas assigned() {
        return Replicas.assigned(TWO);
    }

    @Test
    void aGroupThatIsNotWholeFollows() {
        assertEquals(lead(1, "c", "d"), next(false, NONE, NONE, Set.of("a", "c", "d")));
        assertEquals(
                new Commit(List.of("c", "d"), List.of("a", "b")),
                next(false, Set.of("c", "d"), Set.of("c", "d"), Set.of("a", "c", "d")));
        assertEquals(change("a"), next(true, Set.of("a", "b"), NONE, Set.of("a", "c", "d")));
        assertEquals(new Done(List.of("b")), next(true, Set.of("b"), NONE, Set.of("a", "c", "d")));
    }

    /** Without a whole group no uniform one is left to be read: all that can be go together. */
    @Test
    void groupsThatAreWholeOnlyTogetherGoTogether() {
        Topology pairs = new Topology(2, 1, List.of(List.of("a", "b"), List.of("c", "d")));
        // Shard 0 is only on the first group's, shard 1 only on the second group's reachable node.
        Replicas replicas =
                (node, shard) ->
                        node.equals(shard == 0 ? "a" : "d")
                                ? ReplicaState.IN_SYNC
                                : ReplicaState.OUT;
        assertEquals(
                change("a", "d"), RollStep.next(pairs, replicas, known(false, NONE, NONE, ALL)));
        assertEquals(
                new Commit(List.of("a", "d"), List.of("b", "c")),
                RollStep.next(pairs, replicas, known(false, NONE, Set.of("a", "d"), ALL)));
    }

    @Test
    void nothingIsDoneWhereAShardHasNobodyThatCanBeReached() {
        assertEquals(new Wait(), next(false, NONE, NONE, Set.of("a")));
        assertEquals(new Wait(), next(false, NONE, NONE, NONE));
    }

    @Test
    void aNodeThatHoldsNothingInSyncIsLeftAlone() {
        Replicas replicas =
                (node, shard) ->
                        node.equals("b") || node.equals("c")
                                ? ReplicaState.OUT
                                : Replicas.assigned(TWO).state(node, shard);
        assertEquals(
                new Done(List.of()),
                RollStep.next(TWO, replicas, known(true, Set.of("b"), NONE, ALL)));
    }

    /** It has missed the settings: should it be read again, it is changed before. */
    @Test
    void aNodeThatHoldsNothingInSyncIsUnsettledAllTheSame() {
        Replicas replicas =
                (node, shard) ->
                        node.equals("c")
                                ? ReplicaState.UNVERIFIED
                                : Replicas.assigned(TWO).state(node, shard);
        assertEquals(
                new Commit(List.of("a", "b"), List.of("c", "d")),
                RollStep.next(TWO, replicas, known(false, NONE, Set.of("a", "b"), ALL)));
        Set<String> left = Set.of("c", "d");
        assertEquals(change("d"), RollStep.next(TWO, replicas, known(true, left, NONE, ALL)));
        assertEquals(change("c"), next(true, Set.of("c"), NONE, ALL));
    }

    /**
     * However nodes come and go, the roll ends, and once it has begun no read finds nodes of which
     * one has the old and the other the new settings, as long as one whole group can be reached.
     */
    @Test
    void whatIsReadIsUniformAtEveryStep() {
        Topology three =
                new Topology(
                        8, 1, List.of(List.of("a", "b"), List.of("c", "d"), List.of("e", "f")));
        Replicas replicas = Replicas.assigned(three);
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            Set<String> unsettled = new TreeSet<>();
            Set<String> verified = new TreeSet<>();
            boolean inForce = false;
            OptionalInt leading = OptionalInt.empty();
            List<RollStep> trace = new ArrayList<>();
            for (int step = 0; ; step++) {
                assertTrue(step < 40, "does not end: " + trace);
                RollStep next =
                        RollStep.next(
                                three,
                                replicas,
                                new Known(inForce, leading, unsettled, verified, three.nodes()));
                trace.add(next);
                if (next instanceof Done) {
                    break;
                }
                switch (next) {
                    case Change some -> {
                        unsettled.addAll(some.nodes());
                        leading = some.leadingGroup();
                        assertTrue(wholeGroups(three, unsettled) >= 1, trace::toString);
                        // Some of them are slow, or the owner is lost and what it saw with it.
                        for (String node : some.nodes()) {
                            if (random.nextInt(3) > 0) {
                                if (inForce) {
                                    unsettled.remove(node);
                                } else {
                                    verified.add(node);
                                }
                            }
                        }
                        if (random.nextInt(5) == 0) {
                            verified.clear();
                        }
                    }
                    case Commit commit -> {
                        inForce = true;
                        verified.clear();
                        unsettled.clear();
                        unsettled.addAll(commit.unsettled());
                        assertTrue(wholeGroups(three, unsettled) >= 1, trace::toString);
                    }
                    case Wait _, Done _ -> throw new AssertionError(trace.toString());
                }
            }
            assertInstanceOf(Done.class, trace.getLast());
            assertEquals(Set.of(), unsettled);
        }
    }

    private static long wholeGroups(Topology topology, Set<String> unsettled) {
        return topology.groups().stream()
                .filter(group -> group.stream().noneMatch(unsettled::contains))
                .count();
    }
}
