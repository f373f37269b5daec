package io.miroir.store.lane;

import io.miroir.store.engine.Write;
import io.miroir.store.task.TaskDelta;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes barriers: tasks of several names, which end after all that came before them in the lanes
 * of these names, and before all that comes after (protocol rule 7). A barrier is in all its lanes
 * from one command on, so no two can wait for each other: those that share a lane end in the order
 * of their uids.
 */
public final class BarrierApplier {
    private static final String TABLE = "task_names";

    private BarrierApplier() {}

    /** Makes a task a barrier. */
    public static void raise(Write write, long taskUid, List<String> names) {
        for (int place = 0; place < names.size(); place++) {
            write.sql()
                    .update(
                            "INSERT INTO task_names (task_uid, place, index_uid, waits)"
                                    + " VALUES (?, ?, ?, 1)",
                            taskUid,
                            place,
                            names.get(place));
        }
        write.rowsChanged(TABLE, names.size());
        write.task(new TaskDelta.Named(taskUid, List.copyOf(names)));
    }

    /** Whether what comes into a lane now must wait. */
    static boolean bars(Write write, String lane) {
        return !none(write) && LaneReads.barred(write.sql(), lane);
    }

    /** Whether a task is a barrier, and something that is before it has not ended. */
    public static boolean waits(Write write, long taskUid) {
        if (none(write)) {
            return false;
        }
        return write
                .sql()
                .all(
                        "SELECT index_uid FROM task_names WHERE task_uid = ? AND waits = 1",
                        row -> row.text(1),
                        taskUid)
                .stream()
                .anyMatch(lane -> isBehind(write, taskUid, lane));
    }

    // What was intended in another lane when the barrier came is bound after it, and has a higher
    // uid: it began on the index that bore the name then, so it is before the barrier all the same.
    // Other barriers are in the order of their uids.
    private static boolean isBehind(Write write, long taskUid, String lane) {
        return write.sql()
                        .number(
                                "SELECT EXISTS (SELECT 1 FROM intents WHERE lane = ?) OR EXISTS"
                                        + " (SELECT 1 FROM task_names WHERE index_uid = ? AND"
                                        + " waits = 1 AND task_uid < ?) OR EXISTS (SELECT 1 FROM"
                                        + " tasks t WHERE t.lane = ? AND t.status < 2 AND t.uid <>"
                                        + " ? AND NOT EXISTS (SELECT 1 FROM task_names n WHERE"
                                        + " n.task_uid = t.uid AND n.waits = 1))",
                                lane,
                                lane,
                                taskUid,
                                lane,
                                taskUid)
                != 0;
    }

    /**
     * The task has ended: what waits for it may go on. Its names are kept for whoever lists them.
     */
    public static void lower(Write write, long taskUid) {
        if (none(write)) {
            return;
        }
        int lowered =
                write.sql()
                        .update(
                                "UPDATE task_names SET waits = 0 WHERE task_uid = ? AND waits = 1",
                                taskUid);
        if (lowered > 0 && write.rows(TABLE) > Lanes.NAME_ROWS_MAX) {
            List<String> names = new ArrayList<>(forget(write, taskUid));
            // A rename is found by its own index all the same.
            names.removeAll(ownIndex(write, taskUid));
            write.task(new TaskDelta.Unnamed(taskUid, List.copyOf(names)));
        }
    }

    private static List<String> ownIndex(Write write, long taskUid) {
        return write.sql()
                .all(
                        "SELECT index_uid FROM tasks WHERE uid = ? AND index_uid IS NOT NULL",
                        row -> row.text(1),
                        taskUid);
    }

    /** A task is forgotten; answers the names that it spoke of. */
    public static List<String> forget(Write write, long taskUid) {
        if (none(write)) {
            return List.of();
        }
        List<String> names =
                write.sql()
                        .all(
                                "SELECT index_uid FROM task_names WHERE task_uid = ?",
                                row -> row.text(1),
                                taskUid);
        if (!names.isEmpty()) {
            write.sql().update("DELETE FROM task_names WHERE task_uid = ?", taskUid);
            write.rowsChanged(TABLE, -names.size());
        }
        return names;
    }

    /** Whether no task has several names, as is the rule: then none need be looked for. */
    private static boolean none(Write write) {
        return write.rows(TABLE) == 0;
    }

    /**
     * Tasks that have ended speak of the other name where they spoke of one of the two.
     *
     * @param uids of tasks, as a JSON array
     */
    public static void exchange(Write write, String uids, String one, String other) {
        if (none(write)) {
            return;
        }
        write.sql()
                .update(
                        "UPDATE task_names SET index_uid = CASE index_uid WHEN ?2 THEN ?3 ELSE ?2 END"
                                + " WHERE task_uid IN (SELECT value FROM json_each(?1)) AND"
                                + " index_uid IN (?2, ?3) AND waits = 0",
                        uids,
                        one,
                        other);
    }

    /**
     * Which of two names barriers that have not ended speak of, those of their own indexes too.
     *
     * @param uids of tasks, as a JSON array
     */
    public static List<TaskDelta.Kept> kept(Write write, String uids, String one, String other) {
        if (none(write)) {
            return List.of();
        }
        return write.sql()
                .all(
                        "SELECT task_uid, index_uid FROM task_names WHERE task_uid IN (SELECT value"
                                + " FROM json_each(?1)) AND index_uid IN (?2, ?3) AND waits = 1"
                                + " UNION SELECT t.uid, t.index_uid FROM tasks t WHERE t.uid IN"
                                + " (SELECT value FROM json_each(?1)) AND t.index_uid IN (?2, ?3)"
                                + " AND EXISTS (SELECT 1 FROM task_names n WHERE n.task_uid = t.uid"
                                + " AND n.waits = 1)",
                        row -> new TaskDelta.Kept(row.number(1), row.text(2)),
                        uids,
                        one,
                        other);
    }
}
