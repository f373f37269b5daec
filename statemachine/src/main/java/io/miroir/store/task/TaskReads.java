package io.miroir.store.task;

import io.miroir.proto.store.Accepted;
import io.miroir.proto.store.Dispatch;
import io.miroir.proto.store.Missed;
import io.miroir.sqlite.Cursor;
import io.miroir.sqlite.Sql;
import io.miroir.store.engine.Stored;
import java.util.ArrayList;
import java.util.Collection;
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

    private TaskReads() {}

    /** What appliers need to know of a task. */
    record Standing(
            long uid, TaskStatus status, @Nullable String lane, @Nullable String indexUid) {}

    static Optional<Standing> standing(Sql sql, long uid) {
        return sql.first(
                "SELECT uid, status, lane, index_uid FROM tasks WHERE uid = ?",
                row ->
                        new Standing(
                                row.number(1),
                                TaskStatus.ofCode(row.integer(2)),
                                row.textOrNull(3),
                                row.textOrNull(4)),
                uid);
    }

    static Optional<TaskRow> get(Sql sql, long uid) {
        return sql.first(SELECT + " WHERE uid = ?", TaskReads::row, uid);
    }

    static List<TaskRow> unfinished(Sql sql, String lane) {
        return sql.all(
                SELECT + " WHERE lane = ? AND status < 2 ORDER BY position", TaskReads::row, lane);
    }

    static TaskPage list(Sql sql, TaskQuery query) {
        Conditions filter = filter(query);
        long total = sql.number("SELECT count(*) FROM tasks" + filter.where(), filter.arguments());
        Conditions page = filter(query);
        if (query.from() != null) {
            page.add(query.reverse() ? "uid >= ?" : "uid <= ?", query.from());
        }
        List<TaskRow> rows =
                sql.all(
                        SELECT
                                + page.where()
                                + (query.reverse() ? " ORDER BY uid" : " ORDER BY uid DESC")
                                + " LIMIT ?",
                        TaskReads::row,
                        page.argumentsAnd(query.limit() + 1L));
        if (rows.size() <= query.limit()) {
            return new TaskPage(List.copyOf(rows), null, total);
        }
        long next = rows.get(query.limit()).uid();
        return new TaskPage(List.copyOf(rows.subList(0, query.limit())), next, total);
    }

    private static Conditions filter(TaskQuery query) {
        Conditions filter = new Conditions();
        filter.in("uid", query.uids());
        filter.in("batch_uid", query.batchUids());
        filter.in("index_uid", query.indexUids());
        filter.in("canceled_by", query.canceledBy());
        if (query.statuses() != null) {
            filter.in("status", query.statuses().stream().map(TaskStatus::code).toList());
        }
        if (query.types() != null) {
            filter.in("type", query.types().stream().map(TaskType::code).toList());
        }
        filter.between("enqueued_at", query.enqueued());
        filter.between("started_at", query.started());
        filter.between("finished_at", query.finished());
        return filter;
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
                origin(row));
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

    /** A WHERE clause as it grows. */
    private static final class Conditions {
        private final List<String> conditions = new ArrayList<>();
        private final List<Object> arguments = new ArrayList<>();

        void add(String condition, Object argument) {
            conditions.add(condition);
            arguments.add(argument);
        }

        void in(String column, @Nullable Collection<?> values) {
            if (values != null) {
                String marks = String.join(", ", Collections.nCopies(values.size(), "?"));
                conditions.add(column + " IN (" + marks + ")");
                arguments.addAll(values);
            }
        }

        void between(String column, TaskQuery.DateBounds bounds) {
            if (bounds.afterMicros() != null) {
                add(column + " > ?", bounds.afterMicros());
            }
            if (bounds.beforeMicros() != null) {
                add(column + " < ?", bounds.beforeMicros());
            }
        }

        String where() {
            return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
        }

        Object[] arguments() {
            return arguments.toArray();
        }

        Object[] argumentsAnd(Object last) {
            List<Object> all = new ArrayList<>(arguments);
            all.add(last);
            return all.toArray();
        }
    }
}
