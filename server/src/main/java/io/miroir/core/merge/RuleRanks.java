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
import java.util.Optional;

/**
 * The score of a part of a hit's rules. A score of several rules is a number whose digits are the
 * rules' ranks, so how many ranks each rule has must be known. Details show it for some rules; for
 * the others it follows from the number of terms (a phrase is one), of pairs of terms that stand
 * side by side, and of searchable attributes: the likeliest that give the hit its whole ranking
 * score.
 */
final class RuleRanks {
    static final RuleRanks NONE = new RuleRanks(1, 0, 1);

    /** More searchable attributes than this are not looked for. */
    private static final int ATTRIBUTES_MAX = 1_000;

    /** The same where terms are not the matched words, each with the next. */
    private static final int ATTRIBUTES_OF_OTHERS_MAX = 100;

    /** As many words of a query count. */
    private static final int WORDS_MAX = 10;

    private static final double SAME_SCORE = 1e-12;
    private static final double WHOLE = 1e-6;

    /** Proximity counts up to this between each two neighbouring terms. */
    private static final long PROXIMITY_RANKS_PER_PAIR = 3;

    private static final long POSITION_RANKS_PER_TERM = 10;

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

    private final long terms;
    private final long pairs;
    private final long attributeRanks;

    private RuleRanks(long terms, long pairs, long attributeRanks) {
        this.terms = terms;
        this.pairs = pairs;
        this.attributeRanks = attributeRanks;
    }

    /** The likeliest numbers of ranks that a hit's rules have. */
    static RuleRanks of(List<RankValue> ranks, double score) {
        int words = matchedWords(ranks);
        return found(ranks, score)
                .orElseGet(
                        () ->
                                new RuleRanks(
                                        Math.max(1, words),
                                        Math.max(0, words - 1),
                                        ATTRIBUTES_MAX));
    }

    /**
     * The numbers of ranks that give a hit its whole score.
     *
     * @param attributes how many there are, if it is by these
     */
    static Optional<RuleRanks> known(List<RankValue> ranks, double score, int attributes) {
        int words = Math.max(1, matchedWords(ranks));
        RuleRanks likely = new RuleRanks(words, words - 1, (attributes - 1L) * words + 1);
        return likely.gives(ranks, score) ? Optional.of(likely) : found(ranks, score);
    }

    private static Optional<RuleRanks> found(List<RankValue> ranks, double score) {
        int words = matchedWords(ranks);
        boolean byAttribute = ranks.stream().anyMatch(RuleRanks::isByAttribute);
        for (int terms = words > 0 ? words : WORDS_MAX; terms > 0; terms--) {
            for (int pairs = terms - 1; pairs >= 0; pairs--) {
                boolean likely = terms == words && pairs == terms - 1;
                int most = likely ? ATTRIBUTES_MAX : ATTRIBUTES_OF_OTHERS_MAX;
                for (long attributes = 1; attributes <= (byAttribute ? most : 1); attributes++) {
                    RuleRanks candidate = new RuleRanks(terms, pairs, (attributes - 1) * terms + 1);
                    if (candidate.gives(ranks, score)) {
                        return Optional.of(candidate);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private boolean gives(List<RankValue> ranks, double score) {
        return isExact(ranks) && Math.abs(score(ranks) - score) < SAME_SCORE;
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
                    case EXACT_MATCH -> {
                        ranks.add(new Rank(3, 3));
                        ranks.add(new Rank(terms + 1, terms + 1));
                    }
                    case MATCHES_START -> {
                        ranks.add(new Rank(2, 3));
                        ranks.add(new Rank(terms + 1, terms + 1));
                    }
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
            case PROXIMITY -> PROXIMITY_RANKS_PER_PAIR * pairs + 1;
            case ATTRIBUTE_RANK -> attributeRanks;
            case WORD_POSITION -> POSITION_RANKS_PER_TERM * terms + 1;
        };
    }

    private boolean isExact(List<RankValue> ranks) {
        for (RankValue rank : ranks) {
            boolean exact =
                    switch (rank) {
                        case Score(RankValue.ScoreRule kind, double score) ->
                                isWhole(score * ranksOf(kind));
                        case Attribute(double attribute, double distance) ->
                                isWhole(attribute * attributeRanks)
                                        && isWhole(
                                                distance
                                                        * ranksOf(
                                                                RankValue.ScoreRule.WORD_POSITION));
                        case Words _,
                                Typos _,
                                Exactness _,
                                Sorted _,
                                Distance _,
                                Similarity _,
                                Skipped _ ->
                                true;
                    };
            if (!exact) {
                return false;
            }
        }
        return true;
    }

    private static boolean isWhole(double places) {
        return Math.abs(places - Math.rint(places)) <= WHOLE;
    }

    private static boolean isByAttribute(RankValue rank) {
        return rank instanceof Attribute
                || (rank instanceof Score(RankValue.ScoreRule kind, double _)
                        && kind == RankValue.ScoreRule.ATTRIBUTE_RANK);
    }

    /** How many words match; 0 where no rule says it. */
    private static int matchedWords(List<RankValue> ranks) {
        for (RankValue rank : ranks) {
            if (rank instanceof Words words) {
                return Math.max(1, words.matching());
            }
        }
        return 0;
    }
}
