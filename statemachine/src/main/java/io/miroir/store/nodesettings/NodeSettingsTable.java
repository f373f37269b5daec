package io.miroir.store.nodesettings;

import io.miroir.proto.store.NodeSettingsVersion;
import io.miroir.proto.store.PutRow;
import io.miroir.sqlite.Cursor;
import io.miroir.store.table.TableSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How {@link NodeSettingsVersionRow} travels and is stored. */
final class NodeSettingsTable implements TableSpec<NodeSettingsKey, NodeSettingsVersionRow> {
    @Override
    public String table() {
        return "node_settings_version";
    }

    @Override
    public int number() {
        return PutRow.NODE_SETTINGS_VERSION_FIELD_NUMBER;
    }

    @Override
    public List<String> columns() {
        return List.of("index_uid", "node_id", "version", "updated_at");
    }

    @Override
    public int keyColumns() {
        return 2;
    }

    @Override
    public int rowsMax() {
        return NodeSettingsVersions.ROWS_MAX;
    }

    @Override
    public List<Object> key(NodeSettingsKey key) {
        return List.of(key.indexUid(), key.nodeId());
    }

    @Override
    public PutRow put(NodeSettingsVersionRow row) {
        NodeSettingsVersion.Builder words =
                NodeSettingsVersion.newBuilder()
                        .setIndexUid(row.indexUid())
                        .setNodeId(row.nodeId())
                        .setVersion(row.version());

        return PutRow.newBuilder().setNodeSettingsVersion(words).build();
    }

    @Override
    public @Nullable Object[] values(PutRow put, long now) {
        NodeSettingsVersion words = put.getNodeSettingsVersion();
        return new @Nullable Object[] {
            words.getIndexUid(), words.getNodeId(), words.getVersion(), now
        };
    }

    @Override
    public NodeSettingsVersionRow read(Cursor row) {
        return new NodeSettingsVersionRow(row.text(1), row.text(2), row.number(3), row.number(4));
    }
}
