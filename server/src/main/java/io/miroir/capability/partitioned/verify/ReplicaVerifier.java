package io.miroir.capability.partitioned.verify;

import io.miroir.duty.PartitionedDuty;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.copy.ShardDigest;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.index.IndexRow;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.Replicas;
import io.miroir.store.replica.ShardState;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the unverified replicas of an index and lets those that agree be read and written again,
 * all in one command. Until then nothing can be written to their shards, so what is compared does
 * not move.
 */
public final class ReplicaVerifier implements PartitionedDuty {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaVerifier.class);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final TaskStore store;
    private final Nodes nodes;
    private final NodeDigests digests;

    /** A verifier of that store's replicas. */
    public ReplicaVerifier(TaskStore store, Nodes nodes) {
        this.store = store;
        this.nodes = nodes;
        this.digests = new NodeDigests(nodes);
    }

    @Override
    public String name() {
        return "replica-verifier";
    }

    @Override
    public Duration pause() {
        return PAUSE;
    }

    @Override
    public void step(Predicate<String> owned) {
        Map<Long, List<ReplicaRow>> doubted =
                store.replicas().list(ReadLevel.LOCAL).stream()
                        .collect(Collectors.groupingBy(ReplicaRow::incarnation));
        doubted.values().removeIf(rows -> rows.stream().noneMatch(ReplicaVerifier::unverified));
        if (doubted.isEmpty()) {
            return;
        }
        for (IndexRow index : store.indexes().list(ReadLevel.LOCAL)) {
            List<ReplicaRow> rows = doubted.get(index.incarnation());
            if (rows != null && owned.test(index.uid()) && settled(index.uid())) {
                verify(index, rows);
            }
        }
    }

    private void verify(IndexRow index, List<ReplicaRow> rows) {
        Map<String, List<ShardDigest>> told = new HashMap<>();
        for (ReplicaRow row : rows) {
            if (unverified(row) && nodes.ids().contains(row.nodeId())) {
                digests.of(row.nodeId(), index.physicalUid(), index.shards())
                        .ifPresent(found -> told.put(row.nodeId(), found));
            }
        }
        VerifyPlan plan = VerifyPlan.of(rows, told);
        if (!plan.undecided().isEmpty()) {
            LOG.warn(
                    "index {}: no majority of copies of shards {} agrees yet, {} of {} nodes told"
                            + " what they hold",
                    index.uid(),
                    plan.undecided(),
                    told.size(),
                    rows.size());
        }
        if (!plan.rows().isEmpty()) {
            Replicas.Mark mark = store.replicas().markAll(plan.rows()).orThrow();
            LOG.info(
                    "index {}: replicas were compared on {}: {}", index.uid(), told.keySet(), mark);
        }
    }

    /** What was under way before is on the nodes, or nowhere. */
    private boolean settled(String lane) {
        return store.lanes().openIntents(ReadLevel.LOCAL, lane).isEmpty()
                && store.tasks().unfinished(ReadLevel.LOCAL, lane).isEmpty();
    }

    private static boolean unverified(ReplicaRow row) {
        for (int shard = 0; shard < row.states().shards(); shard++) {
            if (row.states().get(shard) == ShardState.UNVERIFIED) {
                return true;
            }
        }
        return false;
    }
}
