package io.miroir.store.searchui;

import io.miroir.store.Table;

/** Configurations by index uid. */
public interface SearchUiConfigs extends Table<String, SearchUiConfigRow> {

    /** Rows; the next insert is refused. */
    int ROWS_MAX = 10_000;
}
