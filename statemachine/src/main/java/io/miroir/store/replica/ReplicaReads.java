package io.miroir.store.replica;

import io.miroir.sqlite.Cursor;
import io.miroir.sqlite.Sql;
import java.util.List;
import java.util.Optional;

/** Reads replica states. */
final class ReplicaReads {
    private static final String SELECT =
            "SELECT incarnation, node_id, states, version FROM replica_state";

    private ReplicaReads() {}

    static Optional<ReplicaRow> get(Sql sql, long incarnation, String nodeId) {
        return sql.first(
                SELECT + " WHERE incarnation = ? AND node_id = ?",
                ReplicaReads::row,
                incarnation,
                nodeId);
    }

    static List<ReplicaRow> of(Sql sql, long incarnation) {
        return sql.all(
                SELECT + " WHERE incarnation = ? ORDER BY node_id", ReplicaReads::row, incarnation);
    }

    static List<ReplicaRow> list(Sql sql) {
        return sql.all(SELECT + " ORDER BY incarnation, node_id", ReplicaReads::row);
    }

    private static ReplicaRow row(Cursor row) {
        return new ReplicaRow(
                row.number(1), row.text(2), ShardStates.of(row.blob(3)), row.number(4));
    }
}
