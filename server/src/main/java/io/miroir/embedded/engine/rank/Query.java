package io.miroir.embedded.engine.rank;

import io.miroir.core.text.QueryParts;
import io.miroir.core.text.Tokenizer;
import io.miroir.embedded.engine.settings.IndexSettings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A query taken apart.
 *
 * @param terms words and phrases to find, in the order of the query
 * @param negativeWords words that no hit may hold
 * @param negativePhrases phrases that no hit may hold
 */
record Query(List<QueryTerm> terms, List<String> negativeWords, List<Phrase> negativePhrases) {
    private static final int SYNONYMS_MAX = 50;
    private static final int SYNONYM_WORDS_MAX = 100;

    /** Takes a query apart. */
    static Query parse(Lookup lookup, String text) {
        QueryParts parts = QueryParts.of(lookup.settings().tokenizer(), text);
        return new Query(
                parts.terms().stream().map(part -> term(lookup, part)).toList(),
                parts.negativeWords(),
                parts.negativePhrases().stream().map(Phrase::new).toList());
    }

    private static QueryTerm term(Lookup lookup, QueryParts.Part part) {
        return switch (part) {
            case QueryParts.Part.Word word ->
                    word(lookup, word.text(), word.last(), word.position());
            case QueryParts.Part.Phrase quoted -> {
                Phrase phrase = new Phrase(quoted.words());
                yield new QueryTerm(
                        lookup,
                        new QueryTerm.Origin(
                                String.join(" ", phrase.present()),
                                phrase,
                                null,
                                false,
                                0,
                                List.of()),
                        quoted.position(),
                        quoted.position() + quoted.words().size() - 1);
            }
        };
    }

    /** The term for a word. */
    static QueryTerm word(Lookup lookup, String word, boolean prefix, int position) {
        IndexSettings settings = lookup.settings();
        return new QueryTerm(
                lookup,
                new QueryTerm.Origin(
                        word,
                        null,
                        null,
                        prefix && settings.isPrefixSearch(),
                        settings.typo().allowed(word),
                        synonyms(settings, List.of(word))),
                position,
                position);
    }

    private static List<Phrase> synonyms(IndexSettings settings, List<String> words) {
        List<Phrase> phrases = new ArrayList<>();
        int count = 0;
        for (List<String> synonym : settings.synonyms().of(words)) {
            if (phrases.size() < SYNONYMS_MAX && count + synonym.size() <= SYNONYM_WORDS_MAX) {
                phrases.add(new Phrase(new ArrayList<>(synonym)));
                count += synonym.size();
            }
        }
        return phrases;
    }

    /** Neighbouring words written as one; null where that makes no sense. */
    static @Nullable QueryTerm joined(Lookup lookup, List<QueryTerm> terms) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < terms.size(); i++) {
            QueryTerm term = terms.get(i);
            boolean gap = i > 0 && terms.get(i - 1).end() + 1 != term.start();
            if (term.origin().phrase() != null || gap) {
                return null;
            }
            words.add(term.origin().text());
        }
        String text = String.join("", words);
        if (text.length() > Tokenizer.WORD_BYTES_MAX) {
            return null;
        }
        IndexSettings settings = lookup.settings();
        int typos = Math.max(0, settings.typo().allowed(text) - (terms.size() - 1));
        List<Phrase> synonyms = new ArrayList<>(synonyms(settings, List.of(text)));
        synonyms.addAll(synonyms(settings, words));
        return new QueryTerm(
                lookup,
                new QueryTerm.Origin(
                        text, null, words, terms.getLast().origin().prefix(), typos, synonyms),
                terms.getFirst().start(),
                terms.getLast().end());
    }
}
