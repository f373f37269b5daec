package io.miroir.core.filter;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A field name or a value of a filter, with the place where the client wrote it.
 *
 * <p>Two words are equal when their texts are: where a word stood is only there for messages.
 *
 * @param text the word without its quotes, escapes resolved
 * @param source the whole expression the word stands in
 * @param start first char of the word in {@code source}, quotes left out
 * @param end one past the last char
 * @param shown from where on messages show {@code source}
 */
public record Word(String text, String source, int start, int end, int shown) {

    /** A word of an expression that messages show as a whole. */
    public Word(String text, String source, int start, int end) {
        this(text, source, start, end, 0);
    }

    /** A word that no client wrote. */
    public static Word of(String text) {
        return new Word(text, text, 0, text.length());
    }

    /**
     * The message that Meilisearch builds from a problem and a word: the problem, then on a line of
     * its own the columns of the word (from 1, in characters, end excluded) and the expression, of
     * which it shows only the end where another index is looked into.
     */
    public String complain(String problem) {
        int lineStart = source.lastIndexOf('\n', start - 1) + 1;
        int column = source.codePointCount(lineStart, start) + 1;
        int size = source.codePointCount(start, end);
        return problem + "\n" + column + ":" + (column + size) + " " + source.substring(shown);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Word word && word.text.equals(text);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
