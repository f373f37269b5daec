package io.miroir.cluster.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cluster.member.Comparison.Situation;
import io.miroir.cluster.member.Comparison.Verdict;
import io.miroir.cluster.member.Comparison.Word;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whose word counts where tables differ after a crash. This pod is always a. */
class ComparisonTest {
    private static final Set<String> THREE = Set.of("a", "b", "c");
    private static final Set<String> FIVE = Set.of("a", "b", "c", "d", "e");
    private static final boolean PROVEN = true;
    private static final boolean CRASHED = false;

    private static Word equal(String pod, boolean proven) {
        return new Word(pod, proven, 7, List.of(), "as here");
    }

    private static Word unequal(String pod, boolean proven) {
        return unequal(pod, proven, 7, "as elsewhere");
    }

    private static Word unequal(String pod, boolean proven, long at, String fingerprint) {
        return new Word(pod, proven, at, List.of("tasks"), fingerprint);
    }

    private static Verdict decide(Set<String> voters, Set<String> awaited, Word... words) {
        return Comparison.decide(new Situation(true, voters, List.of(words), awaited));
    }

    private static void assertProven(Verdict verdict, String... others) {
        assertEquals(new Verdict.Proven(List.of(others)), verdict);
    }

    private static void assertUnknown(Verdict verdict, String... unequal) {
        assertEquals(new Verdict.Unknown(List.of(unequal)), verdict);
    }

    private static String damage(Verdict verdict) {
        return assertInstanceOf(Verdict.Damaged.class, verdict).why();
    }

    @Test
    void whoKnowsThatItIsRightTellsBothWays() {
        assertProven(decide(THREE, Set.of("c"), equal("b", PROVEN)));
        String why =
                damage(
                        decide(
                                THREE,
                                Set.of(),
                                unequal("b", PROVEN),
                                unequal("c", CRASHED, 7, "in its own way")));
        assertTrue(why.contains("tasks") && why.contains("[b]"), why);
        // A listener's word too.
        assertProven(decide(THREE, Set.of("b", "c"), equal("x", PROVEN)));
        damage(
                decide(
                        THREE,
                        Set.of(),
                        unequal("x", PROVEN),
                        unequal("b", CRASHED),
                        unequal("c", CRASHED, 7, "in its own way")));
    }

    @Test
    void oneAloneCondemnsNobodyThatIsNeeded() {
        assertUnknown(decide(THREE, Set.of(), unequal("b", PROVEN)), "b");
        assertUnknown(decide(THREE, Set.of(), unequal("x", PROVEN)), "x");
        assertUnknown(decide(Set.of("a", "b"), Set.of(), unequal("b", PROVEN)), "b");
    }

    @Test
    void twoThatCrashedDoNotCondemnEachOther() {
        assertUnknown(decide(THREE, Set.of("c"), unequal("b", CRASHED)), "b");
        assertUnknown(decide(THREE, Set.of(), unequal("b", CRASHED)), "b");
        assertUnknown(decide(Set.of("a", "b"), Set.of(), unequal("b", CRASHED)), "b");
    }

    @Test
    void mostVotersAreRightIfTheyAgreeWithEachOther() {
        damage(decide(THREE, Set.of(), unequal("b", CRASHED), unequal("c", CRASHED)));
        // Each differs in its own way.
        assertUnknown(
                decide(
                        THREE,
                        Set.of(),
                        unequal("b", CRASHED),
                        unequal("c", CRASHED, 7, "in its own way")),
                "b",
                "c");
        // At two entries: whether they agree with each other is not known.
        assertUnknown(
                decide(
                        THREE,
                        Set.of(),
                        unequal("b", CRASHED),
                        unequal("c", CRASHED, 8, "as elsewhere")),
                "b",
                "c");
        // Two of five are not most, nor are listeners.
        assertUnknown(
                decide(FIVE, Set.of(), unequal("b", CRASHED), unequal("c", CRASHED)), "b", "c");
        assertUnknown(
                decide(
                        THREE,
                        Set.of(),
                        unequal("b", CRASHED),
                        unequal("x", CRASHED),
                        unequal("y", CRASHED)),
                "b",
                "x",
                "y");
    }

    @Test
    void whereAllCrashedMostThatAreEqualAreRight() {
        assertProven(decide(THREE, Set.of("c"), equal("b", CRASHED)));
        assertProven(decide(THREE, Set.of(), equal("b", CRASHED), unequal("c", CRASHED)), "c");
        assertUnknown(decide(FIVE, Set.of("c", "d", "e"), equal("b", CRASHED)));
        assertProven(decide(FIVE, Set.of("d", "e"), equal("b", CRASHED), equal("c", CRASHED)));
        // A listener has no part in a majority.
        assertUnknown(decide(THREE, Set.of("b", "c"), equal("x", CRASHED)));
    }

    @Test
    void mostVotersOutweighOneThatThinksItIsRight() {
        // Bits flip in pods that run, too.
        assertProven(decide(THREE, Set.of(), unequal("b", PROVEN), equal("c", CRASHED)), "b");
        assertUnknown(decide(THREE, Set.of("c"), unequal("b", PROVEN)), "b");
        assertUnknown(decide(FIVE, Set.of(), unequal("b", PROVEN), equal("c", PROVEN)), "b");
    }

    @Test
    void whoWasSentEverythingDoesNotOutweighOthersTogetherWithTheSender() {
        Word sender = equal("b", PROVEN);
        Word other = unequal("c", PROVEN);
        assertProven(decide(THREE, Set.of(), sender, other), "c");
        Situation filled = new Situation(false, THREE, List.of(sender, other), Set.of());
        assertUnknown(Comparison.decide(filled), "c");
        assertProven(Comparison.decide(new Situation(false, THREE, List.of(sender), Set.of("c"))));
    }

    @Test
    void nobodyToAskTellsNothing() {
        assertUnknown(decide(THREE, Set.of("b", "c")));
        assertUnknown(decide(Set.of("a"), Set.of()));
        // Nobody could repair one that alone has a vote.
        assertUnknown(decide(Set.of("a"), Set.of(), unequal("x", PROVEN)), "x");
    }
}
