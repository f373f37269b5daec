package io.miroir.store.job;

import io.miroir.proto.store.BeatJob;
import io.miroir.proto.store.ClaimJob;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.CompleteJob;
import io.miroir.proto.store.DeleteJob;
import io.miroir.proto.store.EnqueueJobs;
import io.miroir.proto.store.FailJob;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.ReplaceJob;
import io.miroir.sqlite.Sql;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@link Jobs} over commands and SQL. */
public final class JobRoom implements Jobs {
    private static final long CLAIM_MICROS_MIN = 1_000;

    private final Proposer proposer;
    private final Reads reads;

    public JobRoom(Proposer proposer, Reads reads) {
        this.proposer = proposer;
        this.reads = reads;
    }

    @Override
    public Reply<Enqueueing> enqueue(List<NewJob> jobs) {
        EnqueueJobs.Builder enqueue = EnqueueJobs.newBuilder();
        jobs(jobs).forEach(enqueue::addJob);
        return proposer.propose(
                Command.newBuilder().setEnqueueJobs(enqueue),
                outcome ->
                        outcome.hasFull()
                                ? new Enqueueing.Full(outcome.getFull().getRowsMax())
                                : new Enqueueing.Enqueued(Math.toIntExact(outcome.getCount())));
    }

    @Override
    public Reply<Boolean> replace(NewJob job, long endedClaim, String progressJson) {
        ReplaceJob.Builder replace =
                ReplaceJob.newBuilder()
                        .setJob(JobWords.words(job))
                        .setEndedClaim(endedClaim)
                        .setProgressJson(progressJson);
        return proposer.propose(Command.newBuilder().setReplaceJob(replace), Outcome::getExisted);
    }

    @Override
    public Reply<Claiming> claim(
            String podId, List<String> types, @Nullable String partition, long claimMicros) {
        if (types.isEmpty() || types.size() > TYPES_MAX) {
            throw new IllegalArgumentException(types.size() + " types, 1 to " + TYPES_MAX);
        }
        ClaimJob.Builder claim =
                ClaimJob.newBuilder()
                        .setPodId(podId)
                        .addAllType(types)
                        .setClaimMicros(claimMicros(claimMicros));
        if (partition != null) {
            claim.setPartition(partition);
        }
        return proposer.propose(
                Command.newBuilder().setClaimJob(claim),
                outcome ->
                        outcome.hasJob()
                                ? new Claiming.Claimed(JobWords.row(outcome.getJob()))
                                : new Claiming.Nothing());
    }

    @Override
    public Reply<Step> beat(
            String id, long claim, long claimMicros, @Nullable String progressJson) {
        BeatJob.Builder beat =
                BeatJob.newBuilder()
                        .setId(id)
                        .setClaim(claim)
                        .setClaimMicros(claimMicros(claimMicros));
        if (progressJson != null) {
            beat.setProgressJson(progressJson);
        }
        return proposer.propose(
                Command.newBuilder().setBeatJob(beat),
                outcome ->
                        outcome.hasUntilMicros()
                                ? new Step.Beaten(outcome.getUntilMicros())
                                : new Step.Lost());
    }

    @Override
    public Reply<Step> complete(
            String id, long claim, String progressJson, List<NewJob> followUps) {
        CompleteJob.Builder complete =
                CompleteJob.newBuilder().setId(id).setClaim(claim).setProgressJson(progressJson);
        jobs(followUps).forEach(complete::addFollowUp);
        return proposer.propose(
                Command.newBuilder().setCompleteJob(complete),
                outcome ->
                        switch (outcome.getKindCase()) {
                            case DONE -> new Step.Completed();
                            case FULL -> new Step.Full(outcome.getFull().getRowsMax());
                            case NOTHING -> new Step.Lost();
                            default -> throw Proposer.unexpected(outcome);
                        });
    }

    @Override
    public Reply<Step> fail(String id, long claim, String errorJson, boolean retry) {
        FailJob.Builder fail =
                FailJob.newBuilder()
                        .setId(id)
                        .setClaim(claim)
                        .setErrorJson(errorJson)
                        .setRetry(retry);
        return proposer.propose(
                Command.newBuilder().setFailJob(fail),
                outcome ->
                        switch (outcome.getKindCase()) {
                            case DONE -> new Step.Failed();
                            case UNTIL_MICROS -> new Step.Requeued(outcome.getUntilMicros());
                            case NOTHING -> new Step.Lost();
                            default -> throw Proposer.unexpected(outcome);
                        });
    }

    @Override
    public Reply<Boolean> delete(String id) {
        return proposer.propose(
                Command.newBuilder().setDeleteJob(DeleteJob.newBuilder().setId(id)),
                Outcome::getExisted);
    }

    @Override
    public Optional<JobRow> get(ReadLevel level, String id) {
        return reads.point(level, sql -> JobWords.get(sql, id));
    }

    @Override
    public List<JobRow> list(ReadLevel level, @Nullable JobState state, int limit) {
        if (limit < 1 || limit > LIST_LIMIT_MAX) {
            throw new IllegalArgumentException(limit + " rows, 1 to " + LIST_LIMIT_MAX);
        }
        return reads.scan(level, sql -> JobWords.list(sql, state, limit));
    }

    @Override
    public Depth depth(ReadLevel level) {
        return reads.scan(
                level,
                sql ->
                        new Depth(
                                count(sql, JobState.QUEUED),
                                count(sql, JobState.IN_PROGRESS),
                                count(sql, JobState.COMPLETED),
                                count(sql, JobState.FAILED)));
    }

    private static long count(Sql sql, JobState state) {
        return sql.number("SELECT count(*) FROM jobs WHERE state = ?", state.code());
    }

    private static List<io.miroir.proto.store.NewJob> jobs(List<NewJob> jobs) {
        if (jobs.size() > ENQUEUE_MAX) {
            throw new IllegalArgumentException(jobs.size() + " jobs, at most " + ENQUEUE_MAX);
        }
        return jobs.stream().map(JobWords::words).toList();
    }

    private static long claimMicros(long claimMicros) {
        if (claimMicros < CLAIM_MICROS_MIN || claimMicros > CLAIM_MICROS_MAX) {
            throw new IllegalArgumentException("a claim of " + claimMicros + " µs");
        }
        return claimMicros;
    }
}
