package io.miroir.core.merge;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the place of one hit.
 *
 * @param query which of the request's queries found it; 0 in a plain search
 * @param ranks the rules' values in their order, without the tie rule
 * @param score the ranking score times the weight of the query
 * @param weighted where the node gave them, its own values for comparing queries; else computed
 * @param tie the document's sequence number as text, or null from a node without the tie rule
 */
public record Ranked(
        int query,
        List<RankValue> ranks,
        double score,
        List<ScoreGroups.Group> weighted,
        @Nullable String tie) {

    /** True if the hit was found by its vector. */
    public boolean semantic() {
        for (RankValue rank : ranks) {
            if (rank instanceof RankValue.Similarity) {
                return true;
            }
        }
        return false;
    }

    /** True if a sort goes before a rule of the score: a better hit may be behind a worse one. */
    public boolean isSortedFirst() {
        boolean sorted = false;
        for (RankValue rank : ranks) {
            switch (rank) {
                case RankValue.Sorted _, RankValue.Distance _ -> sorted = true;
                case RankValue.Words _,
                        RankValue.Typos _,
                        RankValue.Score _,
                        RankValue.Attribute _,
                        RankValue.Exactness _,
                        RankValue.Similarity _,
                        RankValue.Skipped _ -> {
                    if (sorted) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Negative if {@code left} is the older document; 0 if a node did not say. */
    static int compareTies(Ranked left, Ranked right) {
        return left.tie == null || right.tie == null ? 0 : left.tie.compareTo(right.tie);
    }
}
