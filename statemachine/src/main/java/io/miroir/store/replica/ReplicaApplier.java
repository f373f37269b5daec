package io.miroir.store.replica;

import io.miroir.proto.store.MarkReplicas;
import io.miroir.proto.store.NodeReplicas;
import io.miroir.proto.store.Outcome;
import io.miroir.store.Change;
import io.miroir.store.engine.Outcomes;
import io.miroir.store.engine.Write;
import io.miroir.store.index.IndexApplier;
import io.miroir.store.lane.LaneApplier;
import io.miroir.store.topology.TopologyApplier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes replica states. */
public final class ReplicaApplier {
    private static final String TABLE = "replica_state";

    private ReplicaApplier() {}

    /**
     * Marks all rows that the command names, or none: while the lane is run, or the nodes are, as
     * whoever decided it saw, or by anyone (ADR 0022).
     */
    public static Outcome mark(Write write, MarkReplicas command) {
        List<MarkReplicas> marks = new ArrayList<>(command.getAlsoList());
        marks.addFirst(command);
        Outcome late = late(write, command, marks);
        if (late != null) {
            return late;
        }
        int inserted = 0;
        for (MarkReplicas mark : marks) {
            long version = version(write, mark);
            if (version != mark.getExpectedVersion()) {
                return Outcomes.changed(version);
            }
            inserted += version == 0 ? 1 : 0;
        }
        if (inserted > 0 && write.rows(TABLE) + inserted > Replicas.ROWS_MAX) {
            return Outcomes.full(TABLE, Replicas.ROWS_MAX);
        }
        List<ReplicaRow> rows = marks.stream().map(ReplicaApplier::marked).toList();
        if (command.getKeepsInSync() && endsShards(write, rows)) {
            return Outcomes.STATES_CHANGED;
        }
        if (command.getHeldByCount() > 0 && !isHeld(write, command)) {
            return Outcomes.STATES_CHANGED;
        }
        rows.forEach(row -> put(write, row, row.version() == 1));
        return Outcomes.version(command.getExpectedVersion() + 1);
    }

    /** Not null where what it was decided by is not so any more. */
    private static @Nullable Outcome late(
            Write write, MarkReplicas command, List<MarkReplicas> marks) {
        long topology = command.getTopologyVersion();
        if (topology != 0 && topology != TopologyApplier.version(write)) {
            return Outcomes.STATES_CHANGED;
        }
        if (command.getEpoch() == 0) {
            return null;
        }
        Outcome fenced = LaneApplier.fence(write, command.getLane(), command.getEpoch());
        if (fenced != null) {
            return fenced;
        }
        // One that has another name by now is written to in that name's lane, whoever runs that.
        long named = IndexApplier.incarnationOf(write, command.getLane());
        return marks.stream().allMatch(mark -> mark.getIncarnation() == named)
                ? null
                : Outcomes.fenced("", 0);
    }

    /** Nodes that have a row of the index. */
    public static Set<String> nodes(Write write, long incarnation) {
        Set<String> nodes = new HashSet<>();
        ReplicaReads.of(write.sql(), incarnation).forEach(row -> nodes.add(row.nodeId()));
        return nodes;
    }

    private static ReplicaRow marked(MarkReplicas mark) {
        return new ReplicaRow(
                mark.getIncarnation(),
                mark.getNodeId(),
                ShardStates.of(mark.getStates().toByteArray()),
                mark.getExpectedVersion() + 1);
    }

    private static boolean endsShards(Write write, List<ReplicaRow> rows) {
        return rows.stream()
                .map(ReplicaRow::incarnation)
                .distinct()
                .anyMatch(incarnation -> !InSync.of(write, incarnation).survives(rows));
    }

    private static boolean isHeld(Write write, MarkReplicas command) {
        InSync inSync = InSync.of(write, command.getIncarnation());
        return command.getHeldByList().stream()
                .allMatch(by -> inSync.holds(by.getNodeId(), by.getShardList()));
    }

    private static long version(Write write, MarkReplicas mark) {
        return ReplicaReads.get(write.sql(), mark.getIncarnation(), mark.getNodeId())
                .map(ReplicaRow::version)
                .orElse(0L);
    }

    /** The index appears: these nodes hold its shards. */
    public static void create(Write write, long incarnation, List<NodeReplicas> nodes) {
        for (NodeReplicas node : nodes) {
            ShardStates states = ShardStates.of(node.getStates().toByteArray());
            // A mark may have come before.
            long version =
                    ReplicaReads.get(write.sql(), incarnation, node.getNodeId())
                            .map(ReplicaRow::version)
                            .orElse(0L);
            ReplicaRow row = new ReplicaRow(incarnation, node.getNodeId(), states, version + 1);
            put(write, row, version == 0);
        }
    }

    /**
     * A node did not take a write: what it holds of the touched shards is out. The version grows
     * even if they were out before, because a repair under way does not have this write.
     *
     * @param shards empty for all
     */
    public static void missed(Write write, long incarnation, String nodeId, List<Integer> shards) {
        Optional<ReplicaRow> row = ReplicaReads.get(write.sql(), incarnation, nodeId);
        if (row.isEmpty()) {
            return;
        }
        byte[] states = row.get().states().toBytes();
        Set<Integer> touched = Set.copyOf(shards);
        for (int shard = 0; shard < states.length; shard++) {
            // One that is about to be deleted has nothing to miss.
            boolean wanted = ShardState.ofCode(states[shard]).isKept();
            if (wanted && (touched.isEmpty() || touched.contains(shard))) {
                states[shard] = (byte) ShardState.OUT.code();
            }
        }
        long version = row.get().version() + 1;
        put(write, new ReplicaRow(incarnation, nodeId, ShardStates.of(states), version), false);
    }

    /** The index is gone. */
    public static void drop(Write write, long incarnation) {
        int dropped =
                write.sql().update("DELETE FROM replica_state WHERE incarnation = ?", incarnation);
        write.rowsChanged(TABLE, -dropped);
        write.changed(new Change.ReplicasDropped(incarnation));
    }

    private static void put(Write write, ReplicaRow row, boolean isNew) {
        write.sql()
                .update(
                        "INSERT OR REPLACE INTO replica_state (incarnation, node_id, states,"
                                + " version) VALUES (?, ?, ?, ?)",
                        row.incarnation(),
                        row.nodeId(),
                        row.states().toBytes(),
                        row.version());
        write.rowsChanged(TABLE, isNew ? 1 : 0);
        write.changed(new Change.ReplicasChanged(row));
    }
}
