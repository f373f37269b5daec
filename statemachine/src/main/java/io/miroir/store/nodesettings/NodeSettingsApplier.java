package io.miroir.store.nodesettings;

import io.miroir.proto.store.NodeSettingsVersion;
import io.miroir.proto.store.Outcome;
import io.miroir.sqlite.Cursor;
import io.miroir.sqlite.Sql;
import io.miroir.store.Change;
import io.miroir.store.engine.Outcomes;
import io.miroir.store.engine.Write;
import java.util.List;
import java.util.Optional;

/** Writes and reads verified settings versions. */
public final class NodeSettingsApplier {
    private static final String TABLE = "node_settings_version";
    private static final String SELECT =
            "SELECT index_uid, node_id, version, updated_at FROM node_settings_version";

    private NodeSettingsApplier() {}

    public static Outcome advance(Write write, NodeSettingsVersion command) {
        return verified(write, command.getIndexUid(), command.getNodeId(), command.getVersion());
    }

    /** The node was read back and has this version. */
    public static Outcome verified(Write write, String indexUid, String nodeId, long version) {
        Optional<NodeSettingsVersionRow> old = get(write.sql(), indexUid, nodeId);
        if (old.isPresent() && old.get().version() > version) {
            return Outcomes.changed(old.get().version());
        }
        if (old.isEmpty() && write.rows(TABLE) >= NodeSettingsVersions.ROWS_MAX) {
            return Outcomes.full(TABLE, NodeSettingsVersions.ROWS_MAX);
        }
        write.sql()
                .update(
                        "INSERT OR REPLACE INTO node_settings_version (index_uid, node_id, version,"
                                + " updated_at) VALUES (?, ?, ?, ?)",
                        indexUid,
                        nodeId,
                        version,
                        write.now());
        write.rowsChanged(TABLE, old.isEmpty() ? 1 : 0);
        write.changed(new Change.RowChanged(TABLE, indexUid + "/" + nodeId));
        return Outcomes.version(version);
    }

    /** The name is another index's from here on, or nobody's. */
    public static void forget(Write write, String indexUid) {
        int gone =
                write.sql()
                        .update("DELETE FROM node_settings_version WHERE index_uid = ?", indexUid);
        write.rowsChanged(TABLE, -gone);
    }

    static Optional<NodeSettingsVersionRow> get(Sql sql, String indexUid, String nodeId) {
        return sql.first(
                SELECT + " WHERE index_uid = ? AND node_id = ?",
                NodeSettingsApplier::row,
                indexUid,
                nodeId);
    }

    static List<NodeSettingsVersionRow> of(Sql sql, String indexUid) {
        return sql.all(
                SELECT + " WHERE index_uid = ? ORDER BY node_id",
                NodeSettingsApplier::row,
                indexUid);
    }

    private static NodeSettingsVersionRow row(Cursor row) {
        return new NodeSettingsVersionRow(row.text(1), row.text(2), row.number(3), row.number(4));
    }
}
