package io.miroir.capability.partitioned.antientropy;

import io.miroir.api.Json;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.IndexView;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.job.JobRow;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** What operators are told of the comparison of replicas, and how they ask for it. */
public final class AntiEntropyReport {
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
     * of some shards only; those under way go on.
     */
    public void begin() {
        for (IndexView index : view.indexes()) {
            String id = AntiEntropy.id(index.row());
            Optional<JobRow> pass = store.jobs().get(ReadLevel.LOCAL, id);
            int first = AntiEntropy.next(pass);
            boolean runs = pass.map(AntiEntropyReport::state).filter("running"::equals).isPresent();
            if (pass.isPresent() && !runs) {
                store.jobs().delete(id).orThrow();
            }
            // One that runs has this id, and is left alone.
            store.jobs().enqueue(List.of(AntiEntropy.job(index.row(), first))).orThrow();
        }
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
