package io.miroir.store.lease;

import io.miroir.store.Table;

/**
 * Duties by scope. Write them through {@code TaskStore.fencedBy}: a deposed leader's put is
 * refused. {@code updatedAt} is stamped by the store.
 */
public interface Leases extends Table<String, LeaseRow> {

    /** Rows; the next insert is refused. */
    int ROWS_MAX = 10_000;
}
