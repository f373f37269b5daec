package io.miroir.core.merge;

import io.miroir.core.merge.RankValue.Attribute;
import io.miroir.core.merge.RankValue.Distance;
import io.miroir.core.merge.RankValue.ExactMatch;
import io.miroir.core.merge.RankValue.Exactness;
import io.miroir.core.merge.RankValue.Score;
import io.miroir.core.merge.RankValue.Similarity;
import io.miroir.core.merge.RankValue.Skipped;
import io.miroir.core.merge.RankValue.Sorted;
import io.miroir.core.merge.RankValue.Typos;
import io.miroir.core.merge.RankValue.Words;
import java.util.Comparator;
import java.util.List;

/**
 * Orders hits of one query as the node's own bucket sort does: rule by rule, the first difference
 * decides. Found by measuring Meilisearch 1.50; the recorded answers are the test.
 */
public final class RuleOrder {
    /** Two places this near are one bucket. */
    private static final double SAME_PLACE_METRES = 1;

    /** Rule by rule, then the older document first. */
    public static final Comparator<Ranked> WITH_TIES =
            (left, right) -> {
                int order = compare(left.ranks(), right.ranks());
                return order != 0 ? order : Ranked.compareTies(left, right);
            };

    private RuleOrder() {}

    /** Negative if the hit with the ranks {@code left} goes first. */
    public static int compare(List<RankValue> left, List<RankValue> right) {
        int rules = Math.min(left.size(), right.size());
        for (int i = 0; i < rules; i++) {
            int order = compare(left.get(i), right.get(i));
            if (order != 0) {
                return order;
            }
        }
        // Fewer rules were applied where nothing was left to tell apart.
        return Integer.compare(right.size(), left.size());
    }

    private static int compare(RankValue left, RankValue right) {
        return switch (left) {
            case Words a when right instanceof Words b ->
                    Integer.compare(b.matching(), a.matching());
            case Typos a when right instanceof Typos b -> Integer.compare(a.count(), b.count());
            case Score a when right instanceof Score b -> larger(a.score(), b.score());
            case Attribute a when right instanceof Attribute b -> {
                int byRank = larger(a.rank(), b.rank());
                yield byRank != 0 ? byRank : larger(a.distance(), b.distance());
            }
            case Exactness a when right instanceof Exactness b -> exactness(a, b);
            case Sorted a when right instanceof Sorted b ->
                    SortKey.compare(a.ascending(), a.key(), b.key());
            case Distance a when right instanceof Distance b -> distance(a, b);
            case Similarity a when right instanceof Similarity b ->
                    larger(a.similarity(), b.similarity());
            case Skipped _ -> right instanceof Skipped ? 0 : 1;
            case Words _,
                    Typos _,
                    Score _,
                    Attribute _,
                    Exactness _,
                    Sorted _,
                    Distance _,
                    Similarity _ ->
                    // Different rules in one place: only a skipped one says who is better.
                    right instanceof Skipped ? -1 : 0;
        };
    }

    private static int exactness(Exactness left, Exactness right) {
        int byMatch = left.match().compareTo(right.match());
        if (byMatch != 0 || left.match() != ExactMatch.NO_EXACT_MATCH) {
            return byMatch;
        }
        return Integer.compare(right.matching(), left.matching());
    }

    private static int distance(Distance left, Distance right) {
        boolean leftMissing = Double.isNaN(left.metres());
        boolean rightMissing = Double.isNaN(right.metres());
        if (leftMissing || rightMissing) {
            return Boolean.compare(leftMissing, rightMissing);
        }
        if (Math.abs(left.metres() - right.metres()) <= SAME_PLACE_METRES) {
            return 0;
        }
        int nearer = Double.compare(left.metres(), right.metres());
        return left.ascending() ? nearer : -nearer;
    }

    private static int larger(double left, double right) {
        return Double.compare(right, left);
    }
}
