package io.miroir.store.replica;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which node holds which shard, and whether it took every write. Rows come with {@code
 * IndexEffect.Created} and go with {@code IndexEffect.Deleted}; {@code Lanes.bind} marks the nodes
 * that missed a write.
 */
public interface Replicas {

    /**
     * Replaces a node's states if nothing happened to them since they were read. Nothing else is
     * asked: who may have decided it long ago must not be able to do harm by it (ADR 0022).
     *
     * @param row the new states with the version that was read; version 0 inserts
     */
    Reply<Mark> mark(ReplicaRow row);

    /**
     * As {@link #mark}, by who runs the index's lane: what others wrote since they took it over was
     * not looked at. Nothing is done either where the index has another name by now, and so another
     * lane.
     */
    Reply<Mark> mark(ReplicaRow row, LaneRun under);

    /**
     * Replaces the states of several nodes at once, so that no write comes between; all or, if
     * anything happened to one of them, none.
     *
     * @param rows at least one, of different nodes or indexes; answered is the first one's version
     */
    Reply<Mark> markAll(List<ReplicaRow> rows);

    /** As {@link #markAll}, by who runs the index's lane. */
    Reply<Mark> markAll(List<ReplicaRow> rows, LaneRun under);

    /**
     * As {@link #markAll}, of replicas that go out because they differ from others. Versions tell
     * of their own nodes only, so it is judged on all states of that moment: a shard that has a
     * replica in sync keeps one.
     *
     * @param rows at least one, of different nodes or indexes; answered is the first one's version
     */
    Reply<Mark> markDiverged(List<ReplicaRow> rows);

    /** As {@link #markDiverged}, by who runs the index's lane. */
    Reply<Mark> markDiverged(List<ReplicaRow> rows, LaneRun under);

    /**
     * As {@link #markAll}, of replicas that a node lost with its disk: the last one of a shard goes
     * out too. Since then the node may have begun a new life, and have all of them again; that
     * stands in the topology.
     *
     * @param topologyVersion nothing is marked under another one; 0 where there is no topology
     */
    Reply<Mark> markLost(List<ReplicaRow> rows, long topologyVersion);

    /**
     * As {@link #markAll}, of replicas that are let go of because others have their shards. Judged
     * on the states of that moment: one of those others that went out meanwhile may have left the
     * last replica in sync to those that were to go.
     *
     * @param rows at least one, of different nodes of one index; answered is the first one's
     *     version
     * @param heldBy for each of the others the shards that it must have in sync
     * @param under who runs the index's lane: a write of another may be on one of them only
     */
    Reply<Mark> letGo(List<ReplicaRow> rows, Map<String, List<Integer>> heldBy, LaneRun under);

    /** One node's shards of one incarnation; empty if it holds none. */
    Optional<ReplicaRow> get(ReadLevel level, long incarnation, String nodeId);

    /** All nodes of one incarnation by node id. */
    List<ReplicaRow> of(ReadLevel level, long incarnation);

    /** Everything, by incarnation and node id. */
    List<ReplicaRow> list(ReadLevel level);

    /**
     * Rows (incarnations × nodes); the next insert is refused, and so is the next creation of an
     * index. Creations that are under way then still bring theirs.
     */
    int ROWS_MAX = 1_000_000;

    /** Shards of one index, as many as a cluster may be configured with. */
    int SHARDS_MAX = 65_536;

    /** A lane that is run under an epoch: a command of it has no effect under another. */
    record LaneRun(String lane, long epoch) {
        /** Epochs are counted from 1. */
        public LaneRun {
            if (epoch < 1) {
                throw new IllegalArgumentException("epoch " + epoch);
            }
        }
    }

    /** What came of a {@link #mark}. */
    sealed interface Mark {
        record Marked(long version) implements Mark {}

        /** Another write came between; {@code version} is 0 if there is no such row. */
        record Changed(long version) implements Mark {}

        record Full(int rowsMax) implements Mark {}

        /**
         * Other replicas went out since it was decided, or the topology has another version:
         * nothing is done, decide again.
         */
        record StatesChanged() implements Mark {}

        /**
         * Another claim of the lane has a higher epoch, or, with an empty owner, the lane is not
         * the index's: it is somebody else's to decide.
         */
        record Fenced(String owner, long epoch) implements Mark {}
    }
}
