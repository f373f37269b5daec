package io.miroir.store.session;

import io.miroir.store.Table;

/** Sessions by id. */
public interface Sessions extends Table<String, SessionRow> {

    /** Rows; the next insert is refused. */
    int ROWS_MAX = 100_000;
}
