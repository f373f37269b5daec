package io.miroir.capability.partitioned.repair;

import io.miroir.cluster.IndexView;
import io.miroir.cluster.health.HealthState;
import io.miroir.core.repair.LossPlan;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.ShardSet;
import io.miroir.duty.ClaimedJob;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.CopyJobs;
import io.miroir.fanout.copy.NodeDocuments;
import io.miroir.fanout.copy.NodeTasks;
import io.miroir.fanout.copy.TargetWriter;
import io.miroir.store.ReadLevel;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.index.IndexRow;
import io.miroir.store.lane.Lanes.Affecting;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.Replicas.LaneRun;
import io.miroir.store.replica.Replicas.Mark;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way out when the nodes that had shards in sync are gone for ever: what another one has of
 * them counts from then on, and all others are copied from it (protocol, rule 18). An operator
 * alone can know that a node does not come back.
 */
public final class LossAcceptance {
    private static final Logger LOG = LoggerFactory.getLogger(LossAcceptance.class);

    private final CopyContext context;
    private final LossMetrics metrics;

    /** Has given up nothing. */
    public LossAcceptance(CopyContext context, LossMetrics metrics) {
        this.context = context;
        this.metrics = metrics;
    }

    /**
     * What a node has of the shards.
     *
     * @param shards of which it has a replica
     * @param documents how many; null for a node that does not answer
     * @param newest the position of the write that its last document is of; null if it has none
     */
    public record Holding(ShardSet shards, @Nullable Long documents, @Nullable Long newest) {}

    /**
     * What is given up, and for what.
     *
     * @param kept what the node has whose replicas count
     * @param others what the others have, by node: it is given up, and replaced when they answer
     */
    public record Report(LossPlan plan, Holding kept, Map<String, Holding> others) {}

    /**
     * Tells it, and changes nothing.
     *
     * @throws CopyFailedException if it is not to be done, with the reason
     */
    public Report look(String indexUid, String node) {
        IndexRow index = index(indexUid);
        return report(index, node, plan(index, rows(index), node));
    }

    /**
     * Does it, in the turn of the index's lane: what was written before is bound.
     *
     * @throws CopyFailedException if it is not to be done, with the reason
     */
    public Report accept(String indexUid, String node) throws InterruptedException {
        IndexRow index = index(indexUid);
        if (!context.lanes().owns(indexUid)) {
            throw elsewhere(index);
        }
        return context.held(
                index,
                epoch -> {
                    IndexView _ = context.current(index);
                    LossPlan plan = plan(index, rows(index), node);
                    prepare(index, rows(index), node);
                    Report report = report(index, node, plan);
                    // That may have lasted: who did not answer then may be back.
                    if (!plan(index, rows(index), node).equals(plan)) {
                        throw changed();
                    }
                    giveUp(index, plan, epoch);
                    count(index, plan.shards(), node, epoch);
                    metrics.accepted(plan);
                    LOG.warn(
                            "MiroirLossAccepted: of {} node {} counts for shards {}; given up: {}",
                            indexUid,
                            node,
                            plan.shards(),
                            report.others());
                    return report;
                });
    }

    private IndexRow index(String uid) {
        return context.view()
                .index(uid)
                .map(IndexView::row)
                .orElseThrow(() -> new CopyFailedException("there is no index " + uid));
    }

    private Map<String, ReplicaRow> rows(IndexRow index) {
        Map<String, ReplicaRow> rows = new TreeMap<>();
        context.store()
                .replicas()
                .of(ReadLevel.LOCAL, index.incarnation())
                .forEach(row -> rows.put(row.nodeId(), row));
        return rows;
    }

    private LossPlan plan(IndexRow index, Map<String, ReplicaRow> rows, String node) {
        if (ClaimedJob.isUnderWay(context.store(), CopyJobs.id(index, node))) {
            throw new CopyFailedException("a copy is made to node " + node + ": wait for its end");
        }
        Replicas replicas =
                (id, shard) -> {
                    ReplicaRow row = rows.get(id);
                    return row == null
                            ? ReplicaState.NOT_HELD
                            : ReplicaState.of((byte) row.states().get(shard).code());
                };
        LossPlan.Health health =
                new LossPlan.Health() {
                    @Override
                    public boolean usable(String id) {
                        return context.health().usable(id);
                    }

                    @Override
                    public boolean mayAnswer(String id) {
                        return context.health().status(id) != HealthState.Status.DOWN;
                    }
                };
        return switch (LossPlan.of(index.shards(), replicas, rows.keySet(), health, node)) {
            case LossPlan.Outcome.Planned(LossPlan plan) -> plan;
            case LossPlan.Outcome.Refused(String why) -> throw new CopyFailedException(why);
        };
    }

    /** The index is there, empty if its disk was lost, before anybody reads it. */
    private void prepare(IndexRow index, Map<String, ReplicaRow> rows, String node)
            throws InterruptedException {
        NodeTasks tasks = new NodeTasks(context.nodes(), node, index.physicalUid());
        TargetIndex target =
                new TargetIndex(
                        context.nodes(),
                        node,
                        new TargetWriter(
                                tasks,
                                "miroir-accept-loss",
                                () -> context.look(index, List.of(node)),
                                context.holds()));
        if (!target.exists(index)) {
            ReplicaRow row = rows.get(node);
            boolean believed =
                    row != null
                            && ShardSet.all(index.shards()).stream()
                                    .mapToObj(row.states()::get)
                                    .anyMatch(ShardState.IN_SYNC::equals);
            if (believed) {
                throw new CopyFailedException(
                        "node " + node + " lacks the index, and is believed to have shards of it");
            }
            target.create(index);
        }
        target.settle(index);
    }

    private Report report(IndexRow index, String node, LossPlan plan) {
        Set<String> nodes = new TreeSet<>(plan.givenUp().keySet());
        nodes.addAll(plan.outvoted().keySet());
        Map<String, Holding> others = new TreeMap<>();
        for (String other : nodes) {
            ShardSet shards =
                    plan.givenUp()
                            .getOrDefault(other, ShardSet.none())
                            .or(plan.outvoted().getOrDefault(other, ShardSet.none()));
            others.put(other, holding(index, other, shards));
        }
        return new Report(plan, holding(index, node, plan.shards()), others);
    }

    private Holding holding(IndexRow index, String node, ShardSet shards) {
        if (!context.health().usable(node)) {
            return new Holding(shards, null, null);
        }
        NodeDocuments documents =
                new NodeDocuments(context.nodes(), node, index.physicalUid(), shards);
        long count = documents.count().orElse(0);
        return new Holding(shards, count, count == 0 ? null : documents.newestPosition());
    }

    /**
     * Puts out what nodes have that don't answer. The applier checks the epoch: if another pod has
     * run the lane meanwhile, they may have taken writes that clients were told of. From here on
     * nobody can write to these shards.
     */
    private void giveUp(IndexRow index, LossPlan plan, long epoch) throws InterruptedException {
        List<IndexEffect> out = new ArrayList<>();
        plan.givenUp()
                .forEach(
                        (node, shards) ->
                                out.add(
                                        new IndexEffect.ReplicasOut(
                                                index.incarnation(),
                                                node,
                                                shards.stream().boxed().toList())));
        if (context.told(context.store().lanes().affect(index.uid(), epoch, out))
                instanceof Affecting.Fenced) {
            throw elsewhere(index);
        }
    }

    /**
     * The node's replicas count. All rows are named, also those that stay as they are: where
     * another node came to have a shard in sync since they were read, nothing is done.
     */
    private void count(IndexRow index, ShardSet shards, String node, long epoch)
            throws InterruptedException {
        List<ReplicaRow> marked = new ArrayList<>();
        for (ReplicaRow row : rows(index).values()) {
            boolean kept = row.nodeId().equals(node);
            ShardStates states = row.states();
            for (int shard : shards.stream().toArray()) {
                if (!kept && states.get(shard) == ShardState.IN_SYNC) {
                    throw changed();
                }
                if (states.get(shard).isKept()) {
                    states = states.with(shard, kept ? ShardState.IN_SYNC : ShardState.OUT);
                }
            }
            marked.add(new ReplicaRow(row.incarnation(), row.nodeId(), states, row.version()));
        }
        LaneRun under = new LaneRun(index.uid(), epoch);
        switch (context.told(context.store().replicas().markAll(marked, under))) {
            case Mark.Marked _ -> {}
            case Mark.Fenced _ -> throw elsewhere(index);
            case Mark.Changed _, Mark.Full _, Mark.StatesChanged _ -> throw changed();
        }
    }

    private static CopyFailedException changed() {
        return new CopyFailedException("nodes or replicas changed meanwhile: look again");
    }

    private static CopyFailedException elsewhere(IndexRow index) {
        return new CopyFailedException(
                "the lane of index " + index.uid() + " changed hands meanwhile: ask again");
    }
}
