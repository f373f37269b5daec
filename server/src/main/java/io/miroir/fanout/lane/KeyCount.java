package io.miroir.fanout.lane;

import java.util.Arrays;
import java.util.OptionalLong;

/**
 * Counts the different keys of a payload, by the hashes that choose their shards. Of two keys with
 * the same 64 bits, one would be counted: a figure that a client is shown, and nothing else.
 */
final class KeyCount {
    private static final int HASHES_MIN = 16;

    private final int max;
    private long[] hashes = new long[HASHES_MIN];
    private int count;
    private boolean known = true;

    /**
     * Counts no more than so many.
     *
     * @param max keys, those included that are the same
     */
    KeyCount(int max) {
        this.max = max;
    }

    void add(long hash) {
        if (!known) {
            return;
        }
        if (count == max) {
            giveUp();
            return;
        }
        if (count == hashes.length) {
            hashes = Arrays.copyOf(hashes, count * 2);
        }
        hashes[count++] = hash;
    }

    /** Not to be counted. */
    void giveUp() {
        known = false;
        hashes = new long[0];
    }

    /** How many different ones there are; empty if they were not to be counted, or too many. */
    OptionalLong different() {
        if (!known) {
            return OptionalLong.empty();
        }
        Arrays.sort(hashes, 0, count);
        int different = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || hashes[i] != hashes[i - 1]) {
                different++;
            }
        }
        return OptionalLong.of(different);
    }
}
