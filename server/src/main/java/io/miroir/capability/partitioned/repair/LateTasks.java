package io.miroir.capability.partitioned.repair;

import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.ShardSet;
import io.miroir.duty.ClaimedJob;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyEnd;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.CopyJobs;
import io.miroir.fanout.copy.LateHorizon;
import io.miroir.fanout.copy.LateRequests;
import io.miroir.fanout.copy.TargetWriter;
import io.miroir.store.ReadLevel;
import io.miroir.store.index.IndexRow;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.Replicas.LaneRun;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to what came to a node late ({@link LateRequests}): what it may have changed is out and
 * compared again, where another node has it that answers (protocol, rule 4).
 */
final class LateTasks {
    private static final Logger LOG = LoggerFactory.getLogger(LateTasks.class);
    private static final int TRIES_MAX = 10;

    private final CopyContext context;
    private final IndexRow index;
    private final String node;
    private final LateRequests late;

    /** What operators were told that nobody else has. */
    private ShardSet told = ShardSet.none();

    /** Nothing was looked at yet. */
    LateTasks(CopyContext context, IndexRow index, String node, LateHorizon horizon) {
        this.context = context;
        this.index = index;
        this.node = node;
        this.late = new LateRequests(context, index, node, horizon);
    }

    /** Whether it looks at what comes behind that one. */
    boolean isBehind(LateHorizon one) {
        return late.horizon().equals(one);
    }

    /**
     * Looks at what came since it last did, and puts out what that may have changed. What no other
     * node has that answers stays as it is until one does.
     *
     * @param pagesMax of tasks; the next ones follow the next time
     * @return whether nothing is left, neither to be looked at nor to be put out
     * @throws CopyFailedException if that can't be done now: the next time does it
     */
    boolean look(int pagesMax, TargetWriter.Watch watch) throws InterruptedException {
        boolean all = late.look(pagesMax, watch);
        if (!late.found().isEmpty() && !doubted().isEmpty()) {
            boolean _ =
                    context.held(
                            index,
                            epoch -> {
                                requireNoneSince();
                                return putOut(epoch);
                            });
        }
        return all && late.found().isEmpty();
    }

    /** Looks only, so that little is left for {@link #seeTo}. */
    void scan(TargetWriter.Watch watch) throws InterruptedException {
        boolean _ = late.look(Integer.MAX_VALUE, watch);
    }

    /**
     * As {@link #look}, by the copy to the node itself, which holds the lane under that epoch. What
     * is not read then is compared before it is.
     *
     * @return behind what the next attempt need not look, unless something is left to be put out
     */
    Optional<CopyEnd> seeTo(long epoch, TargetWriter.Watch watch) throws InterruptedException {
        scan(watch);
        if (!late.found().isEmpty()) {
            boolean _ = putOut(epoch);
        }
        return late.seenTo();
    }

    /** What one brought that has ended just now looks late; none ends while the lane is held. */
    private void requireNoneSince() {
        Optional<CopyEnd> known = late.horizon().copy();
        long nowMicros = context.store().nowMicros();
        Optional<CopyEnd> last =
                context.store()
                        .jobs()
                        .get(ReadLevel.LINEARIZABLE, CopyJobs.id(index, node))
                        .flatMap(CopyEnd::of)
                        .filter(end -> known.isPresent() || end.isWatched(nowMicros));
        if (!last.equals(known)) {
            throw new CopyFailedException("a copy to node " + node + " has begun or ended");
        }
    }

    /** What can be put out, as this pod's tables have it. */
    private ShardSet doubted() {
        // Asked first: what a copy has brought that has ended by then is seen in sync.
        boolean copied = ClaimedJob.isUnderWay(context.store(), CopyJobs.id(index, node));
        Map<String, ReplicaRow> rows = rows(ReadLevel.LOCAL);
        Replicas replicas = replicas(rows);
        ShardSet read = inSync(replicas, late.found());
        if (!copied) {
            // What is not read is compared before it is.
            late.leave(read);
        }
        ShardSet spare = spare(replicas, rows.keySet(), read);
        tell(read.andNot(spare));
        return spare;
    }

    /** Puts it out as the store sees it; the caller holds the lane under that epoch. */
    private boolean putOut(long epoch) throws InterruptedException {
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            Map<String, ReplicaRow> rows = rows(ReadLevel.LINEARIZABLE);
            Replicas replicas = replicas(rows);
            ShardSet read = inSync(replicas, late.found());
            ShardSet spare = spare(replicas, rows.keySet(), read);
            tell(read.andNot(spare));
            ReplicaRow row = rows.get(node);
            if (row == null || spare.isEmpty()) {
                late.leave(read);
                return false;
            }
            LaneRun under = new LaneRun(index.uid(), epoch);
            if (context.seen(
                            context.store()
                                    .replicas()
                                    .markDiverged(List.of(out(row, spare)), under))
                    .isPresent()) {
                LOG.warn(
                        "node {} took requests late that change shards {} of {}: compared again",
                        node,
                        spare,
                        index.uid());
                late.leave(read.andNot(spare));
                return true;
            }
        }
        throw new CopyFailedException("the replicas changed meanwhile");
    }

    private Map<String, ReplicaRow> rows(ReadLevel level) {
        Map<String, ReplicaRow> rows = new HashMap<>();
        context.store()
                .replicas()
                .of(level, index.incarnation())
                .forEach(row -> rows.put(row.nodeId(), row));
        return rows;
    }

    private static Replicas replicas(Map<String, ReplicaRow> rows) {
        return (id, shard) -> {
            ReplicaRow row = rows.get(id);
            return row == null
                    ? ReplicaState.NOT_HELD
                    : ReplicaState.of((byte) row.states().get(shard).code());
        };
    }

    private ShardSet inSync(Replicas replicas, ShardSet shards) {
        return ShardSet.of(
                shards.and(ShardSet.all(index.shards())).stream()
                        .filter(shard -> replicas.state(node, shard) == ReplicaState.IN_SYNC)
                        .toArray());
    }

    /** Those that another node has in sync that answers: else nobody could read them. */
    private ShardSet spare(Replicas replicas, Collection<String> nodes, ShardSet shards) {
        List<String> others =
                nodes.stream()
                        .filter(other -> !other.equals(node) && context.health().usable(other))
                        .toList();
        return ShardSet.of(
                shards.stream()
                        .filter(
                                shard ->
                                        others.stream()
                                                .anyMatch(
                                                        other ->
                                                                replicas.state(other, shard)
                                                                        == ReplicaState.IN_SYNC))
                        .toArray());
    }

    /** Once: it is looked at again and again. */
    private void tell(ShardSet alone) {
        if (!alone.andNot(told).isEmpty()) {
            LOG.error(
                    "MiroirLateRequest: node {} took requests late that may have changed shards {}"
                            + " of {}, and no other node has them that answers",
                    node,
                    alone,
                    index.uid());
        }
        told = alone;
    }

    private static ReplicaRow out(ReplicaRow row, ShardSet shards) {
        ShardStates states = row.states();
        for (int shard : shards.stream().toArray()) {
            states = states.with(shard, ShardState.OUT);
        }
        return new ReplicaRow(row.incarnation(), row.nodeId(), states, row.version());
    }
}
