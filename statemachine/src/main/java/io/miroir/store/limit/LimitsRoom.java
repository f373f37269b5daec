package io.miroir.store.limit;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.SetLimits;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;

/** {@link Limits} over commands and SQL. */
public final class LimitsRoom implements Limits {
    private final Proposer proposer;
    private final Reads reads;

    public LimitsRoom(Proposer proposer, Reads reads) {
        this.proposer = proposer;
        this.reads = reads;
    }

    @Override
    public LimitsRow get(ReadLevel level) {
        return reads.point(level, LimitsTable::get);
    }

    @Override
    public Reply<Setting> set(StoreLimits limits, long expectedVersion) {
        SetLimits.Builder set =
                SetLimits.newBuilder().setLimits(words(limits)).setExpectedVersion(expectedVersion);
        return proposer.propose(Command.newBuilder().setSetLimits(set), LimitsRoom::setting);
    }

    private static Setting setting(Outcome outcome) {
        return switch (outcome.getKindCase()) {
            case VERSION -> new Setting.Set(outcome.getVersion());
            case CHANGED -> new Setting.Changed(outcome.getChanged());
            default -> throw Proposer.unexpected(outcome);
        };
    }

    private static io.miroir.proto.store.Limits words(StoreLimits limits) {
        return io.miroir.proto.store.Limits.newBuilder()
                .setTasksMax(limits.tasksMax())
                .setTaskRetentionMicros(limits.taskRetentionMicros())
                .setIdempotencyKeysMax(limits.idempotencyKeysMax())
                .setIdempotencyTtlMicros(limits.idempotencyTtlMicros())
                .setSessionsMax(limits.sessionsMax())
                .setSessionTtlMicros(limits.sessionTtlMicros())
                .setJobsMax(limits.jobsMax())
                .setJobRetentionMicros(limits.jobRetentionMicros())
                .setAliasHistoryMax(limits.aliasHistoryMax())
                .setCanaryRunsMax(limits.canaryRunsMax())
                .setCdcOverflowBytesMax(limits.cdcOverflowBytesMax())
                .setRateBucketsMax(limits.rateBucketsMax())
                .build();
    }

    static StoreLimits read(io.miroir.proto.store.Limits words) {
        return new StoreLimits(
                words.getTasksMax(),
                words.getTaskRetentionMicros(),
                words.getIdempotencyKeysMax(),
                words.getIdempotencyTtlMicros(),
                words.getSessionsMax(),
                words.getSessionTtlMicros(),
                words.getJobsMax(),
                words.getJobRetentionMicros(),
                words.getAliasHistoryMax(),
                words.getCanaryRunsMax(),
                words.getCdcOverflowBytesMax(),
                words.getRateBucketsMax());
    }
}
