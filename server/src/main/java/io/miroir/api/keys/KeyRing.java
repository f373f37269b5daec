package io.miroir.api.keys;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keys under one master key, findable by their secret values. */
public final class KeyRing implements Authorizer.Keys {
    private final Supplier<KnownKeys> known;
    private final MasterKey master;

    /** Tags by uid: making them anew with every change would cost two digests a key. */
    private final Map<String, String> tags = new ConcurrentHashMap<>();

    private volatile Found found = new Found(KnownKeys.of(List.of()), Map.of());

    /**
     * What is found by tag. A tag is a digest of the value under the master key: how long it takes
     * to look one up tells nothing of any value.
     */
    private record Found(KnownKeys keys, Map<String, String> uidByTag) {}

    /**
     * A ring.
     *
     * @param known the keys as they are when asked
     */
    public KeyRing(Supplier<KnownKeys> known, MasterKey master) {
        this.known = known;
        this.master = master;
    }

    @Override
    public @Nullable ApiKey byUid(String uid) {
        return known.get().get(uid);
    }

    @Override
    public @Nullable ApiKey byValue(String value) {
        Found now = found();
        // Values are hexadecimal, in any case.
        String uid = now.uidByTag().get(master.tagOf(value.toLowerCase(Locale.ROOT)));
        return uid == null ? null : now.keys().get(uid);
    }

    private Found found() {
        KnownKeys now = known.get();
        Found last = found;
        if (last.keys() != now) {
            Map<String, String> uidByTag = new HashMap<>();
            for (ApiKey key : now.all()) {
                String tag =
                        tags.computeIfAbsent(key.uid(), uid -> master.tagOf(master.valueOf(uid)));
                uidByTag.put(tag, key.uid());
            }
            tags.keySet().removeIf(uid -> now.get(uid) == null);
            last = new Found(now, Map.copyOf(uidByTag));
            found = last;
        }
        return last;
    }
}
