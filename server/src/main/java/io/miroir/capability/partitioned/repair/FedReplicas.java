package io.miroir.capability.partitioned.repair;

import io.miroir.core.repair.CopyPlan;
import io.miroir.core.repair.CopyPlan.Copy;
import io.miroir.core.topology.ReplicaState;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.store.ReadLevel;
import io.miroir.store.index.IndexRow;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.Replicas.LaneRun;
import io.miroir.store.replica.Replicas.Mark;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import java.util.Optional;

/**
 * The states of the replicas that a copy is made to. From the moment at which they lag they are
 * sent all that is written; a write that does not reach them puts them out by its bind, so who
 * finds them as they were left knows that they missed none.
 */
final class FedReplicas {
    private final CopyContext context;
    private final String lane;
    private final long incarnation;
    private final Copy copy;
    private long version = -1;

    FedReplicas(CopyContext context, IndexRow index, Copy copy) {
        this.context = context;
        this.lane = index.uid();
        this.incarnation = index.incarnation();
        this.copy = copy;
    }

    /** From here on they are sent what is written; the caller holds the lane under that epoch. */
    void feed(long epoch) throws InterruptedException {
        ReplicaRow row = row();
        ShardStates states = row.states();
        for (int shard : copy.shards().stream().toArray()) {
            if (!isLacking(states.get(shard))) {
                throw new CopyFailedException("shard " + shard + " is not out any more");
            }
            states = states.with(shard, ShardState.LAGGING);
        }
        version = states.equals(row.states()) ? row.version() : mark(row, states, epoch);
        if (version < 0) {
            throw new CopyFailedException("the replicas changed meanwhile");
        }
    }

    /** Whether they took all that was written since they were fed; the caller holds the lane. */
    boolean areFed() {
        return row().version() == version;
    }

    /** Whether the source has what is copied from it, as the store knows. */
    boolean sourceIsInSync() {
        return context.store()
                .replicas()
                .get(ReadLevel.LOCAL, incarnation, copy.source())
                .map(ReplicaRow::states)
                .filter(
                        states ->
                                copy.shards().stream()
                                        .allMatch(shard -> states.get(shard) == ShardState.IN_SYNC))
                .isPresent();
    }

    /**
     * They are read from here on; the caller holds the lane under that epoch. The store asks once
     * more whether no other pod has run the lane since: what it wrote was not looked at.
     */
    Cutover.Outcome inSync(long epoch) throws InterruptedException {
        ReplicaRow row = row();
        ShardStates states = row.states();
        for (int shard : copy.shards().stream().toArray()) {
            states = states.with(shard, ShardState.IN_SYNC);
        }
        boolean unchanged = row.version() == version;
        return unchanged && mark(row, states, epoch) >= 0
                ? Cutover.Outcome.IN_SYNC
                : Cutover.Outcome.ANEW;
    }

    /** All that the node has of the index is lost, whatever was believed of it. */
    void lost(long epoch) throws InterruptedException {
        ReplicaRow row = row();
        ShardStates states = row.states();
        for (int shard = 0; shard < states.shards(); shard++) {
            if (states.get(shard).isKept()) {
                states = states.with(shard, ShardState.OUT);
            }
        }
        if (!states.equals(row.states()) && mark(row, states, epoch) < 0) {
            throw new CopyFailedException("the replicas changed meanwhile");
        }
    }

    /** The new version; negative if something happened to them. */
    private long mark(ReplicaRow row, ShardStates states, long epoch) throws InterruptedException {
        ReplicaRow marked = new ReplicaRow(incarnation, copy.target(), states, row.version());
        return context.seen(context.store().replicas().mark(marked, new LaneRun(lane, epoch)))
                .map(Mark.Marked::version)
                .orElse(-1L);
    }

    private ReplicaRow row() {
        Optional<ReplicaRow> row =
                context.store().replicas().get(ReadLevel.LOCAL, incarnation, copy.target());
        return row.orElseThrow(
                () -> new CopyFailedException("the node holds nothing of the index"));
    }

    private static boolean isLacking(ShardState state) {
        return CopyPlan.isLacking(ReplicaState.of((byte) state.code()));
    }
}
