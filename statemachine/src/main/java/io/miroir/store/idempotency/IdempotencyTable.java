package io.miroir.store.idempotency;

import com.google.protobuf.ByteString;
import io.miroir.proto.store.IdempotencyKey;
import io.miroir.proto.store.PutRow;
import io.miroir.sqlite.Cursor;
import io.miroir.store.table.TableSpec;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How {@link IdempotencyRow} travels and is stored. */
final class IdempotencyTable implements TableSpec<String, IdempotencyRow> {
    @Override
    public String table() {
        return "idempotency_cache";
    }

    @Override
    public int number() {
        return PutRow.IDEMPOTENCY_KEY_FIELD_NUMBER;
    }

    @Override
    public List<String> columns() {
        return List.of("key", "body_sha256", "task_uid", "expires_at");
    }

    @Override
    public int keyColumns() {
        return 1;
    }

    @Override
    public int rowsMax() {
        return IdempotencyKeys.ROWS_MAX;
    }

    @Override
    public boolean expires() {
        return true;
    }

    @Override
    public List<Object> key(String key) {
        return List.of(key);
    }

    @Override
    public PutRow put(IdempotencyRow row) {
        IdempotencyKey.Builder words =
                IdempotencyKey.newBuilder()
                        .setKey(row.key())
                        .setBodySha256(
                                ByteString.copyFrom(HexFormat.of().parseHex(row.bodySha256())))
                        .setTaskUid(row.taskUid())
                        .setExpiresAtMicros(row.expiresAt());

        return PutRow.newBuilder().setIdempotencyKey(words).build();
    }

    @Override
    public @Nullable Object[] values(PutRow put, long now) {
        IdempotencyKey words = put.getIdempotencyKey();
        return new @Nullable Object[] {
            words.getKey(),
            words.getBodySha256().toByteArray(),
            words.getTaskUid(),
            words.getExpiresAtMicros()
        };
    }

    @Override
    public IdempotencyRow read(Cursor row) {
        return new IdempotencyRow(
                row.text(1), HexFormat.of().formatHex(row.blob(2)), row.number(3), row.number(4));
    }
}
