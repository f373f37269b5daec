package io.miroir.store.feature;

import io.miroir.store.Table;

/**
 * Switches by name: one a row, so that two clients who switch different ones both have their way.
 */
public interface FeatureSwitches extends Table<String, FeatureRow> {

    /** What watchers are told of a change. */
    String TABLE = "features";

    /** Rows; the next insert is refused. Meilisearch 1.50 has 15. */
    int ROWS_MAX = 100;
}
