package io.miroir.cluster.peer;

import io.miroir.proto.peer.AppliedRows;
import io.miroir.proto.peer.ChangedRow;
import io.miroir.store.Change;

/** Changes in the words of the peer port: which row of which table is to be read anew. */
final class ChangeWords {
    private static final String ANY = "";

    private ChangeWords() {}

    static void add(Change change, AppliedRows.Builder rows) {
        switch (change) {
            case Change.IndexChanged index -> add(rows, "indexes", index.uid());
            case Change.ReplicasChanged replicas ->
                    add(
                            rows,
                            "replica_state",
                            replicas.row().incarnation() + "/" + replicas.row().nodeId());
            case Change.ReplicasDropped _ -> add(rows, "replica_state", ANY);
            case Change.AliasChanged alias -> add(rows, "aliases", alias.name());
            case Change.ApiKeyChanged key -> add(rows, "api_keys", key.uid());
            case Change.TaskChanged task -> add(rows, "tasks", String.valueOf(task.uid()));
            case Change.TasksDeleted tasks ->
                    tasks.uids().forEach(uid -> add(rows, "tasks", String.valueOf(uid)));
            case Change.LaneChanged lane -> add(rows, "lanes", lane.row().lane());
            case Change.AdminSessionsRevoked revoked ->
                    add(
                            rows,
                            "admin_sessions",
                            revoked.sessionId() == null ? ANY : revoked.sessionId());
            case Change.TopologyChanged _ -> add(rows, "topology", ANY);
            case Change.RowChanged row -> add(rows, row.table(), row.key());
        }
    }

    private static void add(AppliedRows.Builder rows, String table, String key) {
        rows.addRow(ChangedRow.newBuilder().setTable(table).setKey(key));
    }
}
