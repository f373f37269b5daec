package io.miroir.store.apikey;

import io.miroir.proto.store.ApiKey;
import io.miroir.proto.store.PutRow;
import io.miroir.proto.store.Strings;
import io.miroir.sqlite.Cursor;
import io.miroir.store.Change;
import io.miroir.store.engine.Stored;
import io.miroir.store.engine.Write;
import io.miroir.store.table.TableSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How {@link ApiKeyRow} travels and is stored. */
final class ApiKeyTable implements TableSpec<String, ApiKeyRow> {
    static final String NAME = "api_keys";

    @Override
    public String table() {
        return NAME;
    }

    @Override
    public int number() {
        return PutRow.API_KEY_FIELD_NUMBER;
    }

    @Override
    public List<String> columns() {
        return List.of(
                "uid",
                "name",
                "description",
                "actions",
                "indexes",
                "expiry",
                "created_at",
                "updated_at");
    }

    @Override
    public int keyColumns() {
        return 1;
    }

    @Override
    public int rowsMax() {
        return ApiKeys.ROWS_MAX;
    }

    @Override
    public List<Object> key(String key) {
        return List.of(key);
    }

    @Override
    public PutRow put(ApiKeyRow row) {
        return PutRow.newBuilder().setApiKey(words(row)).build();
    }

    static ApiKey words(ApiKeyRow row) {
        ApiKey.Builder words =
                ApiKey.newBuilder()
                        .setUid(row.uid())
                        .addAllAction(row.actions())
                        .addAllIndex(row.indexes());
        if (row.name() != null) {
            words.setName(row.name());
        }
        if (row.description() != null) {
            words.setDescription(row.description());
        }
        if (row.expiry() != null) {
            words.setExpiry(row.expiry());
        }
        return words.build();
    }

    @Override
    public @Nullable Object[] values(PutRow put, long now) {
        return columns(put.getApiKey(), now);
    }

    /** All columns of a key that is new. */
    static @Nullable Object[] columns(ApiKey words, long now) {
        return new @Nullable Object[] {
            words.getUid(),
            words.hasName() ? words.getName() : null,
            words.hasDescription() ? words.getDescription() : null,
            strings(words.getActionList()),
            strings(words.getIndexList()),
            words.hasExpiry() ? words.getExpiry() : null,
            now,
            now
        };
    }

    @Override
    public ApiKeyRow read(Cursor row) {
        return new ApiKeyRow(
                row.text(1),
                row.textOrNull(2),
                row.textOrNull(3),
                strings(row.blob(4)),
                strings(row.blob(5)),
                row.textOrNull(6),
                row.number(7),
                row.number(8));
    }

    private static byte[] strings(List<String> values) {
        return Strings.newBuilder().addAllValue(values).build().toByteArray();
    }

    private static List<String> strings(byte[] column) {
        return List.copyOf(Stored.parse(Strings.parser(), column).getValueList());
    }

    @Override
    public Change change(Write write, List<Object> key) {
        return new Change.ApiKeyChanged(
                (String) key.getFirst(), ApiKeyRoom.TABLE.get(write.sql(), key).orElse(null));
    }
}
