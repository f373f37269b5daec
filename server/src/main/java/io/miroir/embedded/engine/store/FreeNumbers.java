package io.miroir.embedded.engine.store;

import java.util.BitSet;

/** Gives numbers to new documents: those of deleted documents first, the smallest first. */
final class FreeNumbers {
    private final BitSet used;
    private int next;

    private FreeNumbers(BitSet used) {
        this.used = used;
    }

    /** Every number. */
    static FreeNumbers all() {
        return new FreeNumbers(new BitSet());
    }

    /** The numbers that no document has. */
    static FreeNumbers of(Snapshot snapshot) {
        BitSet used = new BitSet();
        for (int doc = 0; doc < snapshot.maxDoc(); doc++) {
            if (snapshot.live().get(doc)) {
                used.set(snapshot.numberOf(doc));
            }
        }
        return new FreeNumbers(used);
    }

    /** The next free one; it is given once. */
    int next() {
        int free = used.nextClearBit(next);
        next = free + 1;
        return free;
    }
}
