package io.miroir.capability.partitioned.repair;

import io.miroir.api.Json;
import io.miroir.core.repair.CopyPlan.Copy;
import io.miroir.duty.ClaimedJob;
import io.miroir.duty.ClaimedJob.Claiming;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyEnd;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.CopyJobs;
import io.miroir.store.index.IndexRow;
import io.miroir.store.job.NewJob;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What all pods know of one copy: who makes it and how far it is, so that the next one goes on from
 * there (protocol, rule 14).
 */
record RepairJob(ClaimedJob job) {
    /** Where a copy goes on that was not yet to be made sure of. */
    static final String CURSOR = "cursor";

    private static final int ATTEMPTS_MAX = 8;
    private static final long BACKOFF_MICROS = 500_000;

    /**
     * Takes a copy on; empty while another pod makes it, or it rests after a failure.
     *
     * @throws CopyFailedException if the store has no room for it
     */
    static Optional<RepairJob> claim(CopyContext context, IndexRow index, Copy copy) {
        String id = CopyJobs.id(index, copy.target());
        String params =
                Json.text(Json.object().put("index", index.uid()).put("node", copy.target()));
        NewJob wanted = new NewJob(id, CopyJobs.TYPE, id, params, ATTEMPTS_MAX, 0, BACKOFF_MICROS);
        return switch (ClaimedJob.claim(context.store(), context.podId(), wanted, _ -> true)) {
            case Claiming.Claimed(ClaimedJob job) ->
                    Optional.of(keepingEnd(new RepairJob(job), context.store().nowMicros()));
            case Claiming.NotNow _ -> Optional.empty();
            case Claiming.Full full -> throw new CopyFailedException(full.message());
        };
    }

    /** The row of a copy that has ended makes way for that of the next one; its end stays. */
    private static RepairJob keepingEnd(RepairJob claimed, long nowMicros) {
        claimed.job()
                .before()
                .flatMap(before -> CopyEnd.watched(before, nowMicros))
                .ifPresent(claimed::keep);
        return claimed;
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
