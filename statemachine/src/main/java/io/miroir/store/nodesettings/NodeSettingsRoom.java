package io.miroir.store.nodesettings;

import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import io.miroir.store.table.KeyedRoom;
import io.miroir.store.table.KeyedTable;

/** {@link NodeSettingsVersions} over commands and SQL. */
public final class NodeSettingsRoom extends KeyedRoom<NodeSettingsKey, NodeSettingsVersionRow>
        implements NodeSettingsVersions {
    public static final KeyedTable<NodeSettingsKey, NodeSettingsVersionRow> TABLE =
            new KeyedTable<>(new NodeSettingsTable());

    public NodeSettingsRoom(Proposer proposer, Reads reads) {
        super(proposer, reads, TABLE);
    }
}
