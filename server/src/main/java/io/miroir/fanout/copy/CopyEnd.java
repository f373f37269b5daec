package io.miroir.fanout.copy;

import io.miroir.api.Json;
import io.miroir.fanout.lane.Takeover;
import io.miroir.store.job.JobRow;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Up to where it was looked what a node took, when a copy to it ended. It stays with the copy's
 * job: what comes behind it, and is older, is a request that its sender had given up.
 *
 * @param task the last one of the node that was looked at
 * @param position up to there all that was written in the lane had ended on both nodes
 * @param atMicros when that was, in the store's time
 */
public record CopyEnd(long task, long position, long atMicros) {
    private static final String TASK = "end_task";
    private static final String POSITION = "end_position";
    private static final String AT = "end_at";

    /** As a job has kept it; empty before a copy to its node came to an end. */
    public static Optional<CopyEnd> of(JobRow job) {
        return of(Json.parseObject(job.progressJson()));
    }

    /**
     * The same, as long as it is looked at what comes behind it. The job's own end says nothing of
     * it: that may be another copy's which failed, or none may be made any more.
     */
    public static Optional<CopyEnd> watched(JobRow job, long nowMicros) {
        return of(job).filter(end -> end.isWatched(nowMicros));
    }

    /** Whether it is still looked at what comes behind it. */
    public boolean isWatched(long nowMicros) {
        return nowMicros - atMicros <= Takeover.WATCHED_MICROS;
    }

    /** The same copy's end, of which everything up to a later task of the node was seen to. */
    public CopyEnd through(long later) {
        return new CopyEnd(later, position, atMicros);
    }

    /** Whether it is the same copy's, and more was seen to. */
    public boolean isBeyond(CopyEnd before) {
        return task > before.task && equals(before.through(task));
    }

    /** As a job is to keep it. */
    public static Optional<CopyEnd> of(ObjectNode progress) {
        return progress.has(TASK) && progress.has(POSITION) && progress.has(AT)
                ? Optional.of(
                        new CopyEnd(
                                progress.path(TASK).asLong(),
                                progress.path(POSITION).asLong(),
                                progress.path(AT).asLong()))
                : Optional.empty();
    }

    /** Goes with what a job keeps. */
    public void keepIn(ObjectNode progress) {
        progress.put(TASK, task).put(POSITION, position).put(AT, atMicros);
    }

    /** Takes it from what a job keeps, or operators are told. */
    public static void removeFrom(ObjectNode progress) {
        progress.remove(TASK);
        progress.remove(POSITION);
        progress.remove(AT);
    }
}
