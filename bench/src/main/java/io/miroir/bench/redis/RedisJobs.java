package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.job.JobRow;
import io.miroir.store.job.JobState;
import io.miroir.store.job.Jobs;
import io.miroir.store.job.NewJob;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code miroir:jobs:<id>} hashes and {@code miroir:jobs:enqueued}, which is a sorted set where
 * upstream has a list: jobs may be delayed. A claim that ran out is ended by the next claim.
 */
record RedisJobs(RedisPipeline writes, RedisPipeline reads, RedisLimits limits) implements Jobs {
    private static final String KEY = "miroir:jobs:";
    private static final long LOST = -1;
    private static final long NO_ROOM = -2;

    @Override
    public Reply<Enqueueing> enqueue(List<NewJob> jobs) {
        int max = limits.current().jobsMax();
        List<Object> arguments = new ArrayList<>(List.of("enqueue", max));
        jobs.forEach(job -> add(arguments, job));
        return writes.write(
                answer ->
                        RedisAnswer.number(answer) < 0
                                ? new Enqueueing.Full(max)
                                : new Enqueueing.Enqueued(RedisAnswer.count(answer)),
                RedisScript.JOBS,
                arguments.toArray());
    }

    @Override
    public Reply<Boolean> replace(NewJob job, long endedClaim, String progressJson) {
        List<Object> arguments = new ArrayList<>(List.of("replace", endedClaim, progressJson));
        add(arguments, job);
        return writes.write(RedisAnswer::existed, RedisScript.JOBS, arguments.toArray());
    }

    @Override
    public Reply<Claiming> claim(
            String podId, List<String> types, @Nullable String partition, long claimMicros) {
        List<Object> arguments = new ArrayList<>(List.of("claim", podId, claimMicros));
        arguments.addAll(List.of(partition == null ? 0 : 1, partition == null ? "" : partition));
        arguments.addAll(types);
        Reply<String> id =
                writes.write(
                        answer -> answer instanceof byte[] ? RedisConnections.text(answer) : "",
                        RedisScript.JOBS,
                        arguments.toArray());
        return switch (id) {
            case Reply.Refused<String> refused -> new Reply.Refused<>(refused.refusal());
            case Reply.Applied<String> applied ->
                    new Reply.Applied<>(applied.index(), claiming(applied.outcome()));
        };
    }

    private Claiming claiming(String id) {
        return id.isEmpty()
                ? new Claiming.Nothing()
                : new Claiming.Claimed(get(ReadLevel.LINEARIZABLE, id).orElseThrow());
    }

    @Override
    public Reply<Step> beat(
            String id, long claim, long claimMicros, @Nullable String progressJson) {
        return writes.write(
                answer -> {
                    long until = RedisAnswer.number(answer);
                    return until == LOST ? new Step.Lost() : new Step.Beaten(until);
                },
                RedisScript.JOBS,
                "beat",
                id,
                claim,
                claimMicros,
                progressJson == null ? 0 : 1,
                progressJson == null ? "" : progressJson);
    }

    @Override
    public Reply<Step> complete(
            String id, long claim, String progressJson, List<NewJob> followUps) {
        int max = limits.current().jobsMax();
        List<Object> arguments = new ArrayList<>(List.of("complete", id, claim, progressJson, max));
        followUps.forEach(job -> add(arguments, job));
        return writes.write(
                answer -> {
                    long code = RedisAnswer.number(answer);
                    return code == LOST
                            ? new Step.Lost()
                            : code == NO_ROOM ? new Step.Full(max) : new Step.Completed();
                },
                RedisScript.JOBS,
                arguments.toArray());
    }

    @Override
    public Reply<Step> fail(String id, long claim, String errorJson, boolean retry) {
        return writes.write(
                answer -> {
                    long readyAt = RedisAnswer.number(answer);
                    return readyAt == LOST
                            ? new Step.Lost()
                            : readyAt == 0 ? new Step.Failed() : new Step.Requeued(readyAt);
                },
                RedisScript.JOBS,
                "fail",
                id,
                claim,
                errorJson,
                retry ? 1 : 0);
    }

    @Override
    public Reply<Boolean> delete(String id) {
        return writes.write(RedisAnswer::existed, RedisScript.JOBS, "delete", id);
    }

    @Override
    public Optional<JobRow> get(ReadLevel level, String id) {
        return reads.hash(KEY + id).row(hash -> row(id, hash));
    }

    @Override
    public List<JobRow> list(ReadLevel level, @Nullable JobState state, int limit) {
        return reads.rows(KEY + "_index", id -> get(level, id))
                .filter(job -> state == null || job.state() == state)
                .sorted(Comparator.comparing(JobRow::state))
                .limit(limit)
                .toList();
    }

    @Override
    public Depth depth(ReadLevel level) {
        RedisHash states = reads.hash(KEY + "_depth");
        return new Depth(
                count(states, JobState.QUEUED),
                count(states, JobState.IN_PROGRESS),
                count(states, JobState.COMPLETED),
                count(states, JobState.FAILED));
    }

    private static long count(RedisHash states, JobState state) {
        return states.number(String.valueOf(state.code()));
    }

    private static void add(List<Object> arguments, NewJob job) {
        arguments.addAll(
                List.of(
                        job.id(),
                        job.type(),
                        job.partition(),
                        job.paramsJson(),
                        job.attemptsMax(),
                        job.delayMicros(),
                        job.backoffMicros()));
    }

    private static JobRow row(String id, RedisHash hash) {
        NewJob madeOf =
                new NewJob(
                        id,
                        hash.text("type"),
                        hash.text("partition"),
                        hash.text("params_json"),
                        (int) hash.number("attempts_max"),
                        hash.number("delay"),
                        hash.number("backoff"));
        String claimant = hash.textOrNull("claimed_by");
        return new JobRow(
                madeOf,
                JobState.ofCode((int) hash.number("state")),
                claimant == null
                        ? null
                        : new JobRow.Claim(
                                claimant,
                                hash.number("claim"),
                                hash.numberOrNull("claim_expires_at")),
                hash.text("progress_json"),
                hash.textOrNull("error_json"),
                (int) hash.number("attempts"),
                new JobRow.Dates(
                        hash.number("enqueued_at"),
                        hash.number("ready_at"),
                        hash.numberOrNull("ended_at")));
    }
}
