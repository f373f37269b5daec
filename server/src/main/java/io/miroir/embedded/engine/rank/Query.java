package io.miroir.embedded.engine.rank;

import io.miroir.embedded.engine.settings.IndexSettings;
import io.miroir.embedded.engine.text.Token;
import io.miroir.embedded.engine.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A query taken apart.
 *
 * @param terms words and phrases to find, in the order of the query
 * @param negativeWords words that no hit may hold
 * @param negativePhrases phrases that no hit may hold
 */
record Query(List<QueryTerm> terms, List<String> negativeWords, List<Phrase> negativePhrases) {
    /** Words of a query beyond this one are ignored. */
    static final int TERMS_MAX = 10;

    private static final int TOKENS_MAX = 1_000;
    private static final int SYNONYMS_MAX = 50;
    private static final int SYNONYM_WORDS_MAX = 100;

    /** Takes a query apart. */
    static Query parse(Lookup lookup, String text) {
        List<Token> tokens = lookup.settings().tokenizer().tokenize(text);
        Reading reading =
                new Reading(lookup, tokens.subList(0, Math.min(tokens.size(), TOKENS_MAX)));
        return reading.read();
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

    /** Reads tokens one after the other. */
    private static final class Reading {
        private final Lookup lookup;
        private final List<Token> tokens;
        private final List<QueryTerm> terms = new ArrayList<>();
        private final List<String> negativeWords = new ArrayList<>();
        private final List<Phrase> negativePhrases = new ArrayList<>();
        private int position = -1;
        private boolean afterSpace = true;
        private boolean negateNext;
        private boolean negativePhrase;
        private @Nullable List<@Nullable String> phrase;
        private int phraseStart;

        Reading(Lookup lookup, List<Token> tokens) {
            this.lookup = lookup;
            this.tokens = tokens;
        }

        Query read() {
            for (int i = 0; i < tokens.size() && terms.size() < TERMS_MAX; i++) {
                Token token = tokens.get(i);
                if (token.lemma().isEmpty()) {
                    continue;
                }
                if (token.isSeparator()) {
                    separator(token);
                } else {
                    word(token, i == tokens.size() - 1);
                }
                String lemma = token.lemma();
                afterSpace = Character.isWhitespace(lemma.charAt(lemma.length() - 1));
            }
            if (terms.size() < TERMS_MAX) {
                endPhrase();
            }
            return new Query(terms, negativeWords, negativePhrases);
        }

        private void word(Token token, boolean last) {
            position++;
            boolean stop = token.kind() == Token.Kind.STOP_WORD;
            if (phrase != null) {
                if (phrase.stream().allMatch(Objects::isNull)) {
                    phraseStart = position;
                }
                phrase.add(stop ? null : token.lemma());
            } else if (negateNext) {
                negativeWords.add(token.lemma());
                negateNext = false;
            } else if (last || !stop) {
                // A stop word at the very end may be the beginning of another word.
                terms.add(Query.word(lookup, token.lemma(), last, position));
            }
        }

        private void separator(Token token) {
            boolean hard = token.kind() == Token.Kind.HARD_SEPARATOR;
            if (hard) {
                position += 7;
            }
            if (hard && phrase != null) {
                boolean negative = negativePhrase;
                endPhrase();
                phrase = new ArrayList<>();
                negativePhrase = negative;
            }
            long quotes = token.lemma().chars().filter(c -> c == '"').count();
            if (quotes > 0) {
                if (phrase != null) {
                    quotes--;
                    endPhrase();
                }
                if (quotes % 2 == 1) {
                    negativePhrase = negateNext;
                    phrase = new ArrayList<>();
                }
            }
            negateNext = phrase == null && token.lemma().equals("-") && afterSpace;
        }

        private void endPhrase() {
            List<@Nullable String> words = phrase;
            phrase = null;
            if (words == null || words.stream().allMatch(Objects::isNull)) {
                return;
            }
            Phrase made = new Phrase(words);
            if (negativePhrase) {
                negativePhrases.add(made);
                negativePhrase = false;
                return;
            }
            terms.add(
                    new QueryTerm(
                            lookup,
                            new QueryTerm.Origin(
                                    String.join(" ", made.present()),
                                    made,
                                    null,
                                    false,
                                    0,
                                    List.of()),
                            phraseStart,
                            phraseStart + words.size() - 1));
        }
    }
}
