package io.miroir.capability.partitioned.antientropy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.fanout.copy.ShardDigest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who is right where replicas differ (protocol, rule 16). */
class ShardVoteTest {
    private static final ShardDigest ONE = new ShardDigest(3, 7);
    private static final ShardDigest OTHER = new ShardDigest(3, 8);
    private static final ShardDigest THIRD = new ShardDigest(2, 7);

    @Test
    void whereAllHaveTheSameNothingFollows() {
        assertEquals(new ShardVote.Agreed(), ShardVote.of(Map.of("a", ONE, "b", ONE), 2));
        assertEquals(new ShardVote.Agreed(), ShardVote.of(Map.of(), 0));
    }

    @Test
    void moreThanHalfIsRight() {
        assertEquals(
                new ShardVote.Outvoted(List.of("b")),
                ShardVote.of(Map.of("a", ONE, "b", OTHER, "c", ONE), 3));
        assertEquals(
                new ShardVote.Outvoted(List.of("d", "e")),
                ShardVote.of(Map.of("a", ONE, "b", ONE, "c", ONE, "d", OTHER, "e", THIRD), 5));
    }

    /** Those that can't be asked may agree with the few: what may be a minority decides nothing. */
    @Test
    void aMinorityOfAllDoesNotOutvote() {
        assertEquals(
                new ShardVote.Undecided(), ShardVote.of(Map.of("a", ONE, "b", OTHER, "c", ONE), 4));
        assertEquals(
                new ShardVote.Undecided(), ShardVote.of(Map.of("a", ONE, "b", OTHER, "c", ONE), 5));
        assertEquals(
                new ShardVote.Outvoted(List.of("b")),
                ShardVote.of(Map.of("a", ONE, "b", OTHER, "c", ONE, "d", ONE), 5));
        assertEquals(new ShardVote.Agreed(), ShardVote.of(Map.of("a", ONE, "b", ONE), 5));
    }

    /** Of two nobody is right: neither the one with more documents nor the one with fewer. */
    @Test
    void halfIsNoMajority() {
        assertEquals(new ShardVote.Undecided(), ShardVote.of(Map.of("a", ONE, "b", THIRD), 2));
        assertEquals(
                new ShardVote.Undecided(),
                ShardVote.of(Map.of("a", ONE, "b", ONE, "c", OTHER, "d", OTHER), 4));
        assertEquals(
                new ShardVote.Undecided(),
                ShardVote.of(Map.of("a", ONE, "b", OTHER, "c", THIRD), 3));
    }
}
