package io.miroir.store.canary;

import io.miroir.proto.store.CanaryRun;
import io.miroir.proto.store.PutRow;
import io.miroir.sqlite.Cursor;
import io.miroir.store.engine.Write;
import io.miroir.store.table.TableSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How {@link CanaryRunRow} travels and is stored. */
final class CanaryRunTable implements TableSpec<CanaryRunKey, CanaryRunRow> {
    @Override
    public String table() {
        return "canary_runs";
    }

    @Override
    public int number() {
        return PutRow.CANARY_RUN_FIELD_NUMBER;
    }

    @Override
    public List<String> columns() {
        return List.of("canary_id", "ran_at", "status", "latency_ms", "failed_assertions_json");
    }

    @Override
    public int keyColumns() {
        return 2;
    }

    @Override
    public int rowsMax() {
        return CanaryRuns.ROWS_MAX;
    }

    @Override
    public List<Object> key(CanaryRunKey key) {
        return List.of(key.canaryId(), key.ranAt());
    }

    @Override
    public PutRow put(CanaryRunRow row) {
        CanaryRun.Builder words =
                CanaryRun.newBuilder()
                        .setCanaryId(row.canaryId())
                        .setRanAtMicros(row.ranAt())
                        .setStatus(row.status().code())
                        .setLatencyMillis(row.latencyMillis());
        if (row.failedAssertionsJson() != null) {
            words.setFailedAssertionsJson(row.failedAssertionsJson());
        }
        return PutRow.newBuilder().setCanaryRun(words).build();
    }

    @Override
    public @Nullable Object[] values(PutRow put, long now) {
        CanaryRun words = put.getCanaryRun();
        return new @Nullable Object[] {
            words.getCanaryId(),
            words.getRanAtMicros(),
            words.getStatus(),
            words.getLatencyMillis(),
            words.hasFailedAssertionsJson() ? words.getFailedAssertionsJson() : null
        };
    }

    @Override
    public CanaryRunRow read(Cursor row) {
        return new CanaryRunRow(
                row.text(1),
                row.number(2),
                CanaryRunStatus.ofCode(row.integer(3)),
                row.integer(4),
                row.textOrNull(5));
    }

    @Override
    public void afterPut(Write write, List<Object> key) {
        int forgotten =
                write.sql()
                        .update(
                                "DELETE FROM canary_runs WHERE canary_id = ? AND ran_at NOT IN"
                                        + " (SELECT ran_at FROM canary_runs WHERE canary_id = ?"
                                        + " ORDER BY ran_at DESC LIMIT ?)",
                                key.getFirst(),
                                key.getFirst(),
                                CanaryRuns.RUNS_PER_CANARY_MAX);
        write.rowsChanged("canary_runs", -forgotten);
    }
}
