package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.adminsession.AdminSessionRow;
import io.miroir.store.adminsession.AdminSessions;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code miroir:admin_sessions:<id>} hashes; a revocation is published too, for watchers. */
record RedisAdminSessions(RedisRows<AdminSessionRow> rows, RedisPipeline writes)
        implements AdminSessions {

    @Override
    public Reply<Integer> revoke(@Nullable String sessionId) {
        return writes.write(
                RedisAnswer::count,
                RedisScript.REVOKE_SESSIONS,
                sessionId == null ? "" : sessionId);
    }

    @Override
    public Reply<Put> put(AdminSessionRow row) {
        return rows.put(row);
    }

    @Override
    public Reply<Boolean> delete(String key) {
        return rows.delete(key);
    }

    @Override
    public Optional<AdminSessionRow> get(ReadLevel level, String key) {
        return rows.get(level, key);
    }

    @Override
    public List<AdminSessionRow> list(ReadLevel level, int limit) {
        return rows.list(level, limit);
    }
}
