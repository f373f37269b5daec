package io.miroir.core.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.core.merge.RankValue.Similarity;
import io.miroir.core.merge.RankValue.Sorted;
import io.miroir.core.merge.RankValue.Words;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When one server does not look at vectors, and when nodes' answers leave that open. */
class WordsAloneTest {
    private static final WordsAlone TWO = WordsAlone.of(0.5, 2).orElseThrow();

    @Test
    void vectorsThatWeighMoreAlwaysHaveTheirPart() {
        assertEquals(Optional.empty(), WordsAlone.of(0.56, 2));
        assertTrue(WordsAlone.of(0.54, 2).isPresent());
        assertTrue(WordsAlone.of(0.9, 0).isPresent(), "no hits are always enough");
    }

    @Test
    void enoughIsAsManyAsWantedAllOfThemGood() {
        assertTrue(TWO.isEnough(List.of(word(1), word(0.9))));
        assertFalse(TWO.isEnough(List.of(word(1))));
        assertFalse(TWO.isEnough(List.of(word(1), word(0.89))));
        assertFalse(TWO.isEnough(List.of(word(1), vector(1))));
    }

    /** A node each with one good hit: together they have enough, which none of them knows. */
    @Test
    void openWhereNodesTogetherMayHaveEnough() {
        assertTrue(TWO.isOpen(List.of(List.of(word(1)), List.of(word(0.95))), 0));
        assertTrue(TWO.isOpen(List.of(List.of(vector(0.95)), List.of(word(0.95))), 0));
        assertFalse(TWO.isOpen(List.of(List.of(word(1), word(0.5)), List.of(word(0.89))), 0));
        assertFalse(TWO.isOpen(List.of(List.of(vector(0.89)), List.of(word(1))), 0));
    }

    @Test
    void settledWhereAllNodesSearchedByWordsAlone() {
        List<Ranked> enough = List.of(word(1), word(0.9));
        assertFalse(TWO.isOpen(List.of(enough, enough), 0));
        assertTrue(TWO.isOpen(List.of(enough, List.of()), 0));
    }

    /** Documents that rules pin are among those that one server finds by words. */
    @Test
    void whatIsPinnedCountsAsFound() {
        assertFalse(TWO.isOpen(List.of(List.of(word(1)), List.of(vector(0.5))), 0));
        assertTrue(TWO.isOpen(List.of(List.of(word(1)), List.of(vector(0.5))), 1));
    }

    /** One node that has everything is one server; what is pinned it was not told of. */
    @Test
    void settledByOneNodeThatKnewAllHits() {
        List<Ranked> hits = List.of(vector(1), word(0.95));
        assertFalse(TWO.isOpen(List.of(hits), 0));
        assertTrue(TWO.isOpen(List.of(hits), 1));
        assertFalse(TWO.isOpen(List.of(), 0));
        assertFalse(new WordsAlone(0.5f, 0).isOpen(List.of(), 0));
    }

    /** A sort before the words shows hits that hide better ones; one behind them does not. */
    @Test
    void aSortBeforeTheWordsLeavesItOpen() {
        Sorted sort = new Sorted(true, new SortKey.Numeric(1));
        Words words = new Words(1, 1);
        Ranked sortedFirst = hit(0.1, List.of(sort, words));
        Ranked sortedLast = hit(0.1, List.of(words, sort));
        assertTrue(TWO.isOpen(List.of(List.of(sortedFirst), List.of(sortedFirst)), 0));
        assertFalse(TWO.isOpen(List.of(List.of(sortedLast), List.of(sortedLast)), 0));
    }

    private static Ranked word(double score) {
        return hit(score, List.of(new Words(1, 1)));
    }

    private static Ranked vector(double similarity) {
        return hit(similarity, List.of(new Similarity(similarity)));
    }

    private static Ranked hit(double score, List<RankValue> ranks) {
        return new Ranked(0, ranks, score, List.of(), null);
    }
}
