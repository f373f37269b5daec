package io.miroir.embedded.routes;

import io.miroir.api.keys.ApiKey;
import io.miroir.api.keys.Authorizer;
import io.miroir.api.keys.MasterKey;
import io.miroir.embedded.store.NodeState;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The node's keys, findable by their secret values. */
public final class NodeKeys implements Authorizer.Keys {
    private final NodeState state;
    private final @Nullable MasterKey master;

    /** Values by uid: deriving them anew for every request would cost a digest per key. */
    private final Map<String, String> values = new ConcurrentHashMap<>();

    /** The keys of this state. */
    public NodeKeys(NodeState state, @Nullable MasterKey master) {
        this.state = state;
        this.master = master;
    }

    @Override
    public @Nullable ApiKey byUid(String uid) {
        return state.keys().get(uid);
    }

    @Override
    public @Nullable ApiKey byValue(String value) {
        MasterKey secret = master;
        if (secret == null) {
            return null;
        }
        ApiKey found = null;
        // All candidates are compared, whichever fits: the time tells nothing.
        for (ApiKey key : state.keys().values()) {
            String expected = values.computeIfAbsent(key.uid(), secret::valueOf);
            if (MasterKey.sameText(expected, value)) {
                found = key;
            }
        }
        return found;
    }
}
