package io.miroir.duty;

import io.miroir.api.Json;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.job.JobRow;
import io.miroir.store.job.JobState;
import io.miroir.store.job.Jobs;
import io.miroir.store.job.NewJob;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Work that has a row in the store while this pod does it: claimed by its id, beaten for, ended. If
 * the pod is lost the claim runs out, and the next one goes on from what was saved.
 */
public final class ClaimedJob {
    private static final Duration CLAIM = Duration.ofSeconds(30);
    private static final Duration BEAT = Duration.ofSeconds(2);

    private final TaskStore store;
    private final Jobs jobs;
    private final String id;
    private final long claim;
    private final ObjectNode progress;
    private long beatenMicros;

    /** What came of an attempt to take a job on. */
    public sealed interface Claiming {
        /** It is this pod's to do. */
        record Claimed(ClaimedJob job) implements Claiming {}

        /** Another pod does it, it rests after a failure, or it is done. */
        record NotNow() implements Claiming {}

        /** The store has no room for one more. */
        record Full(int rowsMax) implements Claiming {
            /** What operators are told; the store counts it. */
            public String message() {
                return "the task store takes no more than "
                        + rowsMax
                        + " jobs (miroir_task_store_full_total)";
            }
        }
    }

    private ClaimedJob(TaskStore store, JobRow claimed) {
        this.store = store;
        this.jobs = store.jobs();
        this.beatenMicros = store.nowMicros();
        this.id = claimed.madeOf().id();
        this.claim = claimed.claim() == null ? 0 : claimed.claim().number();
        this.progress = Json.parseObject(claimed.progressJson());
    }

    /**
     * Takes a job on that is this pod's to do, and enqueues it first if need be.
     *
     * @param wanted its partition must be its own id
     * @param again what one that has ended begins with when it is done once more; empty if it is
     *     not to be
     */
    public static Claiming claim(
            TaskStore store,
            String podId,
            NewJob wanted,
            Function<JobRow, Optional<ObjectNode>> again) {
        return claim(
                store, podId, wanted, again, job -> store.jobs().enqueue(List.of(job)).orThrow());
    }

    /**
     * The same for a duty that does so again and again.
     *
     * @param enqueueing what the store answers, or would ({@link RoomForJobs})
     */
    public static Claiming claim(
            TaskStore store,
            String podId,
            NewJob wanted,
            Function<JobRow, Optional<ObjectNode>> again,
            Function<NewJob, Jobs.Enqueueing> enqueueing) {
        Optional<JobRow> known = store.jobs().get(ReadLevel.LOCAL, wanted.id());
        if (known.isEmpty()) {
            return switch (enqueueing.apply(wanted)) {
                case Jobs.Enqueueing.Full full -> new Claiming.Full(full.rowsMax());
                case Jobs.Enqueueing.Enqueued _ -> claim(store, podId, wanted);
            };
        }
        JobRow job = known.get();
        boolean ready =
                switch (job.state()) {
                    case QUEUED -> job.dates().readyAt() <= store.nowMicros();
                    case IN_PROGRESS -> isExpired(job.claim(), store.nowMicros());
                    case COMPLETED, FAILED ->
                            again.apply(job)
                                    .filter(progress -> replace(store, job, wanted, progress))
                                    .isPresent();
                };
        return ready ? claim(store, podId, wanted) : new Claiming.NotNow();
    }

    /**
     * Puts a job in the place of one that has ended. This pod's tables may lag: what another one
     * does by now does not make way.
     *
     * @param progress what it begins with
     * @return whether it was
     */
    public static boolean replace(
            TaskStore store, JobRow ended, NewJob wanted, ObjectNode progress) {
        long endedClaim = Objects.requireNonNull(ended.claim()).number();
        return store.jobs().replace(wanted, endedClaim, Json.text(progress)).orThrow();
    }

    private static Claiming claim(TaskStore store, String podId, NewJob wanted) {
        List<String> types = List.of(wanted.type());
        return switch (store.jobs()
                .claim(podId, types, wanted.partition(), micros(CLAIM))
                .orThrow()) {
            case Jobs.Claiming.Claimed claimed ->
                    new Claiming.Claimed(new ClaimedJob(store, claimed.job()));
            case Jobs.Claiming.Nothing _ -> new Claiming.NotNow();
        };
    }

    /** Whether some pod does a job now, as far as anybody knows. */
    public static boolean isUnderWay(TaskStore store, String id) {
        return store.jobs()
                .get(ReadLevel.LOCAL, id)
                .filter(job -> job.state() == JobState.IN_PROGRESS)
                .filter(job -> !isExpired(job.claim(), store.nowMicros()))
                .isPresent();
    }

    private static boolean isExpired(JobRow.@Nullable Claim claim, long nowMicros) {
        return claim == null || claim.expiresAt() == null || claim.expiresAt() <= nowMicros;
    }

    /** Which claim of the job this is: no other has the same. */
    public long claim() {
        return claim;
    }

    /** What is saved with the next step; to be written by the thread that does the work. */
    public ObjectNode progress() {
        return progress;
    }

    /** Whether it is time for a beat, by the store's time as the end of the claim is. */
    public boolean isBeatDue() {
        return store.nowMicros() - beatenMicros >= micros(BEAT);
    }

    /** Saves the progress and goes on; false if another pod does the job by now. */
    public boolean beat() {
        beatenMicros = store.nowMicros();
        return !(jobs.beat(id, claim, micros(CLAIM), Json.text(progress)).orThrow()
                instanceof Jobs.Step.Lost);
    }

    /** It is done. */
    public void complete() {
        jobs.complete(id, claim, Json.text(progress), List.of()).orThrow();
    }

    /** It is done, and makes room for others. */
    public void completeAndForget() {
        if (jobs.complete(id, claim, Json.text(progress), List.of()).orThrow()
                instanceof Jobs.Step.Completed) {
            jobs.delete(id).orThrow();
        }
    }

    /** Ends this attempt; what was reached is saved for the next. */
    public void fail(String why) {
        if (beat()) {
            jobs.fail(id, claim, Json.text(Json.object().put("message", why)), true).orThrow();
        }
    }

    private static long micros(Duration duration) {
        return TimeUnit.MILLISECONDS.toMicros(duration.toMillis());
    }
}
