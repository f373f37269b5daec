package io.miroir.embedded.engine.store;

import java.util.Arrays;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;

/** Hands the words of a document to Lucene, each at its place (path number and position). */
final class WordStream extends TokenStream {
    private static final int WORDS_INITIAL = 64;

    private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
    private final PositionIncrementAttribute increment =
            addAttribute(PositionIncrementAttribute.class);
    private String[] words = new String[WORDS_INITIAL];

    /** Place in the upper half, index into {@code words} in the lower: sorts by place. */
    private long[] order = new long[WORDS_INITIAL];

    private int size;
    private int next;
    private int lastPlace;

    void clear() {
        size = 0;
        next = 0;
        lastPlace = -1;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void add(String word, int place) {
        if (size == words.length) {
            words = Arrays.copyOf(words, size * 2);
            order = Arrays.copyOf(order, size * 2);
        }
        words[size] = word;
        order[size] = ((long) place << 32) | size;
        size++;
    }

    @Override
    public void reset() {
        Arrays.sort(order, 0, size);
        next = 0;
        lastPlace = -1;
    }

    @Override
    public boolean incrementToken() {
        if (next >= size) {
            return false;
        }
        clearAttributes();
        long entry = order[next++];
        int place = (int) (entry >>> 32);
        term.append(words[(int) entry]);
        increment.setPositionIncrement(place - lastPlace);
        lastPlace = place;
        return true;
    }
}
