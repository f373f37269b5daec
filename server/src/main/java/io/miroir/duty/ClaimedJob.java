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
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
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
    private final Optional<JobRow> before;
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

    private ClaimedJob(TaskStore store, JobRow claimed, Optional<JobRow> before) {
        this.store = store;
        this.jobs = store.jobs();
        this.beatenMicros = store.nowMicros();
        this.id = claimed.madeOf().id();
        this.claim = claimed.claim() == null ? 0 : claimed.claim().number();
        this.progress = Json.parseObject(claimed.progressJson());
        this.before = before;
    }

    /**
     * Takes a job on that is this pod's to do, and enqueues it first if need be.
     *
     * @param wanted its partition must be its own id
     * @param again whether a job that has ended is to be done once more
     */
    public static Claiming claim(
            TaskStore store, String podId, NewJob wanted, Predicate<JobRow> again) {
        Jobs jobs = store.jobs();
        Optional<JobRow> known = jobs.get(ReadLevel.LOCAL, wanted.id());
        Optional<JobRow> over = Optional.empty();
        if (isReady(store, known, again) && known.filter(ClaimedJob::isOver).isPresent()) {
            // This pod's tables may lag: what another one does by now must not make way.
            known = jobs.get(ReadLevel.LINEARIZABLE, wanted.id());
            over = known.filter(ClaimedJob::isOver);
        }
        if (!isReady(store, known, again)) {
            return new Claiming.NotNow();
        }
        if (over.isPresent()) {
            jobs.delete(wanted.id()).orThrow();
        }
        return switch (jobs.enqueue(List.of(wanted)).orThrow()) {
            case Jobs.Enqueueing.Full full -> new Claiming.Full(full.rowsMax());
            case Jobs.Enqueueing.Enqueued _ -> claim(store, podId, wanted, over);
        };
    }

    private static Claiming claim(
            TaskStore store, String podId, NewJob wanted, Optional<JobRow> before) {
        List<String> types = List.of(wanted.type());
        return switch (store.jobs()
                .claim(podId, types, wanted.partition(), micros(CLAIM))
                .orThrow()) {
            case Jobs.Claiming.Claimed claimed ->
                    new Claiming.Claimed(new ClaimedJob(store, claimed.job(), before));
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

    private static boolean isReady(
            TaskStore store, Optional<JobRow> known, Predicate<JobRow> again) {
        return known.isEmpty() || isReady(known.get(), store.nowMicros(), again);
    }

    private static boolean isReady(JobRow job, long nowMicros, Predicate<JobRow> again) {
        return switch (job.state()) {
            case QUEUED -> job.dates().readyAt() <= nowMicros;
            case IN_PROGRESS -> isExpired(job.claim(), nowMicros);
            case COMPLETED, FAILED -> again.test(job);
        };
    }

    private static boolean isOver(JobRow job) {
        return switch (job.state()) {
            case COMPLETED, FAILED -> true;
            case QUEUED, IN_PROGRESS -> false;
        };
    }

    private static boolean isExpired(JobRow.@Nullable Claim claim, long nowMicros) {
        return claim == null || claim.expiresAt() == null || claim.expiresAt() <= nowMicros;
    }

    /** Which claim of the job this is: no other has the same. */
    public long claim() {
        return claim;
    }

    /** What made way for it: the same job as it had ended before. */
    public Optional<JobRow> before() {
        return before;
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
