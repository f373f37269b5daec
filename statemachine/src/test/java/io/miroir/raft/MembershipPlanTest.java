package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.raft.MembershipPlan.Decision;
import io.miroir.store.format.CommandFormats;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which changes of the group are let through. */
class MembershipPlanTest {
    private static final int FORMAT = CommandFormats.OF_THIS_PROGRAM.known();
    private static final Set<String> ABC = Set.of("a", "b", "c");
    private static final Set<String> ABCD = Set.of("a", "b", "c", "d");

    private static Member voter(String id) {
        return new Member(id, id + ":9001", id + ":9002", true);
    }

    private static Member listener(String id) {
        return new Member(id, id + ":9001", id + ":9002", false);
    }

    private static List<Member> three(Member... more) {
        List<Member> members = new ArrayList<>(List.of(voter("a"), voter("b"), voter("c")));
        members.addAll(List.of(more));
        return members;
    }

    private static Decision decide(List<Member> now, Set<String> alive, MemberChange change) {
        return MembershipPlan.decide(now, alive, alive, FORMAT, change);
    }

    private static String refusal(Decision decision) {
        return assertInstanceOf(Decision.Refuse.class, decision).why();
    }

    private static List<String> voters(Decision decision) {
        return assertInstanceOf(Decision.Apply.class, decision).next().stream()
                .filter(Member::voter)
                .map(Member::id)
                .toList();
    }

    /** A dead member would count as living, and one more could be taken away. */
    @Test
    void aNewLeaderWaitsForAnAnswerOfEachOrForASilenceThatMeansDeath() {
        long max = 2_000;
        assertTrue(MembershipPlan.knowsWhoLives(5, List.of(), max), "alone");
        assertTrue(MembershipPlan.knowsWhoLives(50, List.of(50L, 3L), max), "all answered");
        assertFalse(MembershipPlan.knowsWhoLives(50, List.of(3L, 1_050L), max), "one has not");
        assertFalse(MembershipPlan.knowsWhoLives(1_999, List.of(3L, 2_999L), max));
        assertTrue(MembershipPlan.knowsWhoLives(2_000, List.of(3L, 3_000L), max), "it is dead");
    }

    @Test
    void aPodJoinsWithoutAVote() {
        // Rule 24: even one that says it is a voter.
        Decision decision = decide(three(), ABC, new MemberChange.Join(voter("d")));
        assertEquals(List.of("a", "b", "c"), voters(decision));
        assertEquals(4, ((Decision.Apply) decision).next().size());
    }

    @Test
    void aPodOfAnEarlierProgramThanTheClustersDoesNotJoin() {
        // Rule 20: it would stop at the first command that it does not know.
        String why = refusal(decide(three(), ABC, new MemberChange.Join(voter("d"), FORMAT - 1)));
        assertTrue(why.contains("the program of d") && why.contains("format " + (FORMAT - 1)), why);
        assertEquals(
                List.of("a", "b", "c"),
                voters(decide(three(), ABC, new MemberChange.Join(voter("d"), FORMAT))));
    }

    @Test
    void onlyAListenerThatIsSilentGoesByItself() {
        // Rule 24. It may have answered, or got a vote, since somebody looked.
        List<Member> members = three(listener("d"));
        Decision.Apply gone =
                assertInstanceOf(Decision.Apply.class, MembershipPlan.absent(members, ABC, "d"));
        assertEquals(three(), gone.next());
        assertTrue(refusal(MembershipPlan.absent(members, ABCD, "d")).contains("answers again"));
        assertTrue(
                refusal(MembershipPlan.absent(members, Set.of("a", "b"), "c"))
                        .contains("has a vote"));
        assertInstanceOf(Decision.Nothing.class, MembershipPlan.absent(three(), ABC, "d"));
    }

    @Test
    void aMemberDoesNotJoinTwice() {
        // A voter that lost its disk would vote as if it had never acknowledged anything.
        MemberChange again = new MemberChange.Join(voter("c"));
        assertTrue(refusal(decide(three(), ABC, again)).contains("alive"));
        assertTrue(refusal(decide(three(), Set.of("a", "b"), again)).contains("remove it"));
    }

    @Test
    void aPodWhoseAnswerWasLostMayAskAgain() {
        // It is in with this very data directory; with another one it would have lost what it had.
        Member in = new Member("d", "d:9001", "d:9002", "life-1", false);
        List<Member> now = three(in);
        assertInstanceOf(Decision.Nothing.class, decide(now, ABCD, new MemberChange.Join(in)));
        Member other = new Member("d", "d:9001", "d:9002", "life-2", false);
        assertTrue(refusal(decide(now, ABC, new MemberChange.Join(other))).contains("remove it"));
    }

    @Test
    void anAddressBelongsToOneMember() {
        Member thief = new Member("d", "b:9001", "d:9002", false);
        assertTrue(refusal(decide(three(), ABC, new MemberChange.Join(thief))).contains("b"));
    }

    @Test
    void onlyAListenerThatLivesAndHasCaughtUpGetsAVote() {
        List<Member> now = three(listener("d"));
        MemberChange promote = new MemberChange.Promote("d");
        assertTrue(refusal(decide(now, ABC, promote)).contains("does not answer"));
        assertTrue(
                refusal(MembershipPlan.decide(now, ABCD, ABC, FORMAT, promote))
                        .contains("caught up"));
        assertEquals(List.of("a", "b", "c", "d"), voters(decide(now, ABCD, promote)));
        assertInstanceOf(
                Decision.Nothing.class, decide(three(), ABC, new MemberChange.Promote("b")));
        assertTrue(refusal(decide(three(), ABC, new MemberChange.Promote("x"))).contains("no"));
    }

    @Test
    void noVoterLeavesWhenTheRestHasNoMajority() {
        // Of a, b and c, c is dead: without b, a alone would decide for two.
        Set<String> ab = Set.of("a", "b");
        assertEquals(List.of("a", "b"), voters(decide(three(), ab, new MemberChange.Leave("c"))));
        assertTrue(refusal(decide(three(), ab, new MemberChange.Leave("b"))).contains("only 1"));
        assertTrue(
                refusal(decide(three(), Set.of("a"), new MemberChange.Leave("c")))
                        .contains("only 1"));
        assertTrue(
                refusal(decide(List.of(voter("a")), Set.of("a"), new MemberChange.Leave("a")))
                        .contains("last"));
    }

    @Test
    void aListenerMayLeaveWhateverHappens() {
        Decision decision =
                decide(three(listener("d")), Set.of("a", "b"), new MemberChange.Leave("d"));
        assertEquals(three(), ((Decision.Apply) decision).next());
        assertInstanceOf(Decision.Nothing.class, decide(three(), ABC, new MemberChange.Leave("x")));
    }

    @Test
    void aListenerTakesADeadVotersPlaceInOneStep() {
        List<Member> now = three(listener("d"));
        MemberChange replace = new MemberChange.Replace("c", "d");
        assertEquals(List.of("a", "b", "d"), voters(decide(now, Set.of("a", "b", "d"), replace)));
        assertTrue(refusal(decide(now, Set.of("a", "d"), replace)).contains("only 1"));
        assertTrue(
                refusal(decide(now, ABCD, new MemberChange.Replace("c", "b"))).contains("a vote"));
        assertTrue(
                refusal(decide(now, ABCD, new MemberChange.Replace("x", "d"))).contains("voter"));
    }

    @Test
    void thereAreFiveVotersAtMost() {
        List<Member> now = three(voter("d"), voter("e"), listener("f"));
        Set<String> alive = Set.of("a", "b", "c", "d", "e", "f");
        assertTrue(refusal(decide(now, alive, new MemberChange.Promote("f"))).contains("5"));
    }
}
