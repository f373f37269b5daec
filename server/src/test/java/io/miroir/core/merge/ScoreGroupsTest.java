package io.miroir.core.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.core.merge.RankValue.ExactMatch;
import io.miroir.core.merge.RankValue.ScoreRule;
import io.miroir.core.merge.ScoreGroups.BySort;
import io.miroir.core.merge.ScoreGroups.Weighted;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScoreGroupsTest {
    private static final SortKey PRICE = new SortKey.Numeric(3);

    /** Shows: without a sort in between, a hit's only group is its ranking score. */
    @Test
    void oneRunIsTheRankingScore() {
        List<RankValue> ranks =
                List.of(
                        new RankValue.Sorted(true, PRICE),
                        new RankValue.Words(2, 2),
                        new RankValue.Typos(0, 2));
        assertEquals(
                List.of(new BySort(true, PRICE), new Weighted(0.5)),
                ScoreGroups.of(ranks, 1.0, 0.5));
    }

    /**
     * Shows: the runs on both sides of a sort are computed from their ranks. The numbers are a hit
     * that Meilisearch 1.50 gave for two words in an index of any number of attributes.
     */
    @Test
    void aSortPartsTheScore() {
        List<RankValue> ranks =
                List.of(
                        new RankValue.Words(2, 2),
                        new RankValue.Typos(0, 2),
                        new RankValue.Score(ScoreRule.PROXIMITY, 0.75),
                        new RankValue.Score(ScoreRule.ATTRIBUTE_RANK, 1.0),
                        new RankValue.Sorted(true, PRICE),
                        new RankValue.Score(ScoreRule.WORD_POSITION, 0.9523809523809523),
                        new RankValue.Exactness(ExactMatch.NO_EXACT_MATCH, 2, 2));
        // Words 2 of 2 and typo 3 of 3 are 6 of 6; with proximity 3 of 4 behind, 23 of 24.
        double before = 23 / 24.0;
        // Position 20 of 21, then exactness 1 of 3 and its words 3 of 3.
        double after = (19 * 9 + 3) / (21 * 9.0);
        assertEquals(
                List.of(new Weighted(before), new BySort(true, PRICE), new Weighted(after)),
                ScoreGroups.of(ranks, 0.955026455026455, 1));
    }

    /** Shows: how many attributes there are is told by the hit's whole score. */
    @Test
    void theNumberOfAttributesIsFound() {
        List<RankValue> ranks =
                List.of(
                        new RankValue.Words(2, 2),
                        new RankValue.Typos(0, 2),
                        new RankValue.Score(ScoreRule.PROXIMITY, 3 / 4.0),
                        new RankValue.Score(ScoreRule.ATTRIBUTE_RANK, 7 / 9.0),
                        new RankValue.Sorted(true, PRICE),
                        new RankValue.Score(ScoreRule.WORD_POSITION, 20 / 21.0),
                        new RankValue.Exactness(ExactMatch.NO_EXACT_MATCH, 2, 2));
        // Of five: 7 of 9 ranks behind 23 of 24; then position and exactness as above.
        double before = (22 * 9 + 7) / (24 * 9.0);
        double after = (19 * 9 + 3) / (21 * 9.0);
        double score = (204 * 189 + 174) / (216 * 189.0);
        assertEquals(
                List.of(new Weighted(before), new BySort(true, PRICE), new Weighted(after)),
                ScoreGroups.of(ranks, score, 1));
    }

    /** Shows: a phrase of two words is one term, of which none is beside another. */
    @Test
    void aPhraseIsOneTerm() {
        List<RankValue> ranks =
                List.of(
                        new RankValue.Words(2, 2),
                        new RankValue.Score(ScoreRule.PROXIMITY, 1),
                        new RankValue.Score(ScoreRule.ATTRIBUTE_RANK, 4 / 5.0),
                        new RankValue.Sorted(true, PRICE),
                        new RankValue.Score(ScoreRule.WORD_POSITION, 9 / 11.0));
        // Of five attributes: 4 of 5 ranks behind 2 of 2, then 9 of 11.
        double before = (1 * 5 + 4) / 10.0;
        double score = (8 * 11 + 9) / 110.0;
        assertEquals(
                List.of(new Weighted(before), new BySort(true, PRICE), new Weighted(9 / 11.0)),
                ScoreGroups.of(ranks, score, 1));
    }
}
