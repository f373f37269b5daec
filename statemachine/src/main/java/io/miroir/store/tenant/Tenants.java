package io.miroir.store.tenant;

import io.miroir.store.Table;

/** Tenants by the SHA-256 of their API key. */
public interface Tenants extends Table<String, TenantRow> {

    /** Rows; the next insert is refused. */
    int ROWS_MAX = 100_000;
}
