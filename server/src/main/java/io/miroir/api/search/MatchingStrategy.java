package io.miroir.api.search;

import java.util.List;

/** Which query words may be dropped when too few documents hold all of them. */
public enum MatchingStrategy {
    /** From the last word on. */
    LAST,
    /** None. */
    ALL,
    /** The most frequent words first. */
    FREQUENCY;

    static final List<String> WORDS = List.of("last", "all", "frequency");

    static MatchingStrategy of(String word) {
        return values()[WORDS.indexOf(word)];
    }
}
