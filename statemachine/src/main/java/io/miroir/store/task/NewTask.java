package io.miroir.store.task;

import org.jspecify.annotations.Nullable;

/**
 * A task outside lanes: cancelation, deletion, dump, …
 *
 * @param terminal null for a task that is still to run
 * @param key if the client gave one
 * @param sessionId the client's session, of which this is the last write then
 */
public record NewTask(
        TaskType type,
        @Nullable String indexUid,
        String detailsJson,
        @Nullable TaskStatus terminal,
        @Nullable String errorJson,
        @Nullable Key key,
        @Nullable String sessionId) {

    /**
     * A client's word that equal keys mean one write.
     *
     * @param bodySha256 64 hex digits; another body under the key is refused
     * @param ttlMicros how long the key lives; 0 for the limits' {@code idempotencyTtlMicros}
     */
    public record Key(String key, String bodySha256, long ttlMicros) {}

    /** Without key and session. */
    public static NewTask of(
            TaskType type,
            @Nullable String indexUid,
            String detailsJson,
            @Nullable TaskStatus terminal,
            @Nullable String errorJson) {
        return new NewTask(type, indexUid, detailsJson, terminal, errorJson, null, null);
    }
}
