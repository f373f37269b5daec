package io.miroir.store.cdc;

import io.miroir.proto.store.CdcCursor;
import io.miroir.proto.store.PutRow;
import io.miroir.sqlite.Cursor;
import io.miroir.store.table.TableSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How {@link CdcCursorRow} travels and is stored. */
final class CdcCursorTable implements TableSpec<CdcCursorKey, CdcCursorRow> {
    @Override
    public String table() {
        return "cdc_cursors";
    }

    @Override
    public int number() {
        return PutRow.CDC_CURSOR_FIELD_NUMBER;
    }

    @Override
    public List<String> columns() {
        return List.of("sink_name", "index_uid", "last_event_seq", "updated_at");
    }

    @Override
    public int keyColumns() {
        return 2;
    }

    @Override
    public int rowsMax() {
        return CdcCursors.ROWS_MAX;
    }

    @Override
    public List<Object> key(CdcCursorKey key) {
        return List.of(key.sinkName(), key.indexUid());
    }

    @Override
    public PutRow put(CdcCursorRow row) {
        CdcCursor.Builder words =
                CdcCursor.newBuilder()
                        .setSinkName(row.sinkName())
                        .setIndexUid(row.indexUid())
                        .setLastEventSeq(row.lastEventSeq());

        return PutRow.newBuilder().setCdcCursor(words).build();
    }

    @Override
    public @Nullable Object[] values(PutRow put, long now) {
        CdcCursor words = put.getCdcCursor();
        return new @Nullable Object[] {
            words.getSinkName(), words.getIndexUid(), words.getLastEventSeq(), now
        };
    }

    @Override
    public CdcCursorRow read(Cursor row) {
        return new CdcCursorRow(row.text(1), row.text(2), row.number(3), row.number(4));
    }
}
