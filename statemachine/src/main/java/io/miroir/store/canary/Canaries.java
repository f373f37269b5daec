package io.miroir.store.canary;

import io.miroir.store.Table;

/** Canaries by id. */
public interface Canaries extends Table<String, CanaryRow> {

    /** Rows; the next insert is refused. */
    int ROWS_MAX = 1_000;
}
