package io.miroir.store.canary;

import io.miroir.proto.store.CanaryRun;
import io.miroir.proto.store.Outcome;
import io.miroir.sqlite.Sql;
import io.miroir.store.Change;
import io.miroir.store.engine.Outcomes;
import io.miroir.store.engine.Write;
import java.util.List;

/** Writes and reads runs of canaries. */
public final class CanaryRunApplier {
    private static final String TABLE = "canary_runs";

    private CanaryRunApplier() {}

    public static Outcome record(Write write, CanaryRun command) {
        String id = command.getCanaryId();
        if (CanaryRoom.TABLE.get(write.sql(), List.of(id)).isEmpty()) {
            return Outcomes.NOTHING;
        }
        // Commands of one entry have the same time.
        long ranAt =
                Math.max(
                        write.now(),
                        write.sql()
                                .number(
                                        "SELECT ifnull(max(ran_at), 0) + 1 FROM canary_runs"
                                                + " WHERE canary_id = ?",
                                        id));
        write.sql()
                .update(
                        "INSERT INTO canary_runs (canary_id, ran_at, status, latency_ms,"
                                + " failed_assertions_json) VALUES (?, ?, ?, ?, ?)",
                        id,
                        ranAt,
                        CanaryRunStatus.ofCode(command.getStatus()).code(),
                        command.getLatencyMillis(),
                        command.hasFailedAssertionsJson()
                                ? command.getFailedAssertionsJson()
                                : null);
        write.sql()
                .update(
                        "DELETE FROM canary_runs WHERE canary_id = ? AND ran_at <= (SELECT ran_at"
                                + " FROM canary_runs WHERE canary_id = ? ORDER BY ran_at DESC"
                                + " LIMIT 1 OFFSET ?)",
                        id,
                        id,
                        write.limits().canaryRunsMax());
        write.changed(new Change.RowChanged(TABLE, id));
        return Outcomes.until(ranAt);
    }

    static List<CanaryRunRow> of(Sql sql, String canaryId, int limit) {
        return sql.all(
                "SELECT canary_id, ran_at, status, latency_ms, failed_assertions_json"
                        + " FROM canary_runs WHERE canary_id = ? ORDER BY ran_at DESC LIMIT ?",
                row ->
                        new CanaryRunRow(
                                row.text(1),
                                row.number(2),
                                CanaryRunStatus.ofCode(row.integer(3)),
                                row.integer(4),
                                row.textOrNull(5)),
                canaryId,
                limit);
    }
}
