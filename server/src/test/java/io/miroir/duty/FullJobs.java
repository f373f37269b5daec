package io.miroir.duty;

import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.job.NewJob;
import io.miroir.store.limit.LimitsRow;
import io.miroir.store.limit.StoreLimits;
import java.util.List;

/** A store that has room for one job, and has it. */
public final class FullJobs {
    /** The job that it has. */
    public static final String OTHER = "other";

    private FullJobs() {}

    /** From now on. */
    public static void in(TaskStore store) {
        LimitsRow limits = store.limits().get(ReadLevel.LOCAL);
        store.limits().set(withJobs(limits.limits(), 1), limits.version()).orThrow();
        store.jobs().enqueue(List.of(NewJob.of(OTHER, OTHER, "{}"))).orThrow();
    }

    private static StoreLimits withJobs(StoreLimits old, int jobsMax) {
        return new StoreLimits(
                old.tasksMax(),
                old.taskRetentionMicros(),
                old.idempotencyKeysMax(),
                old.idempotencyTtlMicros(),
                old.sessionsMax(),
                old.sessionTtlMicros(),
                jobsMax,
                old.jobRetentionMicros(),
                old.aliasHistoryMax(),
                old.canaryRunsMax(),
                old.cdcOverflowBytesMax(),
                old.rateBucketsMax());
    }
}
