package io.miroir.store.rollover;

import io.miroir.store.Table;

/** Policies by name. */
public interface RolloverPolicies extends Table<String, RolloverPolicyRow> {

    /** Rows; the next insert is refused. */
    int ROWS_MAX = 1_000;
}
