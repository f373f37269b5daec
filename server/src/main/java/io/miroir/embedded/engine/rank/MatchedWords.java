package io.miroir.embedded.engine.rank;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a query matches in a text: for highlighting.
 *
 * @param words words, those that stand for more of the query first, prefixes last
 * @param phrases phrases
 */
public record MatchedWords(List<Word> words, List<Words> phrases) {
    /** Nothing. */
    public static final MatchedWords NONE = new MatchedWords(List.of(), List.of());

    /**
     * Words of which any matches.
     *
     * @param first position in the query of the first word they stand for
     * @param last position of the last
     * @param prefix whether words that begin with one match as well
     * @param characters length of the query's own word
     */
    public record Word(List<String> any, int first, int last, boolean prefix, int characters) {}

    /**
     * Words that match one after the other.
     *
     * @param inOrder null for any stop word
     */
    public record Words(List<@Nullable String> inOrder, int first, int last) {}

    static MatchedWords of(List<QueryTerm> terms) {
        List<Word> words = new ArrayList<>();
        List<Words> phrases = new ArrayList<>();
        for (QueryTerm term : terms) {
            for (Phrase phrase : term.derivedPhrases()) {
                phrases.add(new Words(phrase.words(), term.start(), term.end()));
            }
            String own = term.origin().text();
            words.add(
                    new Word(
                            term.derivedWords(),
                            term.start(),
                            term.end(),
                            term.origin().prefix(),
                            own.codePointCount(0, own.length())));
        }
        words.sort(
                Comparator.comparing(Word::prefix)
                        .thenComparingInt(word -> word.first() - word.last()));
        return new MatchedWords(words, phrases);
    }
}
