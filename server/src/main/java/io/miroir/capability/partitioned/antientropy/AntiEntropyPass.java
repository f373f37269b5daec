package io.miroir.capability.partitioned.antientropy;

import io.miroir.api.Json;
import io.miroir.duty.ClaimedJob;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.store.ReadLevel;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.index.IndexRow;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.Replicas.LaneRun;
import io.miroir.store.replica.Replicas.Mark;
import io.miroir.store.replica.ShardState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** Compares the shards of one index, one pass. What it finds is kept with its job. */
final class AntiEntropyPass {
    private static final Logger LOG = LoggerFactory.getLogger(AntiEntropyPass.class);

    /** Shards that are told one by one; of more only the number. */
    private static final int TOLD_MAX = 100;

    private static final String NEXT = "next_shard";

    private final CopyContext context;
    private final AntiEntropyRules rules;
    private final AntiEntropyMetrics metrics;
    private final ClaimedJob job;
    private final IndexRow index;
    private int checked;
    private long documents;
    private int mismatches;
    private int unsure;

    AntiEntropyPass(
            CopyContext context,
            AntiEntropyRules rules,
            AntiEntropyMetrics metrics,
            ClaimedJob job,
            IndexRow index) {
        this.context = context;
        this.rules = rules;
        this.metrics = metrics;
        this.job = job;
        this.index = index;
    }

    /**
     * Runs.
     *
     * @param first the shard to begin with; later passes go on where this one ends
     */
    void run(int first) throws InterruptedException {
        int count =
                rules.shardsPerPass() == 0
                        ? index.shards()
                        : Math.min(rules.shardsPerPass(), index.shards());
        job.progress().put("first_shard", first).put("of_shards", index.shards());
        job.progress().putArray("findings");
        try (ExecutorService threads =
                Executors.newFixedThreadPool(
                        rules.concurrentShards(),
                        Thread.ofVirtual().name("compare-" + index.uid() + '-', 0).factory())) {
            Map<Integer, Future<ShardCheck.Finding>> checks = new LinkedHashMap<>();
            for (int i = 0; i < count; i++) {
                int shard = (first + i) % index.shards();
                ShardCheck check =
                        new ShardCheck(
                                context,
                                index,
                                shard,
                                rules.pageDocumentsMax(),
                                (nodes, epoch) -> rules.repairs() && putOut(shard, nodes, epoch));
                checks.put(shard, threads.submit(check::compare));
            }
            try {
                for (Map.Entry<Integer, Future<ShardCheck.Finding>> check : checks.entrySet()) {
                    take(check.getKey(), check.getValue());
                }
            } finally {
                threads.shutdownNow();
            }
        }
        job.progress().put(NEXT, (first + count) % index.shards());
        tell();
    }

    /**
     * Where the next pass over an index begins, by what the last one kept.
     *
     * @param first where that one began
     */
    static int nextShard(ObjectNode progress, int first) {
        return progress.path(NEXT).asInt(first);
    }

    private void take(int shard, Future<ShardCheck.Finding> check) throws InterruptedException {
        try {
            took(shard, check.get());
        } catch (ExecutionException failed) {
            if (!(failed.getCause() instanceof CopyFailedException notNow)) {
                throw new IllegalStateException("shard " + shard, failed.getCause());
            }
            unsure++;
            finding(shard, "unsure").put("why", notNow.getMessage());
        }
        tell();
        if (job.isBeatDue() && !job.beat()) {
            throw new CopyFailedException("another pod compares the index");
        }
    }

    private void took(int shard, ShardCheck.Finding finding) {
        checked++;
        documents += finding.documents();
        metrics.scanned();
        switch (finding.vote()) {
            case ShardVote.Agreed _ -> {}
            case ShardVote.Outvoted outvoted -> {
                mismatches++;
                metrics.mismatch();
                boolean put = finding.putOut();
                LOG.warn(
                        "shard {} of {} differs on {} from most others{}",
                        shard,
                        index.uid(),
                        outvoted.nodes(),
                        put ? ": copied anew" : "");
                ObjectNode told = finding(shard, put ? "copied anew" : "outvoted");
                outvoted.nodes().forEach(told.putArray("nodes")::add);
            }
            case ShardVote.Undecided _ -> {
                mismatches++;
                metrics.mismatch();
                LOG.error(
                        "MiroirAntientropyMismatch: shard {} of {} differs on {}, and no majority"
                                + " says who is right: nothing is changed",
                        shard,
                        index.uid(),
                        finding.digests().keySet());
                ObjectNode told = finding(shard, "no majority");
                finding.digests().keySet().forEach(told.putArray("nodes")::add);
            }
        }
    }

    /**
     * Whether they are out; if others went out since, the next pass decides. Nobody brings replicas
     * back while the lane is held, so those that are in sync now are those that were compared, as
     * long as no other pod runs the lane.
     */
    private boolean putOut(int shard, List<String> nodes, long epoch) {
        try {
            return marked(shard, nodes, new LaneRun(index.uid(), epoch));
        } catch (StoreUnavailableException unavailable) {
            throw new CopyFailedException(String.valueOf(unavailable.getMessage()));
        }
    }

    private boolean marked(int shard, List<String> nodes, LaneRun under) {
        List<ReplicaRow> marks = new ArrayList<>();
        for (ReplicaRow row :
                context.store().replicas().of(ReadLevel.LINEARIZABLE, index.incarnation())) {
            if (nodes.contains(row.nodeId()) && row.states().get(shard) == ShardState.IN_SYNC) {
                marks.add(
                        new ReplicaRow(
                                row.incarnation(),
                                row.nodeId(),
                                row.states().with(shard, ShardState.OUT),
                                row.version()));
            }
        }
        boolean out =
                !marks.isEmpty()
                        && context.store().replicas().markDiverged(marks, under).orThrow()
                                instanceof Mark.Marked;
        metrics.outvoted(out ? marks.size() : 0);
        return out;
    }

    private ObjectNode finding(int shard, String what) {
        ObjectNode told =
                job.progress().path("findings").size() < TOLD_MAX
                        ? job.progress().withArray("findings").addObject()
                        : Json.object();
        return told.put("shard", shard).put("found", what);
    }

    private void tell() {
        job.progress()
                .put("shards", checked)
                .put("documents", documents)
                .put("mismatches", mismatches)
                .put("unsure", unsure);
    }
}
