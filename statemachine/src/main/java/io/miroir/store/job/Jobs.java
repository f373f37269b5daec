package io.miroir.store.job;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The queue of background work (mode C): a pod claims a job for a time, beats while it works, saves
 * its cursor, and ends it. A claim that is not renewed in time is over: the job goes to the next
 * claimant, and whoever held it is refused from then on.
 *
 * <p>Cap: the limits' {@code jobsMax}, all states together. Ended jobs go after the limits' {@code
 * jobRetentionMicros}; queued ones stay.
 */
public interface Jobs {

    /**
     * Takes all of them in, or none; jobs whose id is known are left as they are.
     *
     * @param jobs at most {@link #ENQUEUE_MAX}
     */
    Reply<Enqueueing> enqueue(List<NewJob> jobs);

    /**
     * Puts a job in the place of the one of its id that has ended, in one step: nobody ever finds
     * neither, and it needs no room.
     *
     * @param endedClaim the number of the claim under which that one has ended
     * @param progressJson what the new one begins with
     * @return whether it was; else the other one is gone, or done once more by now
     */
    Reply<Boolean> replace(NewJob job, long endedClaim, String progressJson);

    /**
     * Takes the job that has been ready longest.
     *
     * @param types any of these, 1 to {@link #TYPES_MAX}
     * @param partition only of this one; null for any
     * @param claimMicros how long the claim lasts without a beat, 1 ms to {@link #CLAIM_MICROS_MAX}
     */
    Reply<Claiming> claim(
            String podId, List<String> types, @Nullable String partition, long claimMicros);

    /**
     * Goes on, for {@code claimMicros} from now.
     *
     * @param progressJson replaces what was saved; null keeps it
     */
    Reply<Step> beat(String id, long claim, long claimMicros, @Nullable String progressJson);

    /**
     * Ends it well, and takes in what follows from it, in one step: a job that splits itself is
     * done if and only if its parts are queued.
     */
    Reply<Step> complete(String id, long claim, String progressJson, List<NewJob> followUps);

    /**
     * Ends the attempt badly.
     *
     * @param retry whether it is worth another attempt, if one is left
     */
    Reply<Step> fail(String id, long claim, String errorJson, boolean retry);

    /** Forgets a job in any state; answers whether there was one. */
    Reply<Boolean> delete(String id);

    /** One job, whatever its state; empty if there is none. */
    Optional<JobRow> get(ReadLevel level, String id);

    /**
     * By state, then id.
     *
     * @param state null for all
     * @param limit 1 to {@link #LIST_LIMIT_MAX}
     */
    List<JobRow> list(ReadLevel level, @Nullable JobState state, int limit);

    /** How many there are by state. A job whose claim ran out counts as in progress. */
    Depth depth(ReadLevel level);

    int ENQUEUE_MAX = 1_000;

    int TYPES_MAX = 16;

    int LIST_LIMIT_MAX = 10_000;

    int ID_CHARS_MAX = 256;

    int ATTEMPTS_MAX = 1_000;

    long CLAIM_MICROS_MAX = 3_600_000_000L;

    long BACKOFF_MICROS_MAX = 3_600_000_000L;

    /** Jobs by state. */
    record Depth(long queued, long inProgress, long completed, long failed) {}

    /** What came of an {@link #enqueue}. */
    sealed interface Enqueueing {
        /**
         * All are there.
         *
         * @param added how many were not before
         */
        record Enqueued(int added) implements Enqueueing {}

        /** There is no room for all; none was taken. */
        record Full(int rowsMax) implements Enqueueing {}
    }

    /** What came of a {@link #claim}. */
    sealed interface Claiming {
        /** The job, with its claim. */
        record Claimed(JobRow job) implements Claiming {}

        /** None is ready. */
        record Nothing() implements Claiming {}
    }

    /** What came of a claimant's step. */
    sealed interface Step {
        /** The claim holds until then. */
        record Beaten(long expiresAt) implements Step {}

        record Completed() implements Step {}

        /** It is queued again, and ready from then on. */
        record Requeued(long readyAt) implements Step {}

        /** It has failed for good. */
        record Failed() implements Step {}

        /** The claim is over: another pod may be working on it. */
        record Lost() implements Step {}

        /** There is no room for what follows; the job goes on as it is. */
        record Full(int rowsMax) implements Step {}
    }
}
