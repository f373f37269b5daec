package io.miroir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** When a heap is collected as a whole. */
class HeapKeeperTest {
    private static final long MB = 1 << 20;
    private static final long COLLECTION_NANOS = 50_000_000;

    private final FakeHeap heap = new FakeHeap();
    private final HeapKeeper keeper = new HeapKeeper(heap, () -> heap.nowNanos);

    @Test
    void whatHasGrownByAsMuchAsWasAliveIsCollected() {
        heap.alive = 40 * MB;
        heap.used = 80 * MB;
        keeper.look();
        assertEquals(0, heap.collections, "not yet");

        heap.used += 1;
        keeper.look();
        assertEquals(1, heap.collections);
    }

    @Test
    void aSmallHeapIsLeftAloneForLonger() {
        heap.alive = MB;
        heap.used = heap.alive + HeapKeeper.GROWN_BYTES_MIN;
        keeper.look();
        assertEquals(0, heap.collections);

        heap.used += 1;
        keeper.look();
        assertEquals(1, heap.collections);
    }

    @Test
    void collectionsTakeAHundredthOfTheTimeAtMost() {
        heap.used = 100 * MB;
        keeper.look();
        heap.used = 200 * MB;
        keeper.look();
        heap.nowNanos += HeapKeeper.REST_FACTOR * COLLECTION_NANOS - 1;
        keeper.look();
        assertEquals(1, heap.collections, "it rests");

        heap.nowNanos++;
        keeper.look();
        assertEquals(2, heap.collections);
    }

    private static final class FakeHeap implements HeapKeeper.Heap {
        private long nowNanos;
        private long used;
        private long alive;
        private int collections;

        @Override
        public long usedBytes() {
            return used;
        }

        @Override
        public long aliveBytes() {
            return alive;
        }

        @Override
        public void collect() {
            collections++;
            alive = 20 * MB;
            used = alive;
            nowNanos += COLLECTION_NANOS;
        }
    }
}
