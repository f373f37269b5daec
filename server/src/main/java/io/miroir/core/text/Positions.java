package io.miroir.core.text;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Gives the words of an attribute their positions, value after value. */
public final class Positions {
    /** Words parted by a hard separator, or standing in two values, are this far apart. */
    public static final int GAP = 8;

    /** Words further on are not searched. */
    public static final int POSITION_MAX = 65_535;

    private int position = -1;

    /** Receives a word and its position. */
    @FunctionalInterface
    public interface Sink {
        /** Takes a word. */
        void accept(String word, int position);
    }

    /** Positions the words of one more value of the attribute. */
    public void add(List<Token> tokens, Sink sink) {
        int offset = position < 0 ? 0 : position + GAP;
        position = offset;
        Token.Kind previous = null;
        for (Token token : tokens) {
            if (token.isSeparator()) {
                if (previous != null && previous != Token.Kind.HARD_SEPARATOR) {
                    previous = token.kind();
                }
                continue;
            }
            if (token.lemma().isEmpty()) {
                continue;
            }
            if (previous != null) {
                offset += previous == Token.Kind.HARD_SEPARATOR ? GAP : 1;
            }
            previous = token.kind();
            if (offset >= POSITION_MAX) {
                return;
            }
            String word = token.lemma().strip();
            if (token.kind() == Token.Kind.WORD && !word.isEmpty() && isShort(word)) {
                position = offset;
                sink.accept(word, offset);
            }
        }
    }

    private static boolean isShort(String word) {
        return word.length() * 3 <= Tokenizer.WORD_BYTES_MAX
                || word.getBytes(StandardCharsets.UTF_8).length <= Tokenizer.WORD_BYTES_MAX;
    }
}
