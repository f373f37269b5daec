package io.miroir.core.text;

/**
 * A piece of a text.
 *
 * @param kind what it is
 * @param lemma its normalized form
 * @param start first char in the text
 * @param end one past its last char
 */
public record Token(Kind kind, String lemma, int start, int end) {

    /** What a token is. */
    public enum Kind {
        WORD,
        STOP_WORD,
        /** Parts words. */
        SOFT_SEPARATOR,
        /** Parts sentences: words around it are far from each other. */
        HARD_SEPARATOR
    }

    /** Whether it is a separator of either kind. */
    public boolean isSeparator() {
        return kind == Kind.SOFT_SEPARATOR || kind == Kind.HARD_SEPARATOR;
    }
}
