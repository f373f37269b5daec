package io.miroir.fanout.copy;

import io.miroir.store.index.IndexRow;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What was learned of what comes late to an index's nodes, so that who tries again goes on where he
 * was ({@link LateRequests}). For one thread at a time.
 */
public final class LateLooks {
    private final Map<String, LateRequests> known = new HashMap<>();

    /** Of a node, if there is anything behind what it is to be looked there. */
    public Optional<LateRequests> of(CopyContext context, IndexRow index, String node) {
        Optional<LateRequests> late =
                LateHorizon.of(context.store(), index, node)
                        .map(horizon -> behind(horizon, context, index, node));
        late.ifPresentOrElse(one -> known.put(node, one), () -> known.remove(node));
        return late;
    }

    private LateRequests behind(
            LateHorizon horizon, CopyContext context, IndexRow index, String node) {
        LateRequests before = known.get(node);
        return before != null && before.horizon().equals(horizon)
                ? before
                : new LateRequests(context, index, node, horizon);
    }
}
