package io.miroir.store.job;

import io.miroir.store.Table;

/** Jobs by id. */
public interface Jobs extends Table<String, JobRow> {

    /** Rows; the next insert is refused. */
    int ROWS_MAX = 100_000;
}
