package io.miroir.store.idempotency;

import com.google.protobuf.ByteString;
import io.miroir.proto.store.IdempotencyKey;
import io.miroir.proto.store.Outcome;
import io.miroir.store.engine.Outcomes;
import io.miroir.store.engine.Write;
import org.jspecify.annotations.Nullable;

/** Writes idempotency keys in the commands of the writes that carry them. */
public final class IdempotencyApplier {
    private static final String TABLE = "idempotency_cache";

    /** Expired keys that one command removes: more than one, so the table shrinks under writes. */
    private static final int EXPIRED_PER_COMMAND_MAX = 16;

    private IdempotencyApplier() {}

    /** The answer to a living key that was bound before; null for a new key. */
    public static @Nullable Outcome known(Write write, String key, ByteString bodySha256) {
        return write.sql()
                .first(
                        "SELECT task_uid, body_sha256 FROM idempotency_cache WHERE key = ?"
                                + " AND expires_at > ?",
                        row ->
                                bodySha256.equals(ByteString.copyFrom(row.blob(2)))
                                        ? Outcome.newBuilder()
                                                .setAlreadyBound(row.number(1))
                                                .build()
                                        : Outcomes.KEY_REUSED,
                        key,
                        write.now())
                .orElse(null);
    }

    /** Makes room; an outcome if there is none, because a living key must not be forgotten. */
    public static @Nullable Outcome full(Write write) {
        int rowsMax = write.limits().idempotencyKeysMax();
        // Open intents have their keys' places already.
        if (write.rows(TABLE) + write.rows("intents") < rowsMax) {
            return null;
        }
        int expired =
                write.sql()
                        .update(
                                "DELETE FROM idempotency_cache WHERE key IN (SELECT key FROM"
                                        + " idempotency_cache WHERE expires_at <= ? ORDER BY"
                                        + " expires_at, key LIMIT ?)",
                                write.now(),
                                EXPIRED_PER_COMMAND_MAX);
        write.rowsChanged(TABLE, -expired);
        return write.rows(TABLE) + write.rows("intents") >= rowsMax
                ? Outcomes.full(TABLE, rowsMax)
                : null;
    }

    /** The key has a task now. */
    public static void remember(Write write, IdempotencyKey key, long taskUid) {
        // One that has expired may be there still.
        int expired =
                write.sql().update("DELETE FROM idempotency_cache WHERE key = ?", key.getKey());
        long ttlMicros =
                key.getTtlMicros() > 0 ? key.getTtlMicros() : write.limits().idempotencyTtlMicros();
        write.sql()
                .update(
                        "INSERT INTO idempotency_cache (key, body_sha256, task_uid, expires_at)"
                                + " VALUES (?, ?, ?, ?)",
                        key.getKey(),
                        key.getBodySha256().toByteArray(),
                        taskUid,
                        write.now() + ttlMicros);
        write.rowsChanged(TABLE, 1 - expired);
    }
}
