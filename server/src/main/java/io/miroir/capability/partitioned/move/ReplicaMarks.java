package io.miroir.capability.partitioned.move;

import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.store.ReadLevel;
import io.miroir.store.index.IndexRow;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.Replicas.LaneRun;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The states of an index's replicas that move: changed in the store, and seen here then. */
final class ReplicaMarks {
    private static final int TRIES_MAX = 10;

    private final CopyContext context;
    private final IndexRow index;

    ReplicaMarks(CopyContext context, IndexRow index) {
        this.context = context;
        this.index = index;
    }

    /**
     * Changes the states of one node's shards, of those that are in the first one still.
     *
     * @param shards by node
     * @param epoch under which the lane was run when that was decided: another pod may have brought
     *     them back since, and let go of them again
     */
    void set(Map.Entry<String, ShardSet> shards, ShardState from, ShardState to, long epoch)
            throws InterruptedException {
        LaneRun under = under(epoch);
        // Something else of the node may change meanwhile; what is decided here holds all the same.
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            ReplicaRow row = row(shards.getKey());
            ShardStates states = changed(row.states(), shards.getValue(), from::equals, to);
            if (states.equals(row.states())) {
                return;
            }
            if (context.seen(context.store().replicas().mark(with(row, states), under))
                    .isPresent()) {
                return;
            }
        }
        throw changing();
    }

    /**
     * Lets go of replicas, all or none.
     *
     * @param leaving by node
     * @param heldBy who must have them in sync
     * @param epoch under which the caller holds the lane
     */
    void letGo(Map<String, ShardSet> leaving, Map<String, ShardSet> heldBy, long epoch)
            throws InterruptedException {
        List<ReplicaRow> rows = new ArrayList<>();
        new TreeMap<>(leaving)
                .forEach(
                        (node, shards) -> {
                            ReplicaRow row = row(node);
                            rows.add(
                                    with(
                                            row,
                                            changed(
                                                    row.states(),
                                                    shards,
                                                    ShardState::isKept,
                                                    ShardState.MOVING)));
                        });
        Map<String, List<Integer>> holders = new TreeMap<>();
        heldBy.forEach((node, shards) -> holders.put(node, shards.stream().boxed().toList()));
        if (!rows.isEmpty()
                && context.seen(context.store().replicas().letGo(rows, holders, under(epoch)))
                        .isEmpty()) {
            throw changing();
        }
    }

    private LaneRun under(long epoch) {
        return new LaneRun(index.uid(), epoch);
    }

    private ReplicaRow row(String node) {
        return context.store()
                .replicas()
                .get(ReadLevel.LOCAL, index.incarnation(), node)
                .orElseGet(
                        () ->
                                new ReplicaRow(
                                        index.incarnation(),
                                        node,
                                        ShardStates.all(index.shards(), ShardState.NOT_HELD),
                                        0));
    }

    private static ReplicaRow with(ReplicaRow row, ShardStates states) {
        return new ReplicaRow(row.incarnation(), row.nodeId(), states, row.version());
    }

    private static ShardStates changed(
            ShardStates states, ShardSet shards, Predicate<ShardState> from, ShardState to) {
        ShardStates changed = states;
        for (int shard : shards.stream().toArray()) {
            if (from.test(states.get(shard))) {
                changed = changed.with(shard, to);
            }
        }
        return changed;
    }

    private static CopyFailedException changing() {
        return new CopyFailedException("the replicas changed meanwhile");
    }
}
