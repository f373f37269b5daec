package io.miroir.store.nodesettings;

import io.miroir.store.Table;

/** Verified settings versions by index and node. */
public interface NodeSettingsVersions extends Table<NodeSettingsKey, NodeSettingsVersionRow> {

    /** Rows; the next insert is refused. */
    int ROWS_MAX = 1_000_000;
}
