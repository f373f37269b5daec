package io.miroir.store.job;

import io.miroir.proto.store.Job;
import io.miroir.sqlite.Cursor;
import io.miroir.sqlite.Sql;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Jobs as rows and as words of the log. */
final class JobWords {
    static final String COLUMNS =
            "id, type, partition, params_json, state, claimed_by, claim, claim_expires_at,"
                    + " progress_json, error_json, attempts, attempts_max, backoff, enqueued_at,"
                    + " ready_at, ended_at";

    private JobWords() {}

    static Optional<JobRow> get(Sql sql, String id) {
        return sql.first("SELECT " + COLUMNS + " FROM jobs WHERE id = ?", JobWords::row, id);
    }

    static List<JobRow> list(Sql sql, @Nullable JobState state, int limit) {
        String select = "SELECT " + COLUMNS + " FROM jobs ";
        return state == null
                ? sql.all(select + "ORDER BY state, id LIMIT ?", JobWords::row, limit)
                : sql.all(
                        select + "WHERE state = ? ORDER BY id LIMIT ?",
                        JobWords::row,
                        state.code(),
                        limit);
    }

    static JobRow row(Cursor row) {
        long enqueuedAt = row.number(14);
        String claimedBy = row.textOrNull(6);
        return new JobRow(
                new NewJob(
                        row.text(1),
                        row.text(2),
                        row.text(3),
                        row.text(4),
                        row.integer(12),
                        0,
                        row.number(13)),
                JobState.ofCode(row.integer(5)),
                claimedBy == null
                        ? null
                        : new JobRow.Claim(claimedBy, row.number(7), row.numberOrNull(8)),
                row.text(9),
                row.textOrNull(10),
                row.integer(11),
                new JobRow.Dates(enqueuedAt, row.number(15), row.numberOrNull(16)));
    }

    static io.miroir.proto.store.NewJob words(NewJob job) {
        return io.miroir.proto.store.NewJob.newBuilder()
                .setId(job.id())
                .setType(job.type())
                .setPartition(job.partition())
                .setParamsJson(job.paramsJson())
                .setAttemptsMax(job.attemptsMax())
                .setDelayMicros(job.delayMicros())
                .setBackoffMicros(job.backoffMicros())
                .build();
    }

    static Job words(JobRow row) {
        Job.Builder words =
                Job.newBuilder()
                        .setMadeOf(words(row.madeOf()))
                        .setState(row.state().code())
                        .setProgressJson(row.progressJson())
                        .setAttempts(row.attempts())
                        .setEnqueuedAtMicros(row.dates().enqueuedAt())
                        .setReadyAtMicros(row.dates().readyAt());
        JobRow.Claim claim = row.claim();
        if (claim != null) {
            words.setClaimedBy(claim.podId()).setClaim(claim.number());
            if (claim.expiresAt() != null) {
                words.setClaimExpiresAtMicros(claim.expiresAt());
            }
        }
        if (row.errorJson() != null) {
            words.setErrorJson(row.errorJson());
        }
        if (row.dates().endedAt() != null) {
            words.setEndedAtMicros(row.dates().endedAt());
        }
        return words.build();
    }

    /**
     * What is to be done.
     *
     * @throws IllegalArgumentException if it is no job: its row could not be read again
     */
    static NewJob made(io.miroir.proto.store.NewJob words) {
        return new NewJob(
                words.getId(),
                words.getType(),
                words.getPartition(),
                words.getParamsJson(),
                words.getAttemptsMax(),
                words.getDelayMicros(),
                words.getBackoffMicros());
    }

    static JobRow row(Job words) {
        return new JobRow(
                made(words.getMadeOf()),
                JobState.ofCode(words.getState()),
                words.hasClaimedBy()
                        ? new JobRow.Claim(
                                words.getClaimedBy(),
                                words.getClaim(),
                                words.hasClaimExpiresAtMicros()
                                        ? words.getClaimExpiresAtMicros()
                                        : null)
                        : null,
                words.getProgressJson(),
                words.hasErrorJson() ? words.getErrorJson() : null,
                words.getAttempts(),
                new JobRow.Dates(
                        words.getEnqueuedAtMicros(),
                        words.getReadyAtMicros(),
                        words.hasEndedAtMicros() ? words.getEndedAtMicros() : null));
    }
}
