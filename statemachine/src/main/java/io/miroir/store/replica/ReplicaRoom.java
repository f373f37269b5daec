package io.miroir.store.replica;

import com.google.protobuf.ByteString;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.Counted;
import io.miroir.proto.store.MarkReplicas;
import io.miroir.proto.store.Outcome;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@link Replicas} over commands and SQL. */
public final class ReplicaRoom implements Replicas {
    private final Proposer proposer;
    private final Reads reads;

    public ReplicaRoom(Proposer proposer, Reads reads) {
        this.proposer = proposer;
        this.reads = reads;
    }

    @Override
    public Reply<Mark> mark(ReplicaRow row) {
        return markAll(List.of(row));
    }

    @Override
    public Reply<Mark> mark(ReplicaRow row, LaneRun under) {
        return markAll(List.of(row), under);
    }

    @Override
    public Reply<Mark> markAll(List<ReplicaRow> rows) {
        return propose(words(rows.getFirst()), rows);
    }

    @Override
    public Reply<Mark> markAll(List<ReplicaRow> rows, LaneRun under) {
        return propose(words(rows.getFirst(), under), rows);
    }

    @Override
    public Reply<Mark> markDiverged(List<ReplicaRow> rows) {
        return propose(words(rows.getFirst()).setKeepsInSync(true), rows);
    }

    @Override
    public Reply<Mark> markDiverged(List<ReplicaRow> rows, LaneRun under) {
        return propose(words(rows.getFirst(), under).setKeepsInSync(true), rows);
    }

    @Override
    public Reply<Mark> markLost(List<ReplicaRow> rows, long topologyVersion) {
        return propose(words(rows.getFirst()).setTopologyVersion(topologyVersion), rows);
    }

    @Override
    public Reply<Mark> letGo(
            List<ReplicaRow> rows, Map<String, List<Integer>> heldBy, LaneRun under) {
        MarkReplicas.Builder mark = words(rows.getFirst(), under);
        new TreeMap<>(heldBy)
                .forEach(
                        (node, shards) ->
                                mark.addHeldBy(
                                        Counted.newBuilder().setNodeId(node).addAllShard(shards)));
        return propose(mark, rows);
    }

    private Reply<Mark> propose(MarkReplicas.Builder mark, List<ReplicaRow> rows) {
        rows.stream().skip(1).forEach(row -> mark.addAlso(words(row)));
        return proposer.propose(Command.newBuilder().setMarkReplicas(mark), ReplicaRoom::words);
    }

    private static MarkReplicas.Builder words(ReplicaRow row, LaneRun under) {
        return words(row).setLane(under.lane()).setEpoch(under.epoch());
    }

    private static MarkReplicas.Builder words(ReplicaRow row) {
        return MarkReplicas.newBuilder()
                .setIncarnation(row.incarnation())
                .setNodeId(row.nodeId())
                .setStates(ByteString.copyFrom(row.states().toBytes()))
                .setExpectedVersion(row.version());
    }

    @Override
    public Optional<ReplicaRow> get(ReadLevel level, long incarnation, String nodeId) {
        return reads.point(level, sql -> ReplicaReads.get(sql, incarnation, nodeId));
    }

    @Override
    public List<ReplicaRow> of(ReadLevel level, long incarnation) {
        return reads.point(level, sql -> ReplicaReads.of(sql, incarnation));
    }

    @Override
    public List<ReplicaRow> list(ReadLevel level) {
        return reads.scan(level, ReplicaReads::list);
    }

    private static Mark words(Outcome outcome) {
        return switch (outcome.getKindCase()) {
            case VERSION -> new Mark.Marked(outcome.getVersion());
            case CHANGED -> new Mark.Changed(outcome.getChanged());
            case FULL -> new Mark.Full(outcome.getFull().getRowsMax());
            case STATES_CHANGED -> new Mark.StatesChanged();
            case FENCED ->
                    new Mark.Fenced(outcome.getFenced().getOwner(), outcome.getFenced().getEpoch());
            default -> throw Proposer.unexpected(outcome);
        };
    }
}
