package io.miroir.store.recovery;

import io.miroir.sqlite.Sql;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import java.util.ArrayList;
import java.util.List;

/**
 * What an older state needs before anyone goes on from it (protocol rule 17). The cluster that it
 * is of may have done more since: given out task uids and index numbers, written to nodes, revoked
 * sessions. None of that is known, so nothing that was given out may be given out again, and what
 * nodes hold is not believed.
 */
public final class StateJump {
    /**
     * How far counters jump: more than the lost time can have used.
     *
     * @param taskUids a client may still ask for a task of the lost time: it must find none, not
     *     another one. Uids are 32 bits wide in clients: this may be done some hundred times
     * @param incarnations nodes may hold indexes of the lost time under their numbers
     * @param epochs nodes' tasks carry them: those of the lost time must never look current
     * @param positions documents written in the lost time carry sequence numbers made from them
     */
    public record Distance(long taskUids, long incarnations, long epochs, long positions) {
        /** Ten million tasks and writes of each index, a million indexes and ownerships. */
        public static final Distance DEFAULT =
                new Distance(10_000_000, 1_000_000, 1_000_000, 10_000_000);
    }

    /**
     * What was changed.
     *
     * @param replicas shards on nodes that are unverified now
     * @param adminSessions ended, since their end may have been lost
     * @param nextTaskUid the next task's
     * @param nextIncarnation the next index's
     */
    public record Made(long replicas, long adminSessions, long nextTaskUid, long nextIncarnation) {}

    private record Row(long incarnation, String nodeId, ShardStates states) {}

    private StateJump() {}

    /** Changes the database in one transaction. */
    public static Made apply(Sql sql, Distance distance) {
        sql.beginWrite();
        sql.update(
                "UPDATE applied SET next_task_uid = next_task_uid + ?, next_incarnation ="
                        + " next_incarnation + ?, next_epoch = next_epoch + ?",
                distance.taskUids(),
                distance.incarnations(),
                distance.epochs());
        sql.update("UPDATE lanes SET next_position = next_position + ?", distance.positions());
        long replicas = doubt(sql);
        long sessions = sql.update("DELETE FROM admin_sessions");
        Made made =
                new Made(
                        replicas,
                        sessions,
                        sql.number("SELECT next_task_uid FROM applied"),
                        sql.number("SELECT next_incarnation FROM applied"));
        sql.commit();
        return made;
    }

    /**
     * A state that is brought elsewhere must not lead to the nodes of the cluster that it is of,
     * which may live: where its nodes are is for the new one's configuration to say.
     */
    public static void forgetAddresses(Sql sql) {
        sql.beginWrite();
        sql.update(
                "UPDATE topology SET json = json_remove(json, '$.addresses'),"
                        + " version = version + 1"
                        + " WHERE json_valid(json) AND json_extract(json, '$.addresses') IS NOT NULL");
        sql.commit();
    }

    private static long doubt(Sql sql) {
        List<Row> rows = new ArrayList<>();
        sql.each(
                "SELECT incarnation, node_id, states FROM replica_state",
                row -> rows.add(new Row(row.number(1), row.text(2), ShardStates.of(row.blob(3)))));
        long replicas = 0;
        for (Row row : rows) {
            ShardStates states = row.states();
            for (int shard = 0; shard < states.shards(); shard++) {
                // What is about to be deleted is not read whatever is found of it.
                if (states.get(shard).isKept()) {
                    states = states.with(shard, ShardState.UNVERIFIED);
                    replicas++;
                }
            }
            sql.update(
                    "UPDATE replica_state SET states = ?, version = version + 1"
                            + " WHERE incarnation = ? AND node_id = ?",
                    states.toBytes(),
                    row.incarnation(),
                    row.nodeId());
        }
        return replicas;
    }
}
