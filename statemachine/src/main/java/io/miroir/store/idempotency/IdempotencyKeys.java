package io.miroir.store.idempotency;

import io.miroir.store.Table;

/**
 * Living keys. They are written by {@code Lanes.bind}; a full table refuses new keyed writes rather
 * than forget a living key.
 */
public interface IdempotencyKeys extends Table<String, IdempotencyRow> {

    /** Rows; the next insert is refused. */
    int ROWS_MAX = 1_000_000;
}
