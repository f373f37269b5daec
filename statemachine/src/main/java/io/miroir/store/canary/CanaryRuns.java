package io.miroir.store.canary;

import io.miroir.store.Table;

/** Runs by canary and time; a put forgets a canary's oldest beyond {@link #RUNS_PER_CANARY_MAX}. */
public interface CanaryRuns extends Table<CanaryRunKey, CanaryRunRow> {

    /** Rows; the next insert is refused. */
    int ROWS_MAX = 100_000;

    /** Runs kept per canary. */
    int RUNS_PER_CANARY_MAX = 100;
}
