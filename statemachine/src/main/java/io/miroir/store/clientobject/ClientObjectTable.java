package io.miroir.store.clientobject;

import io.miroir.proto.store.ClientObject;
import io.miroir.proto.store.PutRow;
import io.miroir.sqlite.Cursor;
import io.miroir.store.table.TableSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How {@link ClientObjectRow} travels and is stored. */
final class ClientObjectTable implements TableSpec<String, ClientObjectRow> {
    @Override
    public String table() {
        return ClientObjects.TABLE;
    }

    @Override
    public int number() {
        return PutRow.CLIENT_OBJECT_FIELD_NUMBER;
    }

    @Override
    public List<String> columns() {
        return List.of("name", "json", "created_at", "updated_at");
    }

    @Override
    public int keyColumns() {
        return 1;
    }

    @Override
    public int rowsMax() {
        return ClientObjects.ROWS_MAX;
    }

    @Override
    public List<Object> key(String key) {
        return List.of(key);
    }

    @Override
    public PutRow put(ClientObjectRow row) {
        ClientObject.Builder words =
                ClientObject.newBuilder().setName(row.name()).setJson(row.json());
        return PutRow.newBuilder().setClientObject(words).build();
    }

    @Override
    public @Nullable Object[] values(PutRow put, long now) {
        ClientObject words = put.getClientObject();
        return new @Nullable Object[] {words.getName(), words.getJson(), now, now};
    }

    /** Later than before also within a tick of the clock: whoever compares it sees the change. */
    @Override
    public String replacement(String column) {
        return column.equals("updated_at")
                ? "max(excluded.updated_at, updated_at + 1)"
                : TableSpec.super.replacement(column);
    }

    @Override
    public ClientObjectRow read(Cursor row) {
        return new ClientObjectRow(row.text(1), row.text(2), row.number(3), row.number(4));
    }
}
