package io.miroir.store.session;

import io.miroir.proto.store.PutRow;
import io.miroir.proto.store.Session;
import io.miroir.sqlite.Cursor;
import io.miroir.store.table.TableSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How {@link SessionRow} travels and is stored. */
final class SessionTable implements TableSpec<String, SessionRow> {
    @Override
    public String table() {
        return "sessions";
    }

    @Override
    public int number() {
        return PutRow.SESSION_FIELD_NUMBER;
    }

    @Override
    public List<String> columns() {
        return List.of(
                "session_id",
                "last_write_task_uid",
                "last_write_at",
                "pinned_group",
                "min_settings_version",
                "expires_at");
    }

    @Override
    public int keyColumns() {
        return 1;
    }

    @Override
    public int rowsMax() {
        return Sessions.ROWS_MAX;
    }

    @Override
    public boolean expires() {
        return true;
    }

    @Override
    public List<Object> key(String key) {
        return List.of(key);
    }

    @Override
    public PutRow put(SessionRow row) {
        Session.Builder words =
                Session.newBuilder()
                        .setSessionId(row.sessionId())
                        .setMinSettingsVersion(row.minSettingsVersion())
                        .setExpiresAtMicros(row.expiresAt());
        if (row.lastWriteTaskUid() != null) {
            words.setLastWriteTaskUid(row.lastWriteTaskUid());
        }
        if (row.lastWriteAt() != null) {
            words.setLastWriteAtMicros(row.lastWriteAt());
        }
        if (row.pinnedGroup() != null) {
            words.setPinnedGroup(row.pinnedGroup());
        }
        return PutRow.newBuilder().setSession(words).build();
    }

    @Override
    public @Nullable Object[] values(PutRow put, long now) {
        Session words = put.getSession();
        return new @Nullable Object[] {
            words.getSessionId(),
            words.hasLastWriteTaskUid() ? words.getLastWriteTaskUid() : null,
            words.hasLastWriteAtMicros() ? words.getLastWriteAtMicros() : null,
            words.hasPinnedGroup() ? words.getPinnedGroup() : null,
            words.getMinSettingsVersion(),
            words.getExpiresAtMicros()
        };
    }

    @Override
    public SessionRow read(Cursor row) {
        return new SessionRow(
                row.text(1),
                row.numberOrNull(2),
                row.numberOrNull(3),
                row.integerOrNull(4),
                row.number(5),
                row.number(6));
    }
}
