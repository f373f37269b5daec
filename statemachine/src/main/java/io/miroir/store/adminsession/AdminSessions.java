package io.miroir.store.adminsession;

import io.miroir.store.Table;

/** Sessions by id. */
public interface AdminSessions extends Table<String, AdminSessionRow> {

    /** Rows; the next insert is refused. */
    int ROWS_MAX = 10_000;
}
