package io.miroir.core.text;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A query cut into words and phrases, those to find and those that no hit may hold.
 *
 * @param terms to find, in the order of the query
 * @param negativeWords words that no hit may hold
 * @param negativePhrases phrases that no hit may hold; null stands for a stop word
 */
public record QueryParts(
        List<Part> terms,
        List<String> negativeWords,
        List<List<@Nullable String>> negativePhrases) {
    /** Words and phrases of a query beyond this one are ignored. */
    public static final int TERMS_MAX = 10;

    private static final int TOKENS_MAX = 1_000;

    /** Something to find. */
    public sealed interface Part {
        /**
         * A word.
         *
         * @param last whether nothing comes after it: it may be the beginning of another
         */
        record Word(String text, boolean last, int position) implements Part {}

        /**
         * Words between quotes.
         *
         * @param words null stands for a stop word
         */
        record Phrase(List<@Nullable String> words, int position) implements Part {}
    }

    /** Takes a query apart. */
    public static QueryParts of(Tokenizer tokenizer, String text) {
        List<Token> tokens = tokenizer.tokenize(text);
        return new Reading(tokens.subList(0, Math.min(tokens.size(), TOKENS_MAX))).read();
    }

    /** The words to find that stand for themselves; a phrase of one word is such a word. */
    public Set<String> words() {
        Set<String> words = new HashSet<>();
        for (Part term : terms) {
            switch (term) {
                case Part.Word word -> words.add(word.text());
                case Part.Phrase phrase -> {
                    List<String> present =
                            phrase.words().stream().filter(Objects::nonNull).toList();
                    if (present.size() == 1) {
                        words.add(present.getFirst());
                    }
                }
            }
        }
        return words;
    }

    /** Reads tokens one after the other. */
    private static final class Reading {
        private final List<Token> tokens;
        private final List<Part> terms = new ArrayList<>();
        private final List<String> negativeWords = new ArrayList<>();
        private final List<List<@Nullable String>> negativePhrases = new ArrayList<>();
        private int position = -1;
        private boolean afterSpace = true;
        private boolean negateNext;
        private boolean negativePhrase;
        private @Nullable List<@Nullable String> phrase;
        private int phraseStart;

        Reading(List<Token> tokens) {
            this.tokens = tokens;
        }

        QueryParts read() {
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
            return new QueryParts(terms, negativeWords, negativePhrases);
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
                terms.add(new Part.Word(token.lemma(), last, position));
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
            if (negativePhrase) {
                negativePhrases.add(words);
                negativePhrase = false;
                return;
            }
            terms.add(new Part.Phrase(words, phraseStart));
        }
    }
}
