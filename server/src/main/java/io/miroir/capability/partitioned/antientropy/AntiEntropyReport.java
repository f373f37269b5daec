package io.miroir.capability.partitioned.antientropy;

import io.miroir.api.Json;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.IndexView;
import io.miroir.duty.ClaimedJob;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.job.JobRow;
import io.miroir.store.job.JobState;
import io.miroir.store.job.NewJob;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** What operators are told of the comparison of replicas, and how they ask for it. */
public final class AntiEntropyReport {
    /** Longer than a command takes. */
    private static final long RESTS_MICROS = 200_000;

    private final TaskStore store;
    private final ClusterView view;

    /** Over what the store keeps of passes. */
    public AntiEntropyReport(TaskStore store, ClusterView view) {
        this.store = store;
        this.view = view;
    }

    /** The last pass over each index, or the one under way. */
    public ObjectNode all() {
        ObjectNode body = Json.object();
        ObjectNode indexes = body.putObject("indexes");
        for (IndexView index : view.indexes()) {
            Optional<JobRow> pass = store.jobs().get(ReadLevel.LOCAL, AntiEntropy.id(index.row()));
            ObjectNode one = indexes.putObject(index.row().uid());
            one.put("state", pass.map(AntiEntropyReport::state).orElse("never"));
            pass.ifPresent(
                    job -> {
                        one.setAll(Json.parseObject(job.progressJson()));
                        Long endedAt = job.dates().endedAt();
                        one.put(
                                "ended_seconds_ago",
                                endedAt == null ? null : (store.nowMicros() - endedAt) / 1_000_000);
                        if (job.errorJson() != null) {
                            one.put(
                                    "error",
                                    Json.parseObject(job.errorJson()).path("message").asString(""));
                        }
                    });
        }
        return body;
    }

    /**
     * Asks for a pass over each index now, which goes on where the one before ended if passes are
     * of some shards only; those under way, or about to begin, go on. One that waits after it
     * failed begins anew. What is told from here on is of these passes.
     */
    public void begin() {
        view.catchUp();
        view.indexes().forEach(this::begin);
        view.catchUp();
    }

    private void begin(IndexView index) {
        Optional<JobRow> pass = store.jobs().get(ReadLevel.LOCAL, AntiEntropy.id(index.row()));
        NewJob wanted = AntiEntropy.job(index.row(), AntiEntropy.next(pass));
        // In the place of one that has ended at once: where the table is full, what that has found
        // would go, and nothing come.
        boolean replaced =
                pass.filter(job -> job.state().isEnd())
                        .filter(ended -> ClaimedJob.replace(store, ended, wanted, Json.object()))
                        .isPresent();
        if (pass.filter(this::restsForLong).isPresent()) {
            // Nobody can have claimed it meanwhile: it is not ready for as long as it rests.
            store.jobs().delete(wanted.id()).orThrow();
        }
        if (!replaced) {
            // One that waits or runs has this id, and is left alone.
            store.jobs().enqueue(List.of(wanted)).orThrow();
        }
    }

    private boolean restsForLong(JobRow job) {
        return job.state() == JobState.QUEUED
                && job.dates().readyAt() - store.nowMicros() > RESTS_MICROS;
    }

    private static String state(JobRow job) {
        return switch (job.state()) {
            case QUEUED -> "waiting";
            case IN_PROGRESS -> "running";
            case COMPLETED -> "done";
            case FAILED -> "failed";
        };
    }
}
