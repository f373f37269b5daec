package io.miroir.store.engine;

import io.miroir.store.job.JobApplier;
import io.miroir.store.lease.LeaseApplier;
import io.miroir.store.task.TaskApplier;

/**
 * Removes what has expired. It runs before the first entry that comes a second of store time after
 * the last run: the log decides when, not a pod's clock, so all pods remove the same rows at the
 * same entry. A store without entries keeps its rows, but does not grow either; reads leave out
 * what is over.
 */
final class Sweep {
    private static final long PAUSE_MICROS = 1_000_000;

    /** While there is more to remove than one run does. */
    private static final long BUSY_PAUSE_MICROS = 50_000;

    /** Rows of one table in one run: some milliseconds of the applier. */
    private static final int ROWS_MAX = 500;

    private Sweep() {}

    /** Runs if it is due. */
    static void step(Write write) {
        if (write.now() < write.applied().nextSweepAt()) {
            return;
        }
        boolean more = expire(write, "sessions", "session_id") == ROWS_MAX;
        more |= expire(write, "idempotency_cache", "key") == ROWS_MAX;
        more |= expire(write, "admin_sessions", "session_id") == ROWS_MAX;
        more |= expire(write, "rate_buckets", "scope, address") == ROWS_MAX;
        more |= expire(write, "login_backoff", "address") == ROWS_MAX;
        more |= expire(write, "scoped_key_sightings", "index_uid, pod_id") == ROWS_MAX;
        more |= TaskApplier.expire(write, ROWS_MAX) == ROWS_MAX;
        more |= JobApplier.expire(write, ROWS_MAX) == ROWS_MAX;
        more |= LeaseApplier.expire(write, ROWS_MAX) == ROWS_MAX;
        write.nextSweepAt(write.now() + (more ? BUSY_PAUSE_MICROS : PAUSE_MICROS));
    }

    /** Rows that end by their column {@code expires_at}, the oldest first. */
    private static int expire(Write write, String table, String key) {
        int gone =
                write.sql()
                        .update(
                                "DELETE FROM "
                                        + table
                                        + " WHERE ("
                                        + key
                                        + ") IN (SELECT "
                                        + key
                                        + " FROM "
                                        + table
                                        + " WHERE expires_at <= ? ORDER BY expires_at, "
                                        + key
                                        + " LIMIT ?)",
                                write.now(),
                                ROWS_MAX);
        write.rowsChanged(table, -gone);
        return gone;
    }
}
