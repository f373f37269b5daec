package io.miroir.core.rules;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A dynamic search rule: pins documents of indexes while a search fulfils its conditions.
 *
 * @param precedence lower goes first, null goes last
 * @param times when it may hold
 * @param empty whether it holds for searches without words, or for those with some; null for both
 * @param words all of which a search must have; null for any search
 * @param actions what it pins
 */
public record Rule(
        @Nullable Long precedence,
        boolean active,
        Times times,
        @Nullable Boolean empty,
        @Nullable List<String> words,
        List<Action> actions) {
    /** Meilisearch counts words no further: a rule with more holds for all searches. */
    public static final int COUNTED_WORDS_MAX = 30;

    /**
     * A span of time.
     *
     * @param start null for always before the end
     * @param end null for ever
     */
    public record Times(@Nullable Instant start, @Nullable Instant end) {
        /** No bounds. */
        public static final Times ALWAYS = new Times(null, null);

        boolean hold(Instant now) {
            return (start == null || !now.isBefore(start)) && (end == null || !now.isAfter(end));
        }
    }

    /**
     * A pin.
     *
     * @param index what clients call the index; null for any that has the document
     */
    public record Action(@Nullable String index, Pin pin) {
        boolean isOf(Predicate<String> isSearched) {
            return index == null || isSearched.test(index);
        }
    }

    /** Whether it may hold for some search. */
    boolean isOn(Instant now) {
        return active && times.hold(now);
    }

    /**
     * Whether it holds for a search.
     *
     * @param noTerms whether the search has neither words nor phrases
     * @param searched the words of the search
     */
    boolean holds(boolean noTerms, Set<String> searched, Instant now) {
        return isOn(now) && (empty == null || empty == noTerms) && hasWords(searched);
    }

    /** A word that the rule names twice is asked for twice, and no search has it so. */
    private boolean hasWords(Set<String> searched) {
        return words == null
                || words.size() > COUNTED_WORDS_MAX
                || words.stream().filter(searched::contains).distinct().count() >= words.size();
    }
}
