package io.miroir.store.adminsession;

import io.miroir.proto.store.AdminSession;
import io.miroir.proto.store.PutRow;
import io.miroir.sqlite.Cursor;
import io.miroir.store.table.TableSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How {@link AdminSessionRow} travels and is stored. */
final class AdminSessionTable implements TableSpec<String, AdminSessionRow> {
    @Override
    public String table() {
        return "admin_sessions";
    }

    @Override
    public int number() {
        return PutRow.ADMIN_SESSION_FIELD_NUMBER;
    }

    @Override
    public List<String> columns() {
        return List.of(
                "session_id",
                "csrf_token",
                "admin_key_hash",
                "created_at",
                "expires_at",
                "revoked",
                "user_agent",
                "source_ip");
    }

    @Override
    public int keyColumns() {
        return 1;
    }

    @Override
    public int rowsMax() {
        return AdminSessions.ROWS_MAX;
    }

    @Override
    public boolean expires() {
        return true;
    }

    @Override
    public boolean living(AdminSessionRow row, long now) {
        return row.expiresAt() > now;
    }

    @Override
    public List<Object> key(String key) {
        return List.of(key);
    }

    @Override
    public PutRow put(AdminSessionRow row) {
        AdminSession.Builder words =
                AdminSession.newBuilder()
                        .setSessionId(row.sessionId())
                        .setCsrfToken(row.csrfToken())
                        .setAdminKeySha256(row.adminKeySha256())
                        .setExpiresAtMicros(row.expiresAt())
                        .setRevoked(row.revoked());
        if (row.userAgent() != null) {
            words.setUserAgent(row.userAgent());
        }
        if (row.sourceIp() != null) {
            words.setSourceIp(row.sourceIp());
        }
        return PutRow.newBuilder().setAdminSession(words).build();
    }

    @Override
    public @Nullable Object[] values(PutRow put, long now) {
        AdminSession words = put.getAdminSession();
        return new @Nullable Object[] {
            words.getSessionId(),
            words.getCsrfToken(),
            words.getAdminKeySha256(),
            now,
            words.getExpiresAtMicros(),
            words.getRevoked(),
            words.hasUserAgent() ? words.getUserAgent() : null,
            words.hasSourceIp() ? words.getSourceIp() : null
        };
    }

    @Override
    public AdminSessionRow read(Cursor row) {
        return new AdminSessionRow(
                row.text(1),
                row.text(2),
                row.text(3),
                row.number(4),
                row.number(5),
                row.number(6) != 0,
                row.textOrNull(7),
                row.textOrNull(8));
    }

    @Override
    public String replacement(String column) {
        // A put that was decided before a logout must not undo it.
        return column.equals("revoked") ? "max(revoked, excluded.revoked)" : "excluded." + column;
    }
}
