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
    private long beatenMicros;

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
     * @param again whether a job that has ended is to be done once more
     * @return empty while another pod does it, it rests after a failure, or it is done
     */
    public static Optional<ClaimedJob> claim(
            TaskStore store, String podId, NewJob wanted, Predicate<JobRow> again) {
        Jobs jobs = store.jobs();
        Optional<JobRow> known = jobs.get(ReadLevel.LOCAL, wanted.id());
        if (known.isPresent() && !isReady(known.get(), store.nowMicros(), again)) {
            return Optional.empty();
        }
        if (known.isPresent() && isOver(known.get())) {
            jobs.delete(wanted.id()).orThrow();
        }
        jobs.enqueue(List.of(wanted)).orThrow();
        List<String> types = List.of(wanted.type());
        return jobs.claim(podId, types, wanted.partition(), micros(CLAIM)).orThrow()
                        instanceof Jobs.Claiming.Claimed claimed
                ? Optional.of(new ClaimedJob(store, claimed.job()))
                : Optional.empty();
    }

    /** Whether some pod does a job now, as far as anybody knows. */
    public static boolean isUnderWay(TaskStore store, String id) {
        return store.jobs()
                .get(ReadLevel.LOCAL, id)
                .filter(job -> job.state() == JobState.IN_PROGRESS)
                .filter(job -> !isExpired(job.claim(), store.nowMicros()))
                .isPresent();
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
