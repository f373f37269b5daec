package io.miroir.store.limit;

import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.SetLimits;
import io.miroir.sqlite.Sql;
import io.miroir.store.Change;
import io.miroir.store.engine.Outcomes;
import io.miroir.store.engine.Write;

/** Reads and writes the row of limits. */
public final class LimitsTable {
    private LimitsTable() {}

    /** The row that is there from the start. */
    public static LimitsRow get(Sql sql) {
        return sql.first(
                        "SELECT version, tasks_max, task_retention, idempotency_keys_max,"
                                + " idempotency_ttl, sessions_max, session_ttl, jobs_max,"
                                + " job_retention, alias_history_max, canary_runs_max,"
                                + " cdc_overflow_bytes_max, rate_buckets_max FROM limits",
                        row ->
                                new LimitsRow(
                                        row.number(1),
                                        new StoreLimits(
                                                row.integer(2),
                                                row.number(3),
                                                row.integer(4),
                                                row.number(5),
                                                row.integer(6),
                                                row.number(7),
                                                row.integer(8),
                                                row.number(9),
                                                row.integer(10),
                                                row.integer(11),
                                                row.number(12),
                                                row.integer(13))))
                .orElseThrow();
    }

    /** Applies a change. */
    public static Outcome set(Write write, SetLimits command) {
        long version = get(write.sql()).version();
        if (version != command.getExpectedVersion()) {
            return Outcomes.changed(version);
        }
        StoreLimits limits = LimitsRoom.read(command.getLimits());
        write.sql()
                .update(
                        "INSERT OR REPLACE INTO limits (id, version, tasks_max, task_retention,"
                                + " idempotency_keys_max, idempotency_ttl, sessions_max,"
                                + " session_ttl, jobs_max, job_retention, alias_history_max,"
                                + " canary_runs_max, cdc_overflow_bytes_max, rate_buckets_max)"
                                + " VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        version + 1,
                        limits.tasksMax(),
                        limits.taskRetentionMicros(),
                        limits.idempotencyKeysMax(),
                        limits.idempotencyTtlMicros(),
                        limits.sessionsMax(),
                        limits.sessionTtlMicros(),
                        limits.jobsMax(),
                        limits.jobRetentionMicros(),
                        limits.aliasHistoryMax(),
                        limits.canaryRunsMax(),
                        limits.cdcOverflowBytesMax(),
                        limits.rateBucketsMax());
        write.limits(limits);
        write.changed(new Change.RowChanged("limits", "1"));
        return Outcomes.version(version + 1);
    }
}
