package io.miroir.duty;

import io.miroir.duty.ClaimedJob.Claiming;
import io.miroir.store.TaskStore;
import io.miroir.store.job.Jobs.Enqueueing;
import io.miroir.store.job.NewJob;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The room that the task store has for the jobs of a pod's duty. While there is none the store is
 * asked now and then, and not for each job that waits; and operators are told. For one thread.
 */
public final class RoomForJobs {
    private static final long ASK_AGAIN_MICROS = TimeUnit.SECONDS.toMicros(10);

    private final TaskStore store;
    private final Logger log;
    private final IntFunction<String> waiting;
    private final String over;
    private final Reminder reminder = new Reminder();

    /** The store's last answer; null if it had room. */
    private Enqueueing.@Nullable Full full;

    private long askedMicros;
    private int refused;
    private boolean found;

    /**
     * Nothing is known yet.
     *
     * @param waiting says of so many jobs that they wait
     * @param over says that they do no more
     */
    public RoomForJobs(TaskStore store, Logger log, IntFunction<String> waiting, String over) {
        this.store = store;
        this.log = log;
        this.waiting = waiting;
        this.over = over;
    }

    /** Enqueues a job that the store does not have, as far as this pod knows. */
    public Enqueueing enqueue(NewJob wanted) {
        Enqueueing.Full before = full;
        if (before != null && store.nowMicros() - askedMicros < ASK_AGAIN_MICROS) {
            refused++;
            return before;
        }
        askedMicros = store.nowMicros();
        Enqueueing now = store.jobs().enqueue(List.of(wanted)).orThrow();
        switch (now) {
            case Enqueueing.Full none -> {
                full = none;
                refused++;
            }
            case Enqueueing.Enqueued(int added) -> {
                // Else another pod has enqueued it, and that says nothing of room.
                if (added > 0) {
                    full = null;
                    found = true;
                }
            }
        }
        return now;
    }

    /**
     * Tells operators what the duty's step has met, also one that came to no end.
     *
     * @return how many jobs found no room in it
     */
    public int tell() {
        int jobs = refused;
        Enqueueing.Full none = full;
        if (jobs > 0 && none != null) {
            Claiming.Full why = new Claiming.Full(none.rowsMax());
            tell(true, waiting.apply(jobs) + ": " + why.message());
        } else if (found) {
            // A step that asked for nothing does not know.
            tell(false, over);
        }
        refused = 0;
        found = false;
        return jobs;
    }

    private void tell(boolean trouble, String what) {
        switch (reminder.met(trouble, store.nowMicros())) {
            case NOTHING -> {}
            case TROUBLE -> log.warn(what);
            case OVER -> log.info(what);
        }
    }
}
