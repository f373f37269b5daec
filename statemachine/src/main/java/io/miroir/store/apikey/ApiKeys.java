package io.miroir.store.apikey;

import io.miroir.store.Table;

/** API keys by uid. Expired ones stay until deleted: clients still list them. */
public interface ApiKeys extends Table<String, ApiKeyRow> {

    /** Rows; the next insert is refused. */
    int ROWS_MAX = 10_000;
}
