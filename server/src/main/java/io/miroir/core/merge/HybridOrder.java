package io.miroir.core.merge;

import io.miroir.core.merge.ScoreGroups.ByDistance;
import io.miroir.core.merge.ScoreGroups.BySort;
import io.miroir.core.merge.ScoreGroups.Group;
import io.miroir.core.merge.ScoreGroups.Weighted;
import java.util.Comparator;
import java.util.List;

/**
 * Orders the hits of a hybrid search: those found in the same way rule by rule, a semantic one
 * against a keyword one by their scores times the ratio of their kind. On equal scores the semantic
 * hit goes first, as in the original.
 */
public final class HybridOrder implements Comparator<Ranked> {
    /** What f64 arithmetic in the original takes for equal (2^-52). */
    static final double EPSILON = Math.ulp(1.0);

    private final float semanticRatio;

    /** An order for a ratio between 0 (keywords only) and 1 (vectors only), neither included. */
    public HybridOrder(double semanticRatio) {
        this.semanticRatio = (float) semanticRatio;
    }

    @Override
    public int compare(Ranked left, Ranked right) {
        boolean leftSemantic = left.semantic();
        boolean rightSemantic = right.semantic();
        if (leftSemantic == rightSemantic) {
            int order = RuleOrder.compare(left.ranks(), right.ranks());
            return order != 0 ? order : Ranked.compareTies(left, right);
        }
        // The original multiplies in 32 bits' ratio and 64 bits' score.
        double leftRatio = leftSemantic ? semanticRatio : 1f - semanticRatio;
        double rightRatio = rightSemantic ? semanticRatio : 1f - semanticRatio;
        int order =
                compareGroups(
                        ScoreGroups.of(left.ranks(), left.score(), leftRatio),
                        ScoreGroups.of(right.ranks(), right.score(), rightRatio));
        return order != 0 ? order : leftSemantic ? -1 : 1;
    }

    private static int compareGroups(List<Group> left, List<Group> right) {
        int groups = Math.min(left.size(), right.size());
        for (int i = 0; i < groups; i++) {
            int order = compareGroup(left.get(i), right.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(right.size(), left.size());
    }

    private static int compareGroup(Group left, Group right) {
        return switch (left) {
            case Weighted(double a) ->
                    switch (right) {
                        case Weighted(double b) ->
                                Math.abs(a - b) <= EPSILON ? 0 : Double.compare(b, a);
                        // A score against a sort: any score is better, none is worse.
                        case BySort _, ByDistance _ -> a == 0 ? 1 : -1;
                    };
            case BySort(boolean ascending, SortKey a) ->
                    switch (right) {
                        case Weighted(double b) -> b == 0 ? -1 : 1;
                        case BySort(boolean _, SortKey b) -> SortKey.compare(ascending, a, b);
                        case ByDistance _ -> 0;
                    };
            case ByDistance(boolean ascending, double a) ->
                    switch (right) {
                        case Weighted(double b) -> b == 0 ? -1 : 1;
                        case BySort _ -> 0;
                        case ByDistance(boolean _, double b) -> {
                            // NaN, no place, is above every distance and last in both directions.
                            boolean missing = Double.isNaN(a) || Double.isNaN(b);
                            yield ascending || missing
                                    ? Double.compare(a, b)
                                    : Double.compare(b, a);
                        }
                    };
        };
    }
}
