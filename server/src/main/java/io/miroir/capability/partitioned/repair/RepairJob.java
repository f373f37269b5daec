package io.miroir.capability.partitioned.repair;

import io.miroir.api.Json;
import io.miroir.core.repair.CopyPlan.Copy;
import io.miroir.duty.ClaimedJob;
import io.miroir.duty.ClaimedJob.Claiming;
import io.miroir.duty.RoomForJobs;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyEnd;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.CopyJobs;
import io.miroir.store.TaskStore;
import io.miroir.store.index.IndexRow;
import io.miroir.store.job.JobRow;
import io.miroir.store.job.NewJob;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import tools.jackson.databind.node.ObjectNode;

/**
 * What all pods know of one copy: who makes it and how far it is, so that the next one goes on from
 * there (protocol, rule 14).
 */
record RepairJob(ClaimedJob job) {
    /** Where a copy goes on that was not yet to be made sure of. */
    static final String CURSOR = "cursor";

    private static final int ATTEMPTS_MAX = 8;
    private static final long BACKOFF_MICROS = 500_000;

    /** The room that copies find in the store. */
    static RoomForJobs room(TaskStore store, Logger log) {
        return new RoomForJobs(
                store, log, jobs -> jobs + " copies do not begin", "copies find room again");
    }

    /**
     * Takes a copy on that is this pod's to make; empty if another one makes it, it rests after a
     * failure, or there is no room for it.
     */
    static Optional<RepairJob> claim(
            CopyContext context, IndexRow index, Copy copy, RoomForJobs room) {
        String id = CopyJobs.id(index, copy.target());
        String params =
                Json.text(Json.object().put("index", index.uid()).put("node", copy.target()));
        NewJob wanted = new NewJob(id, CopyJobs.TYPE, id, params, ATTEMPTS_MAX, 0, BACKOFF_MICROS);
        long nowMicros = context.store().nowMicros();
        return switch (ClaimedJob.claim(
                context.store(),
                context.podId(),
                wanted,
                ended -> Optional.of(kept(ended, nowMicros)),
                room::enqueue)) {
            case Claiming.Claimed(ClaimedJob job) ->
                    Optional.of(new RepairJob(job).forgetting(nowMicros));
            case Claiming.NotNow _, Claiming.Full _ -> Optional.empty();
        };
    }

    /** The end of a copy stays when its row makes way for the next one's. */
    private static ObjectNode kept(JobRow ended, long nowMicros) {
        ObjectNode progress = Json.object();
        CopyEnd.watched(ended, nowMicros).ifPresent(end -> end.keepIn(progress));
        return progress;
    }

    /** Without an end that nobody looks behind any more. */
    private RepairJob forgetting(long nowMicros) {
        if (end().filter(end -> !end.isWatched(nowMicros)).isPresent()) {
            CopyEnd.removeFrom(job.progress());
        }
        return this;
    }

    /** Where the last copy to the node has ended that came so far, this one or one before. */
    Optional<CopyEnd> end() {
        return CopyEnd.of(job.progress());
    }

    /**
     * Keeps where a copy ends, before it does: from there on it is looked what comes late.
     *
     * @throws CopyFailedException if another pod makes the copy by now
     */
    void keep(CopyEnd end) {
        end.keepIn(job.progress());
        beat();
    }

    /**
     * Keeps with the next step up to where it was seen to what came behind the last end. An attempt
     * that is begun again once it has kept an end of its own goes on behind the one before, which
     * says nothing any more.
     */
    void reached(CopyEnd seen) {
        if (end().filter(seen::isBeyond).isPresent()) {
            seen.keepIn(job.progress());
        }
    }

    /** How far a copy was that was not yet to be made sure of; null for none. */
    @Nullable String cursor() {
        return job.progress().path(CURSOR).asString(null);
    }

    /** Keeps how far the copy is; null if what was copied is to be made sure of. */
    void at(@Nullable String cursor) {
        job.progress().put(CURSOR, cursor);
    }

    /** Keeps what operators want to know. */
    void tell(String phase, Copy copy, Counts counts) {
        job.progress()
                .put("phase", phase)
                .put("source", copy.source())
                .put("shards", copy.shards().size())
                .put("compared", counts.compared())
                .put("copied", counts.put())
                .put("removed", counts.removed());
    }

    /**
     * Goes on.
     *
     * @throws CopyFailedException if another pod makes the copy by now
     */
    void beat() {
        if (!job.beat()) {
            throw new CopyFailedException("another pod makes the copy");
        }
    }

    /** What was done so far. */
    record Counts(long compared, long put, long removed) {}
}
