package io.miroir.store.session;

import com.google.protobuf.InvalidProtocolBufferException;
import io.miroir.proto.store.EndSession;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.PendingWrites;
import io.miroir.proto.store.Session;
import io.miroir.sqlite.Sql;
import io.miroir.store.Change;
import io.miroir.store.engine.Outcomes;
import io.miroir.store.engine.Write;
import io.miroir.store.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes and reads sessions. */
public final class SessionApplier {
    private static final String TABLE = "sessions";

    /** More than one, so that a lowered cap is reached by and by. */
    private static final int EVICTED_PER_INSERT = 2;

    private SessionApplier() {}

    public static Outcome touch(Write write, Session command) {
        SessionRow old = living(write, command.getSessionId());
        @Nullable Integer pinned = old.pinnedGroup();
        if (command.getUnpin()) {
            pinned = null;
        } else if (command.hasPinnedGroup()) {
            pinned = command.getPinnedGroup();
        }
        return put(
                write,
                new SessionRow(
                        old.sessionId(),
                        old.lastWriteTaskUid(),
                        old.lastWriteAt(),
                        pinned,
                        old.pending(),
                        Math.max(old.minSettingsVersion(), command.getMinSettingsVersion()),
                        until(write)));
    }

    /**
     * The session's write has become this task.
     *
     * @param pinnedGroup where its reads may go while the write is on its way; null if nobody
     *     knows, which leaves the pin as it is
     */
    public static void wrote(
            Write write, String sessionId, long taskUid, @Nullable Integer pinnedGroup) {
        SessionRow old = living(write, sessionId);
        put(
                write,
                new SessionRow(
                        sessionId,
                        taskUid,
                        write.now(),
                        pinnedGroup == null ? old.pinnedGroup() : pinnedGroup,
                        pending(write, old.pending(), taskUid),
                        old.minSettingsVersion(),
                        until(write)));
    }

    /** Those of the old ones that have not ended, and the new one. */
    private static List<Long> pending(Write write, List<Long> old, long taskUid) {
        List<Long> open = new ArrayList<>();
        for (long uid : old) {
            boolean isOpen =
                    write.sql()
                            .first(
                                    "SELECT status FROM tasks WHERE uid = ?",
                                    row -> TaskStatus.ofCode((int) row.number(1)),
                                    uid)
                            .filter(status -> !status.terminal())
                            .isPresent();
            if (isOpen) {
                open.add(uid);
            }
        }
        open.add(taskUid);
        return open.subList(Math.max(0, open.size() - Sessions.PENDING_MAX), open.size());
    }

    public static Outcome end(Write write, EndSession command) {
        int gone =
                write.sql()
                        .update(
                                "DELETE FROM sessions WHERE session_id = ?",
                                command.getSessionId());
        write.rowsChanged(TABLE, -gone);
        if (gone > 0) {
            write.changed(new Change.RowChanged(TABLE, command.getSessionId()));
        }
        return Outcomes.existed(gone > 0);
    }

    static Optional<SessionRow> get(Sql sql, String sessionId, long now) {
        return sql.first(
                "SELECT session_id, last_write_task_uid, last_write_at, pinned_group, pending,"
                        + " min_settings_version, expires_at FROM sessions WHERE session_id = ?"
                        + " AND expires_at > ?",
                row ->
                        new SessionRow(
                                row.text(1),
                                row.numberOrNull(2),
                                row.numberOrNull(3),
                                row.integerOrNull(4),
                                parsed(row.blob(5)),
                                row.number(6),
                                row.number(7)),
                sessionId,
                now);
    }

    private static List<Long> parsed(byte[] pending) {
        try {
            return List.copyOf(PendingWrites.parseFrom(pending).getTaskUidList());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a row of sessions", e);
        }
    }

    /** The one that lives, or a new one's beginning. */
    private static SessionRow living(Write write, String sessionId) {
        return get(write.sql(), sessionId, write.now())
                .orElse(new SessionRow(sessionId, null, null, null, List.of(), 0, 0));
    }

    private static long until(Write write) {
        return write.now() + write.limits().sessionTtlMicros();
    }

    private static Outcome put(Write write, SessionRow row) {
        boolean isNew =
                write.sql()
                        .first(
                                "SELECT 1 FROM sessions WHERE session_id = ?",
                                _ -> true,
                                row.sessionId())
                        .isEmpty();
        if (isNew && write.rows(TABLE) >= write.limits().sessionsMax()) {
            evict(write);
        }
        write.sql()
                .update(
                        "INSERT OR REPLACE INTO sessions (session_id, last_write_task_uid,"
                                + " last_write_at, pinned_group, pending, min_settings_version,"
                                + " expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                        row.sessionId(),
                        row.lastWriteTaskUid(),
                        row.lastWriteAt(),
                        row.pinnedGroup(),
                        PendingWrites.newBuilder()
                                .addAllTaskUid(row.pending())
                                .build()
                                .toByteArray(),
                        row.minSettingsVersion(),
                        row.expiresAt());
        write.rowsChanged(TABLE, isNew ? 1 : 0);
        write.changed(new Change.RowChanged(TABLE, row.sessionId()));
        return Outcomes.until(row.expiresAt());
    }

    private static void evict(Write write) {
        int gone =
                write.sql()
                        .update(
                                "DELETE FROM sessions WHERE session_id IN (SELECT session_id FROM"
                                        + " sessions ORDER BY expires_at, session_id LIMIT ?)",
                                EVICTED_PER_INSERT);
        write.rowsChanged(TABLE, -gone);
    }
}
