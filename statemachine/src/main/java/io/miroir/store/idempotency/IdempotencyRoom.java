package io.miroir.store.idempotency;

import io.miroir.store.ReadLevel;
import io.miroir.store.engine.Reads;
import java.util.HexFormat;
import java.util.Optional;

/** {@link IdempotencyKeys} over SQL. */
public final class IdempotencyRoom implements IdempotencyKeys {
    private final Reads reads;

    public IdempotencyRoom(Reads reads) {
        this.reads = reads;
    }

    @Override
    public Optional<IdempotencyRow> get(ReadLevel level, String key) {
        return reads.point(
                level,
                sql ->
                        sql.first(
                                "SELECT key, body_sha256, task_uid, expires_at FROM"
                                        + " idempotency_cache WHERE key = ? AND expires_at > ?",
                                row ->
                                        new IdempotencyRow(
                                                row.text(1),
                                                HexFormat.of().formatHex(row.blob(2)),
                                                row.number(3),
                                                row.number(4)),
                                key,
                                reads.nowMicros()));
    }

    @Override
    public long living(ReadLevel level) {
        return reads.scan(
                level,
                sql ->
                        sql.number(
                                "SELECT count(*) FROM idempotency_cache WHERE expires_at > ?",
                                reads.nowMicros()));
    }
}
