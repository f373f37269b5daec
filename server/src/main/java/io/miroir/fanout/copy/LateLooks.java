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

    /** Behind the last copy to a node, if there was one lately. */
    public Optional<LateRequests> of(CopyContext context, IndexRow index, String node) {
        Optional<CopyEnd> end = CopyJobs.watchedEnd(context.store(), index, node);
        Optional<LateRequests> late =
                Optional.ofNullable(known.get(node))
                        .filter(before -> end.filter(before.end()::equals).isPresent())
                        .or(() -> end.map(one -> new LateRequests(context, index, node, one)));
        late.ifPresentOrElse(one -> known.put(node, one), () -> known.remove(node));
        return late;
    }
}
