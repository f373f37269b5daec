package io.miroir.store.session;

import io.miroir.proto.store.EndSession;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.Session;
import io.miroir.sqlite.Sql;
import io.miroir.store.Change;
import io.miroir.store.engine.Outcomes;
import io.miroir.store.engine.Write;
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
                old.lastWriteTaskUid(),
                old.lastWriteAt(),
                pinned,
                Math.max(old.minSettingsVersion(), command.getMinSettingsVersion()),
                old.sessionId());
    }

    /** The session's write has become this task. */
    public static void wrote(Write write, String sessionId, long taskUid) {
        SessionRow old = living(write, sessionId);
        put(write, taskUid, write.now(), old.pinnedGroup(), old.minSettingsVersion(), sessionId);
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
                "SELECT session_id, last_write_task_uid, last_write_at, pinned_group,"
                        + " min_settings_version, expires_at FROM sessions WHERE session_id = ?"
                        + " AND expires_at > ?",
                row ->
                        new SessionRow(
                                row.text(1),
                                row.numberOrNull(2),
                                row.numberOrNull(3),
                                row.integerOrNull(4),
                                row.number(5),
                                row.number(6)),
                sessionId,
                now);
    }

    /** The one that lives, or a new one's beginning. */
    private static SessionRow living(Write write, String sessionId) {
        return get(write.sql(), sessionId, write.now())
                .orElse(new SessionRow(sessionId, null, null, null, 0, 0));
    }

    private static Outcome put(
            Write write,
            @Nullable Long taskUid,
            @Nullable Long writtenAt,
            @Nullable Integer pinnedGroup,
            long minSettingsVersion,
            String sessionId) {
        boolean isNew =
                write.sql()
                        .first("SELECT 1 FROM sessions WHERE session_id = ?", _ -> true, sessionId)
                        .isEmpty();
        if (isNew && write.rows(TABLE) >= write.limits().sessionsMax()) {
            evict(write);
        }
        long until = write.now() + write.limits().sessionTtlMicros();
        write.sql()
                .update(
                        "INSERT OR REPLACE INTO sessions (session_id, last_write_task_uid,"
                                + " last_write_at, pinned_group, min_settings_version, expires_at)"
                                + " VALUES (?, ?, ?, ?, ?, ?)",
                        sessionId,
                        taskUid,
                        writtenAt,
                        pinnedGroup,
                        minSettingsVersion,
                        until);
        write.rowsChanged(TABLE, isNew ? 1 : 0);
        write.changed(new Change.RowChanged(TABLE, sessionId));
        return Outcomes.until(until);
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
