package io.miroir.store.job;

import io.miroir.proto.store.Job;
import io.miroir.proto.store.PutRow;
import io.miroir.sqlite.Cursor;
import io.miroir.store.table.TableSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How {@link JobRow} travels and is stored. */
final class JobTable implements TableSpec<String, JobRow> {
    @Override
    public String table() {
        return "jobs";
    }

    @Override
    public int number() {
        return PutRow.JOB_FIELD_NUMBER;
    }

    @Override
    public List<String> columns() {
        return List.of(
                "id",
                "type",
                "params_json",
                "state",
                "claimed_by",
                "claim_expires_at",
                "progress_json");
    }

    @Override
    public int keyColumns() {
        return 1;
    }

    @Override
    public int rowsMax() {
        return Jobs.ROWS_MAX;
    }

    @Override
    public List<Object> key(String key) {
        return List.of(key);
    }

    @Override
    public PutRow put(JobRow row) {
        Job.Builder words =
                Job.newBuilder()
                        .setId(row.id())
                        .setType(row.type())
                        .setParamsJson(row.paramsJson())
                        .setState(row.state().code())
                        .setProgressJson(row.progressJson());
        if (row.claimedBy() != null) {
            words.setClaimedBy(row.claimedBy());
        }
        if (row.claimExpiresAt() != null) {
            words.setClaimExpiresAtMicros(row.claimExpiresAt());
        }
        return PutRow.newBuilder().setJob(words).build();
    }

    @Override
    public @Nullable Object[] values(PutRow put, long now) {
        Job words = put.getJob();
        return new @Nullable Object[] {
            words.getId(),
            words.getType(),
            words.getParamsJson(),
            words.getState(),
            words.hasClaimedBy() ? words.getClaimedBy() : null,
            words.hasClaimExpiresAtMicros() ? words.getClaimExpiresAtMicros() : null,
            words.getProgressJson()
        };
    }

    @Override
    public JobRow read(Cursor row) {
        return new JobRow(
                row.text(1),
                row.text(2),
                row.text(3),
                JobState.ofCode(row.integer(4)),
                row.textOrNull(5),
                row.numberOrNull(6),
                row.text(7));
    }
}
