package io.miroir.core.merge;

import io.miroir.core.merge.RankValue.Attribute;
import io.miroir.core.merge.RankValue.Distance;
import io.miroir.core.merge.RankValue.Exactness;
import io.miroir.core.merge.RankValue.Score;
import io.miroir.core.merge.RankValue.Similarity;
import io.miroir.core.merge.RankValue.Skipped;
import io.miroir.core.merge.RankValue.Sorted;
import io.miroir.core.merge.RankValue.Typos;
import io.miroir.core.merge.RankValue.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What Meilisearch compares where two hits were found in different ways (by different queries, or
 * one by words and one by its vector): runs of rules without sort become one score, sorts stay for
 * themselves.
 */
public final class ScoreGroups {
    /** One comparable part. */
    public sealed interface Group {}

    /** A run of rules, or a vector: the larger score, times the weight, goes first. */
    public record Weighted(double score) implements Group {}

    /** A sort, compared only with sorts of the same direction. */
    public record BySort(boolean ascending, SortKey key) implements Group {}

    /** A geo sort; NaN for a document without a place. */
    public record ByDistance(boolean ascending, double metres) implements Group {}

    private ScoreGroups() {}

    /**
     * The groups of a hit.
     *
     * @param score the hit's ranking score, which is the score of its only run; where sorts part
     *     several runs, each is computed anew
     * @param weight what each score is multiplied by
     */
    public static List<Group> of(List<RankValue> ranks, double score, double weight) {
        boolean oneRun = runs(ranks) <= 1;
        RuleRanks known = oneRun ? RuleRanks.NONE : RuleRanks.of(ranks, score);
        List<Group> groups = new ArrayList<>();
        List<RankValue> run = new ArrayList<>();
        for (RankValue value : ranks) {
            switch (value) {
                case Words _, Typos _, Score _, Attribute _, Exactness _, Skipped _ ->
                        run.add(value);
                case Sorted(boolean ascending, SortKey key) -> {
                    close(run, oneRun ? score : known.score(run), weight, groups);
                    groups.add(new BySort(ascending, SortKey.asValue(key)));
                }
                case Distance(boolean ascending, double metres) -> {
                    close(run, oneRun ? score : known.score(run), weight, groups);
                    groups.add(new ByDistance(ascending, metres));
                }
                case Similarity(double similarity) -> {
                    close(run, oneRun ? score : known.score(run), weight, groups);
                    groups.add(new Weighted(similarity * weight));
                }
            }
        }
        close(run, oneRun ? score : known.score(run), weight, groups);
        return groups;
    }

    /**
     * The whole score of a hit once one of its rules says something else.
     *
     * @param score as it was
     * @param attributes how many attributes the rules tell apart
     * @return empty if it is not known out of how many ranks the rules' are
     */
    public static OptionalDouble rescored(
            List<RankValue> ranks, double score, List<RankValue> changed, int attributes) {
        return RuleRanks.known(ranks, score, attributes)
                .map(known -> OptionalDouble.of(known.score(changed)))
                .orElse(OptionalDouble.empty());
    }

    private static void close(
            List<RankValue> run, double score, double weight, List<Group> groups) {
        if (!run.isEmpty()) {
            groups.add(new Weighted(score * weight));
            run.clear();
        }
    }

    private static int runs(List<RankValue> ranks) {
        int runs = 0;
        boolean inRun = false;
        for (RankValue value : ranks) {
            boolean apart =
                    switch (value) {
                        case Words _, Typos _, Score _, Attribute _, Exactness _, Skipped _ ->
                                false;
                        case Sorted _, Distance _, Similarity _ -> true;
                    };
            runs += !apart && !inRun ? 1 : 0;
            inRun = !apart;
        }
        return runs;
    }
}
