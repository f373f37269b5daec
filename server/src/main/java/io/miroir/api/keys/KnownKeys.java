package io.miroir.api.keys;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keys by their uids, at one moment: never changes. */
public final class KnownKeys {
    private final Map<String, ApiKey> byUid;

    private KnownKeys(Map<String, ApiKey> byUid) {
        this.byUid = byUid;
    }

    /** These keys. */
    public static KnownKeys of(Collection<ApiKey> keys) {
        Map<String, ApiKey> byUid = new HashMap<>();
        keys.forEach(key -> byUid.put(key.uid(), key));
        return new KnownKeys(Map.copyOf(byUid));
    }

    /** These and one more, which takes the place of one with its uid. */
    public KnownKeys with(ApiKey key) {
        Map<String, ApiKey> changed = new HashMap<>(byUid);
        changed.put(key.uid(), key);
        return new KnownKeys(Map.copyOf(changed));
    }

    /** These without one. */
    public KnownKeys without(String uid) {
        Map<String, ApiKey> changed = new HashMap<>(byUid);
        changed.remove(uid);
        return new KnownKeys(Map.copyOf(changed));
    }

    /** The key with that uid, or null. */
    public @Nullable ApiKey get(String uid) {
        return byUid.get(uid);
    }

    /** All of them, in no order. */
    public Collection<ApiKey> all() {
        return byUid.values();
    }
}
