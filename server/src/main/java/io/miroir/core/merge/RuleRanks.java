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
import java.util.ArrayList;
import java.util.List;

/**
 * The score of a part of a hit's rules. A score of several rules is a number whose digits are the
 * rules' ranks, so how many ranks each rule has must be known. Details show it for some rules; for
 * the others it follows from the number of matched words, or, for the attribute, is the smallest
 * that gives the hit its whole ranking score.
 */
final class RuleRanks {
    static final RuleRanks NONE = new RuleRanks(1, 1);

    /** More searchable attributes than this are not looked for. */
    private static final int ATTRIBUTES_MAX = 1_000;

    private static final double SAME_SCORE = 1e-12;
    private static final double WHOLE = 1e-6;

    /** Proximity counts up to this between each two neighbouring words. */
    private static final long PROXIMITY_RANKS_PER_PAIR = 7;

    private static final long POSITION_RANKS_PER_WORD = 10;

    /** A rank out of as many as its rule has; the best is {@code max}. */
    private record Rank(long rank, long max) {
        /** A score that is not a multiple of its share is kept as it is, rounded. */
        static Rank of(double score, long max) {
            return new Rank(Math.round(score * max), max);
        }

        Rank then(Rank inner) {
            return new Rank(Math.max(0, rank - 1) * inner.max + inner.rank, max * inner.max);
        }
    }

    private final int words;
    private final long attributeRanks;

    private RuleRanks(int words, long attributeRanks) {
        this.words = words;
        this.attributeRanks = attributeRanks;
    }

    /** The numbers of ranks that a hit's rules have. */
    static RuleRanks of(List<RankValue> ranks, double score) {
        int words = matchedWords(ranks);
        for (long attributes = 1; attributes <= ATTRIBUTES_MAX; attributes++) {
            RuleRanks candidate = new RuleRanks(words, (attributes - 1) * words + 1);
            if (candidate.isExact(ranks) && Math.abs(candidate.score(ranks) - score) < SAME_SCORE) {
                return candidate;
            }
        }
        return new RuleRanks(words, ATTRIBUTES_MAX);
    }

    /** The score of rules in their order; those of sorts are left out. */
    double score(List<RankValue> rules) {
        Rank whole = new Rank(1, 1);
        for (RankValue rule : rules) {
            for (Rank rank : ranks(rule)) {
                whole = whole.then(rank);
            }
        }
        return (double) whole.rank / whole.max;
    }

    private List<Rank> ranks(RankValue rule) {
        List<Rank> ranks = new ArrayList<>(2);
        switch (rule) {
            case Words(int matching, int max) -> ranks.add(new Rank(matching, max));
            case Typos(int count, int max) -> ranks.add(new Rank(max + 1L - count, max + 1L));
            case Score(RankValue.ScoreRule kind, double score) ->
                    ranks.add(Rank.of(score, ranksOf(kind)));
            case Attribute(double attribute, double distance) -> {
                ranks.add(Rank.of(attribute, attributeRanks));
                ranks.add(Rank.of(distance, ranksOf(RankValue.ScoreRule.WORD_POSITION)));
            }
            case Exactness(ExactMatch match, int matching, int max) -> {
                switch (match) {
                    case EXACT_MATCH -> ranks.add(new Rank(3, 3));
                    case MATCHES_START -> ranks.add(new Rank(2, 3));
                    case NO_EXACT_MATCH -> {
                        ranks.add(new Rank(1, 3));
                        ranks.add(new Rank(matching + 1L, max + 1L));
                    }
                }
            }
            case Skipped _ -> ranks.add(new Rank(0, 1));
            case Sorted _, Distance _, Similarity _ -> {}
        }
        return ranks;
    }

    private long ranksOf(RankValue.ScoreRule rule) {
        return switch (rule) {
            case PROXIMITY -> PROXIMITY_RANKS_PER_PAIR * (words - 1) + 1;
            case ATTRIBUTE_RANK -> attributeRanks;
            case WORD_POSITION -> POSITION_RANKS_PER_WORD * words + 1;
        };
    }

    private boolean isExact(List<RankValue> ranks) {
        for (RankValue rank : ranks) {
            double places =
                    switch (rank) {
                        case Score(RankValue.ScoreRule kind, double score) ->
                                kind == RankValue.ScoreRule.ATTRIBUTE_RANK
                                        ? score * attributeRanks
                                        : 0;
                        case Attribute(double attribute, double _) -> attribute * attributeRanks;
                        case Words _,
                                Typos _,
                                Exactness _,
                                Sorted _,
                                Distance _,
                                Similarity _,
                                Skipped _ ->
                                0;
                    };
            if (Math.abs(places - Math.rint(places)) > WHOLE) {
                return false;
            }
        }
        return true;
    }

    private static int matchedWords(List<RankValue> ranks) {
        for (RankValue rank : ranks) {
            if (rank instanceof Words words) {
                return Math.max(1, words.matching());
            }
        }
        return 1;
    }
}
