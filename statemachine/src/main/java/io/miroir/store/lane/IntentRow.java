package io.miroir.store.lane;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A write that nodes may have seen, but no task speaks of yet.
 *
 * @param idempotencyTtlMicros how long the key lives from the bind on
 * @param incarnation the index's, as allotted or known
 * @param targets ids of the nodes it goes to
 * @param shards that it touches; empty if it touches none, or an earlier program intended it
 * @param primaryKey that its documents choose; null if they choose none, or an earlier program
 *     intended it
 * @param createdAt store time
 */
public record IntentRow(
        String lane,
        long position,
        long epoch,
        String kind,
        String indexUid,
        String bodySha256,
        @Nullable String idempotencyKey,
        long idempotencyTtlMicros,
        @Nullable String sessionId,
        long incarnation,
        List<String> targets,
        List<Integer> shards,
        @Nullable String primaryKey,
        long createdAt) {}
