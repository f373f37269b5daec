package io.miroir.embedded.engine.show;

import io.miroir.core.text.Token;
import io.miroir.core.text.Tokenizer;
import io.miroir.embedded.engine.rank.MatchedWords;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds what a query matches in texts. */
final class TextMatcher {
    private final MatchedWords matched;
    private final Tokenizer tokenizer;

    TextMatcher(MatchedWords matched, Tokenizer tokenizer) {
        this.matched = matched;
        this.tokenizer = tokenizer.withoutStopWords();
    }

    List<Token> tokens(String text) {
        return tokenizer.tokenize(text);
    }

    /** The matches in a text, in its order; none overlaps another. */
    List<TextMatch> find(String text, List<Token> tokens) {
        List<TextMatch> matches = new ArrayList<>();
        int word = -1;
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.get(i).isSeparator()) {
                continue;
            }
            word++;
            TextMatch match = phraseAt(text, tokens, i, word);
            if (match == null) {
                match = wordAt(text, tokens.get(i), i, word);
            }
            if (match != null) {
                matches.add(match);
                word += match.words() - 1;
                i = match.lastToken();
            }
        }
        return matches;
    }

    private @Nullable TextMatch phraseAt(String text, List<Token> tokens, int first, int word) {
        for (MatchedWords.Words phrase : matched.phrases()) {
            int token = first;
            int found = 0;
            int last = first;
            for (; token < tokens.size() && found < phrase.inOrder().size(); token++) {
                if (tokens.get(token).isSeparator()) {
                    continue;
                }
                String wanted = phrase.inOrder().get(found);
                // Without stop words of its own this tokenizer knows none: they match nothing.
                if (wanted == null || !tokens.get(token).lemma().equals(wanted)) {
                    break;
                }
                last = token;
                found++;
            }
            if (found == phrase.inOrder().size()) {
                int characters =
                        text.codePointCount(tokens.get(first).start(), tokens.get(last).end());
                return new TextMatch(
                        characters,
                        phrase.first(),
                        phrase.last(),
                        word,
                        word + found - 1,
                        first,
                        last);
            }
        }
        return null;
    }

    private @Nullable TextMatch wordAt(String text, Token token, int index, int word) {
        for (MatchedWords.Word words : matched.words()) {
            for (String candidate : words.any()) {
                int characters = -1;
                if (words.prefix() && token.lemma().startsWith(candidate)) {
                    characters = prefix(text, token, candidate, words.characters());
                } else if (token.lemma().equals(candidate)) {
                    characters = text.codePointCount(token.start(), token.end());
                }
                if (characters >= 0) {
                    return new TextMatch(
                            characters, words.first(), words.last(), word, word, index, index);
                }
            }
        }
        return null;
    }

    /** Characters of the text that make up the part of a word which the query has written. */
    private static int prefix(String text, Token token, String candidate, int written) {
        int characters = Math.min(written, candidate.codePointCount(0, candidate.length()));
        int length = candidate.offsetByCodePoints(0, characters);
        return Tokenizer.originalCharacters(text.substring(token.start(), token.end()), length);
    }
}
