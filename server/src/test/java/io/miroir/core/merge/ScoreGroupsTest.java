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
        // Words 2 of 2 and typo 3 of 3 are 6 of 6; with proximity 6 of 8 behind, 46 of 48.
        double before = 46 / 48.0;
        // Position 20 of 21, then exactness 1 of 3 and its words 3 of 3.
        double after = (19 * 9 + 3) / (21 * 9.0);
        assertEquals(
                List.of(new Weighted(before), new BySort(true, PRICE), new Weighted(after)),
                ScoreGroups.of(ranks, 0.955026455026455, 1));
    }
}
