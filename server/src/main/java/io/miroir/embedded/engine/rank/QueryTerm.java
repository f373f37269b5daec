package io.miroir.embedded.engine.rank;

import io.miroir.embedded.engine.store.WordHits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A word or a phrase of a query, or several words written as one, and everything that may stand for
 * it. For one thread.
 */
final class QueryTerm {
    private static final int PREFIXES_MAX = 1_000;
    private static final int ONE_TYPO_MAX = 150;
    private static final int TWO_TYPOS_MAX = 50;

    /** What it takes to describe a term before its derivations are looked up. */
    record Origin(
            String text,
            @Nullable Phrase phrase,
            @Nullable List<String> ngram,
            boolean prefix,
            int typosMax,
            List<Phrase> synonyms) {}

    private final Lookup lookup;
    private final Origin origin;
    private final int start;
    private final int end;
    private final @Nullable String exact;
    private final List<String> prefixes;
    private @Nullable List<String> oneTypo;
    private @Nullable List<String> twoTypos;
    private @Nullable Phrase split;
    private final Map<Subset, TermHits> hits = new HashMap<>();

    /** Which derivations count. */
    record Subset(boolean zero, boolean one, boolean two, boolean exactOnly) {
        static final Subset ALL = new Subset(true, true, true, false);

        Subset onlyTypos(int typos) {
            return new Subset(zero && typos == 0, one && typos == 1, two && typos == 2, exactOnly);
        }
    }

    /**
     * A term.
     *
     * @param start position of its first word in the query
     * @param end position of its last
     */
    QueryTerm(Lookup lookup, Origin origin, int start, int end) {
        this.lookup = lookup;
        this.origin = origin;
        this.start = start;
        this.end = end;
        boolean word = origin.phrase() == null;
        this.exact = word && lookup.contains(origin.text()) ? origin.text() : null;
        this.prefixes =
                word && origin.prefix()
                        ? lookup.snapshot().words().startingWith(origin.text(), PREFIXES_MAX)
                        : List.of();
    }

    Origin origin() {
        return origin;
    }

    /** Words of the phrase it is; 0 for a word. */
    int phraseWords() {
        Phrase phrase = origin.phrase();
        return phrase == null ? 0 : phrase.present().size();
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    /** Typos that may be counted for what a subset allows. */
    int typoCostMax(Subset subset) {
        return switch (origin.typosMax()) {
            case 0 -> origin.phrase() == null ? 1 : 0;
            case 1 -> subset.one() ? 1 : 0;
            default -> subset.two() ? 2 : subset.one() ? 1 : 0;
        };
    }

    /** The word or phrase itself; null when the index does not know it. */
    @Nullable Phrase exactTerm(Subset subset) {
        if (origin.ngram() != null || !(subset.zero() || subset.exactOnly())) {
            return null;
        }
        if (origin.phrase() != null) {
            return origin.phrase();
        }
        return exact == null ? null : new Phrase(List.of(exact));
    }

    /** Every word that may stand for the term, as far as it was needed. */
    List<String> derivedWords() {
        List<String> words = new ArrayList<>();
        if (exact != null) {
            words.add(exact);
        }
        words.addAll(prefixes);
        if (oneTypo != null) {
            words.addAll(oneTypo);
        }
        if (twoTypos != null) {
            words.addAll(twoTypos);
        }
        return words;
    }

    /** Every phrase that may stand for the term, as far as it was needed. */
    List<Phrase> derivedPhrases() {
        List<Phrase> phrases = new ArrayList<>();
        if (origin.phrase() != null) {
            phrases.add(origin.phrase());
        }
        phrases.addAll(origin.synonyms());
        if (split != null) {
            phrases.add(split);
        }
        return phrases;
    }

    /** What the derivations of a subset hit. */
    TermHits hits(Subset subset) {
        TermHits known = hits.get(subset);
        if (known == null) {
            known = find(subset);
            hits.put(subset, known);
        }
        return known;
    }

    private TermHits find(Subset subset) {
        boolean original = origin.ngram() == null;
        List<WordHits> words = new ArrayList<>();
        List<Phrase> phrases = new ArrayList<>();
        if (subset.exactOnly()) {
            Phrase own = exactTerm(subset);
            if (own != null && origin.phrase() == null) {
                words.add(lookup.hits(own.first(), true));
            } else if (own != null) {
                phrases.add(own);
            }
            return TermHits.of(lookup, words, phrases);
        }
        if (origin.phrase() != null && subset.zero()) {
            phrases.add(origin.phrase());
        }
        if (subset.zero()) {
            if (exact != null) {
                words.add(lookup.hits(exact, original));
            }
            prefixes.forEach(word -> words.add(lookup.hits(word, original)));
            phrases.addAll(origin.synonyms());
        }
        if (subset.one() || subset.two()) {
            findTypos();
        }
        if (subset.one() && oneTypo != null) {
            oneTypo.forEach(word -> words.add(lookup.hits(word, false)));
            if (split != null) {
                phrases.add(split);
            }
        }
        if (subset.two() && twoTypos != null) {
            twoTypos.forEach(word -> words.add(lookup.hits(word, false)));
        }
        return TermHits.of(lookup, words, phrases);
    }

    private void findTypos() {
        if (oneTypo != null || origin.phrase() != null) {
            return;
        }
        String word = origin.text();
        oneTypo = new ArrayList<>();
        twoTypos = new ArrayList<>();
        Typos typos = new Typos(word, origin.prefix());
        var dictionary = lookup.snapshot().words();
        Predicate<String> allowed =
                lookup.settings().typo().exactNumbers()
                        ? candidate -> !isNumber(candidate)
                        : _ -> true;
        if (origin.typosMax() >= 1) {
            oneTypo.addAll(
                    dictionary.near(
                            word,
                            1,
                            origin.prefix(),
                            c -> allowed.test(c) && typos.of(c) == 1,
                            ONE_TYPO_MAX));
        }
        if (origin.typosMax() >= 2) {
            twoTypos.addAll(
                    dictionary.near(
                            word,
                            2,
                            origin.prefix(),
                            c -> allowed.test(c) && typos.of(c) == 2,
                            TWO_TYPOS_MAX));
        }
        split = findSplit(word);
    }

    private static boolean isNumber(String word) {
        try {
            Double.parseDouble(word);
            return true;
        } catch (NumberFormatException notNumber) {
            return false;
        }
    }

    /** The two words the term is most often written as, if any. */
    private @Nullable Phrase findSplit(String word) {
        Phrase best = null;
        int most = 0;
        for (int i = word.offsetByCodePoints(0, 1); i < word.length(); i++) {
            if (Character.isLowSurrogate(word.charAt(i))) {
                continue;
            }
            String left = word.substring(0, i);
            String right = word.substring(i);
            if (!lookup.contains(left) || !lookup.contains(right)) {
                continue;
            }
            int count = lookup.adjacent(left, right);
            if (count > most) {
                most = count;
                best = new Phrase(List.of(left, right));
            }
        }
        List<String> ngram = origin.ngram();
        return best != null && ngram != null && ngram.equals(best.present()) ? null : best;
    }
}
