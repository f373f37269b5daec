package io.miroir.embedded.routes;

import io.miroir.api.keys.ApiKey;
import io.miroir.api.keys.Authorizer;
import io.miroir.api.keys.KeyDesk;
import io.miroir.api.keys.KeyRing;
import io.miroir.api.keys.KnownKeys;
import io.miroir.api.keys.MasterKey;
import io.miroir.embedded.store.Change;
import io.miroir.embedded.store.NodeState;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The node's keys. Without a master key no key has a value, and none is found by one. */
public final class NodeKeys implements Authorizer.Keys, KeyDesk.Keeper, KeyDesk.Values {
    private final NodeState state;
    private final InstantSource clock;
    private final @Nullable MasterKey master;
    private final @Nullable KeyRing ring;

    /** The keys of this state. */
    public NodeKeys(NodeState state, InstantSource clock, @Nullable MasterKey master) {
        this.state = state;
        this.clock = clock;
        this.master = master;
        this.ring = master == null ? null : new KeyRing(state::keys, master);
    }

    @Override
    public KnownKeys keys() {
        return state.keys();
    }

    @Override
    public synchronized @Nullable ApiKey make(ApiKey key) {
        if (keys().get(key.uid()) != null) {
            return null;
        }
        Instant now = now();
        return put(new ApiKey(key.uid(), key.label(), key.grant(), now, now));
    }

    @Override
    public synchronized @Nullable ApiKey relabel(String uid, UnaryOperator<ApiKey.Label> change) {
        ApiKey key = keys().get(uid);
        return key == null ? null : put(key.relabelled(change.apply(key.label()), now()));
    }

    @Override
    public synchronized boolean delete(String uid) {
        boolean existed = keys().get(uid) != null;
        if (existed) {
            state.commit(List.of(new Change.DropKey(uid)));
        }
        return existed;
    }

    @Override
    public @Nullable ApiKey byUid(String uid) {
        return keys().get(uid);
    }

    @Override
    public @Nullable ApiKey byValue(String value) {
        return ring == null ? null : ring.byValue(value);
    }

    @Override
    public String valueOf(String uid) {
        return master == null ? "" : master.valueOf(uid);
    }

    private ApiKey put(ApiKey key) {
        state.commit(List.of(new Change.PutKey(key)));
        return key;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
