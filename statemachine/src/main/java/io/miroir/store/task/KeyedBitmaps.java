package io.miroir.store.task;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.roaringbitmap.FastAggregation;
import org.roaringbitmap.RoaringBitmap;

/**
 * One bitmap a key, for a bounded number of keys. Uids of further keys are in one bitmap together:
 * which of them belong to a key is the caller's to find out.
 */
final class KeyedBitmaps<K> {
    /** At some 300 bytes a key that holds one uid: 20 MB. */
    static final int KEYS_MAX = 65_536;

    private final int keysMax;
    private final Map<K, RoaringBitmap> byKey = new HashMap<>();
    private final RoaringBitmap others = new RoaringBitmap();

    KeyedBitmaps(int keysMax) {
        this.keysMax = keysMax;
    }

    void add(K key, int uid) {
        RoaringBitmap uids = byKey.get(key);
        if (uids == null && byKey.size() < keysMax) {
            uids = new RoaringBitmap();
            byKey.put(key, uids);
        }
        (uids == null ? others : uids).add(uid);
    }

    void remove(K key, int uid) {
        RoaringBitmap uids = byKey.get(key);
        if (uids != null) {
            uids.remove(uid);
            if (uids.isEmpty()) {
                byKey.remove(key);
            }
        }
        others.remove(uid);
    }

    /** The keys with a bitmap of their own. */
    Set<K> keys() {
        return byKey.keySet();
    }

    /** Uids of one key are the other's from here on, and the other way round. */
    void exchange(K one, K other) {
        RoaringBitmap uids = byKey.remove(one);
        RoaringBitmap others = byKey.remove(other);
        if (uids != null) {
            byKey.put(other, uids);
        }
        if (others != null) {
            byKey.put(one, others);
        }
    }

    /** Whether uids of this key may be among {@link #others}. */
    boolean mayHaveOthers() {
        return !others.isEmpty();
    }

    /**
     * Uids of any of the keys.
     *
     * @param found uids of the keys that were found by other means; counted where not in a bitmap
     */
    RoaringBitmap any(Collection<K> keys, RoaringBitmap found) {
        List<RoaringBitmap> uids = new ArrayList<>();
        for (K key : keys) {
            RoaringBitmap of = byKey.get(key);
            if (of != null) {
                uids.add(of);
            }
        }
        if (!found.isEmpty() && !others.isEmpty()) {
            uids.add(RoaringBitmap.and(found, others));
        }
        return uids.size() == 1
                ? uids.getFirst()
                : FastAggregation.or(uids.toArray(RoaringBitmap[]::new));
    }
}
