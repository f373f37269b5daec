package io.miroir.store.lane;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Announces a write before any node hears of it (protocol rule 2).
 *
 * @param epoch the claim under which the caller runs the lane
 * @param kind what the pod needs to resume it, for example the task type; at most {@link
 *     Lanes#KIND_CHARS_MAX} characters
 * @param bodySha256 64 hex digits
 * @param idempotencyKey the client's, at most {@link Lanes#IDEMPOTENCY_KEY_CHARS_MAX} characters
 * @param idempotencyTtlMicros how long the key lives from the bind on; 0 without a key
 * @param indexUid the name that its task will show; empty for none
 * @param incarnation the index's, or {@link #ALLOT} for an index that is to be created. If the
 *     lane's name stands for another one by now, the caller must look again
 * @param targets ids of the nodes it goes to
 * @param shards that it touches: by them the lane's next owner judges what became of it
 * @param primaryKey that its documents choose: nodes that take it have that key
 */
public record Intend(
        String lane,
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
        @Nullable String primaryKey) {

    /** Asks for a new incarnation. */
    public static final long ALLOT = 0;

    /** One that chooses no primary key. */
    public Intend(
            String lane,
            long epoch,
            String kind,
            String indexUid,
            String bodySha256,
            @Nullable String idempotencyKey,
            long idempotencyTtlMicros,
            @Nullable String sessionId,
            long incarnation,
            List<String> targets,
            List<Integer> shards) {
        this(
                lane,
                epoch,
                kind,
                indexUid,
                bodySha256,
                idempotencyKey,
                idempotencyTtlMicros,
                sessionId,
                incarnation,
                targets,
                shards,
                null);
    }

    /** The same, whose documents choose that key. */
    public Intend choosing(@Nullable String key) {
        return new Intend(
                lane,
                epoch,
                kind,
                indexUid,
                bodySha256,
                idempotencyKey,
                idempotencyTtlMicros,
                sessionId,
                incarnation,
                targets,
                shards,
                key);
    }
}
