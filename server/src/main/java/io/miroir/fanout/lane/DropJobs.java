package io.miroir.fanout.lane;

import io.miroir.api.Json;
import io.miroir.store.ReadLevel;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.TaskStore;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.index.IndexRow;
import io.miroir.store.job.JobRow;
import io.miroir.store.job.Jobs;
import io.miroir.store.job.NewJob;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs that take an index from nodes that may keep it: they were down when it was deleted, did not
 * do what they were told, or may still take a late request that makes it anew. They are known
 * before the index leaves the catalogue: what that has forgotten nobody looks for (ADR 0025).
 */
public final class DropJobs {
    /** Jobs of this type are such. */
    public static final String TYPE = "index_drop";

    private static final Logger LOG = LoggerFactory.getLogger(DropJobs.class);
    private static final String INCARNATION = "incarnation";
    private static final long BACKOFF_MICROS = 1_000_000;
    private static final Duration PAUSE = Duration.ofMillis(50);

    /** A request that nobody waits for any more comes to its node within that time. */
    private static final long LATE_MICROS = TimeUnit.MINUTES.toMicros(2);

    /** Jobs that may wait: whoever does them lists them. */
    private static final int WAITING_MAX = Jobs.LIST_LIMIT_MAX;

    /** While a node is down the other jobs need room, copies above all. */
    private static final int SHARE_OF_ROOM = 2;

    private DropJobs() {}

    /**
     * Takes note of an index that goes, or never came to be. One that stays is left alone.
     *
     * @param late whether a request may still come to a node that makes it anew
     */
    public static void note(TaskStore store, long incarnation, boolean late) {
        String index = IndexRow.physicalUid(incarnation);
        String id = TYPE + '/' + index;
        String params = Json.text(Json.object().put(INCARNATION, incarnation));
        long delay = late ? LATE_MICROS : 0;
        NewJob job = new NewJob(id, TYPE, id, params, Jobs.ATTEMPTS_MAX, delay, BACKOFF_MICROS);
        if (!isRoom(store)
                || store.jobs().enqueue(List.of(job)).orThrow() instanceof Jobs.Enqueueing.Full) {
            LOG.warn("nodes may keep index {}, which goes: too many jobs wait", index);
        }
    }

    /**
     * The same for one that nodes were told to drop already: the store is asked again while it is
     * busy. Where that lasts longer than patience, whoever settles its deletion takes note of it.
     */
    static void noteSurely(TaskStore store, long incarnation, boolean late, Duration patience)
            throws InterruptedException {
        long giveUpNanos = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                note(store, incarnation, late);
                return;
            } catch (StoreUnavailableException busy) {
                if (System.nanoTime() > giveUpNanos) {
                    LOG.warn(
                            "that index {} goes is not noted yet: {}",
                            incarnation,
                            busy.getMessage());
                    return;
                }
                Thread.sleep(PAUSE);
            }
        }
    }

    private static boolean isRoom(TaskStore store) {
        int most = store.limits().get(ReadLevel.LOCAL).limits().jobsMax() / SHARE_OF_ROOM;
        return store.jobs().depth(ReadLevel.LOCAL).queued() < Math.min(most, WAITING_MAX);
    }

    /** The index that a job is about. */
    public static long incarnation(JobRow job) {
        return Json.parse(job.madeOf().paramsJson()).path(INCARNATION).asLong();
    }

    /** Whether an index goes by them. */
    static boolean delete(List<IndexEffect> effects) {
        return effects.stream().anyMatch(IndexEffect.Deleted.class::isInstance);
    }
}
