package io.miroir.store.cdc;

import io.miroir.store.Table;

/** Cursors by sink and index. */
public interface CdcCursors extends Table<CdcCursorKey, CdcCursorRow> {

    /** Rows; the next insert is refused. */
    int ROWS_MAX = 100_000;
}
