package io.miroir.store.nodesettings;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.NodeSettingsVersion;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import java.util.List;
import java.util.Optional;

/** {@link NodeSettingsVersions} over commands and SQL. */
public final class NodeSettingsRoom implements NodeSettingsVersions {
    private final Proposer proposer;
    private final Reads reads;

    public NodeSettingsRoom(Proposer proposer, Reads reads) {
        this.proposer = proposer;
        this.reads = reads;
    }

    @Override
    public Reply<Advance> advance(String indexUid, String nodeId, long version) {
        NodeSettingsVersion.Builder advance =
                NodeSettingsVersion.newBuilder()
                        .setIndexUid(indexUid)
                        .setNodeId(nodeId)
                        .setVersion(version);
        return proposer.propose(
                Command.newBuilder().setAdvanceNodeSettings(advance),
                outcome ->
                        switch (outcome.getKindCase()) {
                            case VERSION -> new Advance.Advanced(outcome.getVersion());
                            case CHANGED -> new Advance.Behind(outcome.getChanged());
                            case FULL -> new Advance.Full(outcome.getFull().getRowsMax());
                            default -> throw Proposer.unexpected(outcome);
                        });
    }

    @Override
    public Optional<NodeSettingsVersionRow> get(ReadLevel level, String indexUid, String nodeId) {
        return reads.point(level, sql -> NodeSettingsApplier.get(sql, indexUid, nodeId));
    }

    @Override
    public List<NodeSettingsVersionRow> of(ReadLevel level, String indexUid) {
        return reads.point(level, sql -> NodeSettingsApplier.of(sql, indexUid));
    }
}
