package io.miroir.store.task;

import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.roaringbitmap.RoaringBitmap;

/**
 * Uids by key, for any number of keys, sorted: those of a key that has few are an array, of others
 * a bitmap. What a key takes is bounded by its uids, so all keys together by the number of uids.
 */
final class KeyedUids<K extends Comparable<K>> {
    /** A bitmap takes some 300 bytes and more, whatever is in it; an array of as many takes 80. */
    static final int FEW_MAX = 16;

    /** Not close below: who goes up and down by one uid would be made anew each time. */
    private static final int FEW_AGAIN = FEW_MAX / 2;

    private final NavigableMap<K, int[]> few = new TreeMap<>();
    private final NavigableMap<K, RoaringBitmap> many = new TreeMap<>();

    void add(K key, int uid) {
        RoaringBitmap bitmap = many.get(key);
        if (bitmap != null) {
            bitmap.add(uid);
            return;
        }
        int[] uids = few.get(key);
        if (uids == null) {
            few.put(key, new int[] {uid});
        } else if (placeOf(uid, uids) < 0) {
            addNew(key, uids, uid);
        }
    }

    private void addNew(K key, int[] uids, int uid) {
        int[] more = Arrays.copyOf(uids, uids.length + 1);
        more[uids.length] = uid;
        if (more.length <= FEW_MAX) {
            few.put(key, more);
        } else {
            few.remove(key);
            many.put(key, RoaringBitmap.bitmapOf(more));
        }
    }

    void remove(K key, int uid) {
        RoaringBitmap bitmap = many.get(key);
        if (bitmap != null) {
            bitmap.remove(uid);
            if (bitmap.getCardinality() <= FEW_AGAIN) {
                many.remove(key);
                few.put(key, bitmap.toArray());
            }
            return;
        }
        int[] uids = few.get(key);
        if (uids != null) {
            removeAt(key, uids, placeOf(uid, uids));
        }
    }

    private void removeAt(K key, int[] uids, int place) {
        if (place < 0) {
            return;
        }
        if (uids.length == 1) {
            few.remove(key);
            return;
        }
        int[] fewer = Arrays.copyOf(uids, uids.length - 1);
        if (place < fewer.length) {
            fewer[place] = uids[fewer.length];
        }
        few.put(key, fewer);
    }

    private static int placeOf(int uid, int[] uids) {
        for (int place = 0; place < uids.length; place++) {
            if (uids[place] == uid) {
                return place;
            }
        }
        return -1;
    }

    /** Uids of one key are the other's from here on, and the other way round. */
    void exchange(K one, K other) {
        exchange(few, one, other);
        exchange(many, one, other);
    }

    private static <K, U> void exchange(Map<K, U> byKey, K one, K other) {
        U ofOne = byKey.remove(one);
        U ofOther = byKey.remove(other);
        if (ofOne != null) {
            byKey.put(other, ofOne);
        }
        if (ofOther != null) {
            byKey.put(one, ofOther);
        }
    }

    /** Puts those of a key to a union. */
    void gather(K key, UidUnion union) {
        int[] uids = few.get(key);
        RoaringBitmap bitmap = many.get(key);
        if (uids != null) {
            union.add(uids);
        } else if (bitmap != null) {
            union.add(bitmap);
        }
    }

    /** Puts those of the keys to a union that come from a first one on, as long as they belong. */
    void gather(K first, Predicate<K> belongs, UidUnion union) {
        for (Map.Entry<K, int[]> entry : few.tailMap(first, true).entrySet()) {
            if (!belongs.test(entry.getKey())) {
                break;
            }
            union.add(entry.getValue());
        }
        for (Map.Entry<K, RoaringBitmap> entry : many.tailMap(first, true).entrySet()) {
            if (!belongs.test(entry.getKey())) {
                break;
            }
            union.add(entry.getValue());
        }
    }
}
