package io.miroir.store.job;

import io.miroir.proto.store.BeatJob;
import io.miroir.proto.store.ClaimJob;
import io.miroir.proto.store.CompleteJob;
import io.miroir.proto.store.DeleteJob;
import io.miroir.proto.store.EnqueueJobs;
import io.miroir.proto.store.FailJob;
import io.miroir.proto.store.NewJob;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.ReplaceJob;
import io.miroir.store.Change;
import io.miroir.store.engine.Outcomes;
import io.miroir.store.engine.Write;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Writes jobs. */
public final class JobApplier {
    private static final String TABLE = "jobs";

    /** Claims that ran out and are ended before one claim: more than one, so they don't pile up. */
    private static final int EXPIRED_PER_CLAIM = 8;

    private static final String NO_PROGRESS = "{}";
    private static final String CLAIM_RAN_OUT = "{\"message\":\"the claim was not renewed\"}";

    /** Doubling more often than this would pass any bound. */
    private static final int DOUBLINGS_MAX = 40;

    private JobApplier() {}

    public static Outcome enqueue(Write write, EnqueueJobs command) {
        List<NewJob> fresh = fresh(write, command.getJobList());
        if (!fits(write, fresh)) {
            return Outcomes.full(TABLE, write.limits().jobsMax());
        }
        fresh.forEach(job -> insert(write, job));
        return Outcomes.count(fresh.size());
    }

    public static Outcome claim(Write write, ClaimJob command) {
        endClaims(write, EXPIRED_PER_CLAIM);
        Optional<JobRow> ready =
                command.getTypeList().stream()
                        .flatMap(type -> readyLongest(write, command, type).stream())
                        .min(
                                Comparator.comparingLong((JobRow job) -> job.dates().readyAt())
                                        .thenComparing(job -> job.madeOf().id()));
        if (ready.isEmpty()) {
            return Outcomes.NOTHING;
        }
        String id = ready.get().madeOf().id();
        write.sql()
                .update(
                        "UPDATE jobs SET state = ?, claimed_by = ?, claim = ?, claim_expires_at = ?,"
                                + " attempts = attempts + 1 WHERE id = ?",
                        JobState.IN_PROGRESS.code(),
                        command.getPodId(),
                        write.nextEpoch(),
                        write.now() + command.getClaimMicros(),
                        id);
        changed(write, id);
        JobRow claimed = JobWords.get(write.sql(), id).orElseThrow();
        return Outcome.newBuilder().setJob(JobWords.words(claimed)).build();
    }

    public static Outcome beat(Write write, BeatJob command) {
        if (held(write, command.getId(), command.getClaim()).isEmpty()) {
            return Outcomes.NOTHING;
        }
        long until = write.now() + command.getClaimMicros();
        write.sql()
                .update(
                        "UPDATE jobs SET claim_expires_at = ?, progress_json ="
                                + " ifnull(?, progress_json) WHERE id = ?",
                        until,
                        command.hasProgressJson() ? command.getProgressJson() : null,
                        command.getId());
        return Outcomes.until(until);
    }

    public static Outcome complete(Write write, CompleteJob command) {
        if (held(write, command.getId(), command.getClaim()).isEmpty()) {
            return Outcomes.NOTHING;
        }
        List<NewJob> fresh = fresh(write, command.getFollowUpList());
        if (!fits(write, fresh)) {
            return Outcomes.full(TABLE, write.limits().jobsMax());
        }
        write.sql()
                .update(
                        "UPDATE jobs SET state = ?, claim_expires_at = NULL, progress_json = ?,"
                                + " ended_at = ? WHERE id = ?",
                        JobState.COMPLETED.code(),
                        command.getProgressJson(),
                        write.now(),
                        command.getId());
        changed(write, command.getId());
        fresh.forEach(job -> insert(write, job));
        return Outcomes.DONE;
    }

    public static Outcome fail(Write write, FailJob command) {
        Optional<JobRow> held = held(write, command.getId(), command.getClaim());
        return held.map(job -> endAttempt(write, job, command.getErrorJson(), command.getRetry()))
                .orElse(Outcomes.NOTHING);
    }

    public static Outcome delete(Write write, DeleteJob command) {
        int gone = remove(write, command.getId());
        if (gone > 0) {
            changed(write, command.getId());
        }
        return Outcomes.existed(gone > 0);
    }

    public static Outcome replace(Write write, ReplaceJob command) {
        NewJob job = command.getJob();
        boolean ended =
                JobWords.get(write.sql(), job.getId())
                        .filter(before -> before.state().isEnd())
                        .filter(before -> number(before) == command.getEndedClaim())
                        .isPresent();
        if (ended) {
            int _ = remove(write, job.getId());
            insert(write, job, command.getProgressJson());
        }
        return Outcomes.existed(ended);
    }

    /** Ends claims that ran out, removes jobs that ended long ago; answers how many at most. */
    public static int expire(Write write, int rowsMax) {
        int ended = endClaims(write, rowsMax);
        int gone =
                write.sql()
                        .update(
                                "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE ended_at"
                                        + " < ? ORDER BY ended_at, id LIMIT ?)",
                                write.now() - write.limits().jobRetentionMicros(),
                                rowsMax);
        write.rowsChanged(TABLE, -gone);
        return Math.max(ended, gone);
    }

    // ---- the parts

    /** Those that are not there yet, each once. */
    private static List<NewJob> fresh(Write write, List<NewJob> jobs) {
        List<NewJob> fresh = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (NewJob job : jobs) {
            if (seen.add(job.getId()) && JobWords.get(write.sql(), job.getId()).isEmpty()) {
                fresh.add(job);
            }
        }
        return fresh;
    }

    private static boolean fits(Write write, List<NewJob> fresh) {
        return fresh.isEmpty() || write.rows(TABLE) + fresh.size() <= write.limits().jobsMax();
    }

    private static void insert(Write write, NewJob job) {
        insert(write, job, NO_PROGRESS);
    }

    private static void insert(Write write, NewJob words, String progressJson) {
        io.miroir.store.job.NewJob job = JobWords.made(words);
        write.sql()
                .update(
                        "INSERT INTO jobs (id, type, partition, params_json, state, claim,"
                                + " progress_json, attempts, attempts_max, backoff, enqueued_at,"
                                + " ready_at) VALUES (?, ?, ?, ?, ?, 0, ?, 0, ?, ?, ?, ?)",
                        job.id(),
                        job.type(),
                        job.partition(),
                        job.paramsJson(),
                        JobState.QUEUED.code(),
                        progressJson,
                        job.attemptsMax(),
                        job.backoffMicros(),
                        write.now(),
                        write.now() + job.delayMicros());
        write.rowsChanged(TABLE, 1);
        changed(write, job.id());
    }

    private static int remove(Write write, String id) {
        int gone = write.sql().update("DELETE FROM jobs WHERE id = ?", id);
        write.rowsChanged(TABLE, -gone);
        return gone;
    }

    private static Optional<JobRow> readyLongest(Write write, ClaimJob command, String type) {
        String select = "SELECT " + JobWords.COLUMNS + " FROM jobs WHERE state = 0 AND type = ?";
        String order = " AND ready_at <= ? ORDER BY ready_at, id LIMIT 1";
        return command.hasPartition()
                ? write.sql()
                        .first(
                                select + " AND partition = ?" + order,
                                JobWords::row,
                                type,
                                command.getPartition(),
                                write.now())
                : write.sql().first(select + order, JobWords::row, type, write.now());
    }

    /** The job, if this claim on it still holds. */
    private static Optional<JobRow> held(Write write, String id, long claim) {
        return JobWords.get(write.sql(), id)
                .filter(job -> job.state() == JobState.IN_PROGRESS)
                .filter(job -> number(job) == claim)
                .filter(job -> expiresAt(job) > write.now());
    }

    /** Of one that was claimed. */
    private static long number(JobRow job) {
        return Objects.requireNonNull(job.claim()).number();
    }

    private static long expiresAt(JobRow job) {
        JobRow.Claim claim = Objects.requireNonNull(job.claim());
        return Objects.requireNonNull(claim.expiresAt());
    }

    private static int endClaims(Write write, int rowsMax) {
        List<JobRow> over =
                write.sql()
                        .all(
                                "SELECT "
                                        + JobWords.COLUMNS
                                        + " FROM jobs WHERE state = 1 AND claim_expires_at <= ?"
                                        + " ORDER BY claim_expires_at, id LIMIT ?",
                                JobWords::row,
                                write.now(),
                                rowsMax);
        over.forEach(job -> endAttempt(write, job, CLAIM_RAN_OUT, true));
        return over.size();
    }

    private static Outcome endAttempt(Write write, JobRow job, String errorJson, boolean retry) {
        boolean again = retry && job.attempts() < job.madeOf().attemptsMax();
        long readyAt = write.now() + backoffMicros(job);
        write.sql()
                .update(
                        "UPDATE jobs SET state = ?, claim_expires_at = NULL, error_json = ?,"
                                + " ready_at = ?, ended_at = ? WHERE id = ?",
                        (again ? JobState.QUEUED : JobState.FAILED).code(),
                        errorJson,
                        again ? readyAt : job.dates().readyAt(),
                        again ? null : write.now(),
                        job.madeOf().id());
        changed(write, job.madeOf().id());
        return again ? Outcomes.until(readyAt) : Outcomes.DONE;
    }

    private static long backoffMicros(JobRow job) {
        int doublings = Math.min(job.attempts() - 1, DOUBLINGS_MAX);
        double micros = (double) job.madeOf().backoffMicros() * (1L << doublings);
        return (long) Math.min(micros, (double) Jobs.BACKOFF_MICROS_MAX);
    }

    private static void changed(Write write, String id) {
        write.changed(new Change.RowChanged(TABLE, id));
    }
}
