package io.miroir.store.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.roaringbitmap.FastAggregation;
import org.roaringbitmap.RoaringBitmap;

/** Uids out of many sets, large and small, that become one bitmap. */
final class UidUnion {
    private static final int ROOM = 64;

    /**
     * Uids of a bitmap that are sorted in together with others sooner than it is merged with all.
     */
    private static final int SMALL_MAX = 1_024;

    private final List<RoaringBitmap> bitmaps = new ArrayList<>();
    private int[] uids = new int[ROOM];
    private int count;

    void add(RoaringBitmap bitmap) {
        bitmaps.add(bitmap);
    }

    void add(int[] some) {
        if (count + some.length > uids.length) {
            uids = Arrays.copyOf(uids, Math.max(2 * uids.length, count + some.length));
        }
        System.arraycopy(some, 0, uids, count, some.length);
        count += some.length;
    }

    /** All of them. Not to be changed: of one bitmap alone it is that one. */
    RoaringBitmap all() {
        if (count == 0 && bitmaps.size() == 1) {
            return bitmaps.getFirst();
        }
        List<RoaringBitmap> parts = new ArrayList<>();
        for (RoaringBitmap bitmap : bitmaps) {
            if (bitmap.getCardinality() > SMALL_MAX) {
                parts.add(bitmap);
            } else {
                add(bitmap.toArray());
            }
        }
        parts.add(RoaringBitmap.bitmapOfUnordered(Arrays.copyOf(uids, count)));
        return FastAggregation.or(parts.toArray(RoaringBitmap[]::new));
    }
}
