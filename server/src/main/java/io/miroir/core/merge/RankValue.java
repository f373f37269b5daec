package io.miroir.core.merge;

/**
 * What one ranking rule says of one hit, read from its score details. Only what does not depend on
 * the node is compared: the score of {@code typo}, for one, divides by what other documents of the
 * node could have had.
 */
public sealed interface RankValue {
    /** Rule {@code words}: more matching words go first. */
    record Words(int matching, int matchingMax) implements RankValue {}

    /** Rule {@code typo}: fewer typos go first. */
    record Typos(int count, int countMax) implements RankValue {}

    /**
     * Rules {@code proximity}, {@code attributeRank} and {@code wordPosition}: the larger score, 0
     * to 1, goes first.
     */
    record Score(ScoreRule rule, double score) implements RankValue {}

    /** The older rule {@code attribute}: two scores, 0 to 1, larger first. */
    record Attribute(double rank, double distance) implements RankValue {}

    /** Rule {@code exactness}; the words count only where the attribute does not match. */
    record Exactness(ExactMatch match, int matching, int matchingMax) implements RankValue {}

    /** A sorted attribute: of the request's sort or a rule of the index. */
    record Sorted(boolean ascending, SortKey key) implements RankValue {}

    /** A distance in metres; NaN where the document has no place. */
    record Distance(boolean ascending, double metres) implements RankValue {}

    /** Nearness to a vector, 0 to 1; larger goes first. */
    record Similarity(double similarity) implements RankValue {}

    /** The node had no time left for the rule: after every hit that it was applied to. */
    record Skipped() implements RankValue {}

    /** Rules of which the details show nothing but a score. */
    enum ScoreRule {
        PROXIMITY,
        ATTRIBUTE_RANK,
        WORD_POSITION
    }

    /** How an attribute matches the whole query, best first. */
    enum ExactMatch {
        EXACT_MATCH,
        MATCHES_START,
        NO_EXACT_MATCH
    }
}
