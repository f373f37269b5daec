package io.miroir.store.task;

import io.miroir.proto.store.Accepted;
import io.miroir.proto.store.Dispatch;
import io.miroir.proto.store.Missed;
import io.miroir.sqlite.Cursor;
import io.miroir.sqlite.Sql;
import io.miroir.store.engine.Stored;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads tasks. */
final class TaskReads {
    private static final String SELECT =
            "SELECT uid, batch_uid, index_uid, type, status, canceled_by, details_json, error_json,"
                    + " enqueued_at, started_at, finished_at, lane, epoch, position, incarnation,"
                    + " dispatch FROM tasks";

    /** Commits between index and table that one read puts up with. */
    private static final int AGAIN_MAX = 3;

    private TaskReads() {}

    /** What appliers need to know of a task. */
    record Standing(long uid, TaskDelta.Facets facets, @Nullable String lane) {
        TaskStatus status() {
            return facets.status();
        }

        @Nullable String indexUid() {
            return facets.indexUid();
        }
    }

    static Optional<Standing> standing(Sql sql, long uid) {
        return sql.first(
                "SELECT status, type, index_uid, canceled_by, lane FROM tasks WHERE uid = ?",
                row ->
                        new Standing(
                                uid,
                                new TaskDelta.Facets(
                                        TaskStatus.ofCode(row.integer(1)),
                                        TaskType.ofCode(row.integer(2)),
                                        row.textOrNull(3),
                                        row.numberOrNull(4)),
                                row.textOrNull(5)),
                uid);
    }

    static Optional<TaskRow> get(Sql sql, long uid) {
        return sql.first(SELECT + " WHERE uid = ?", TaskReads::row, uid)
                .map(row -> mayName(row.type()) ? row.naming(names(sql, uid)) : row);
    }

    private static boolean mayName(TaskType type) {
        return type == TaskType.INDEX_SWAP || type == TaskType.INDEX_UPDATE;
    }

    private static List<String> names(Sql sql, long uid) {
        return sql.all(
                "SELECT index_uid FROM task_names WHERE task_uid = ? ORDER BY place",
                row -> row.text(1),
                uid);
    }

    static List<TaskRow> unfinished(Sql sql, String lane) {
        return sql.all(
                SELECT + " WHERE lane = ? AND status < 2 ORDER BY position", TaskReads::row, lane);
    }

    static List<TaskRow> ended(Sql sql, long sinceMicros, int limit) {
        return sql.all(
                SELECT + " WHERE finished_at >= ? ORDER BY finished_at, uid LIMIT ?",
                TaskReads::row,
                sinceMicros,
                limit);
    }

    /**
     * Uids and total come from the index, rows from the table. A commit may lie between the two:
     * then the index is asked again, and a row that still does not fit is left out.
     */
    static TaskPage list(TaskIndex index, Sql sql, TaskQuery query) {
        Tasks.TaskUids found = index.find(query);
        List<TaskRow> rows = rows(sql, query, found.uids());
        for (int again = 0; again < AGAIN_MAX && rows.size() < found.uids().size(); again++) {
            found = index.find(query);
            rows = rows(sql, query, found.uids());
        }
        return new TaskPage(List.copyOf(rows), found.next(), found.total());
    }

    private static List<TaskRow> rows(Sql sql, TaskQuery query, List<Long> uids) {
        List<TaskRow> rows = new ArrayList<>(uids.size());
        for (long uid : uids) {
            get(sql, uid).filter(query::matches).ifPresent(rows::add);
        }
        return rows;
    }

    private static TaskRow row(Cursor row) {
        return new TaskRow(
                row.number(1),
                row.numberOrNull(2),
                row.textOrNull(3),
                TaskType.ofCode(row.integer(4)),
                TaskStatus.ofCode(row.integer(5)),
                row.numberOrNull(6),
                row.text(7),
                row.textOrNull(8),
                new TaskRow.Dates(row.number(9), row.numberOrNull(10), row.numberOrNull(11)),
                origin(row),
                List.of());
    }

    private static TaskRow.@Nullable Origin origin(Cursor row) {
        String lane = row.textOrNull(12);
        if (lane == null) {
            return null;
        }
        Dispatch dispatch = Stored.parse(Dispatch.parser(), row.blob(16));
        Map<String, Long> accepted = new LinkedHashMap<>();
        for (Accepted node : dispatch.getAcceptedList()) {
            accepted.put(node.getNodeId(), node.getNodeTaskUid());
        }
        Map<String, String> missed = new LinkedHashMap<>();
        for (Missed node : dispatch.getMissedList()) {
            missed.put(node.getNodeId(), node.getReason());
        }
        return new TaskRow.Origin(
                lane,
                row.number(13),
                row.number(14),
                row.number(15),
                Collections.unmodifiableMap(accepted),
                Collections.unmodifiableMap(missed));
    }
}
