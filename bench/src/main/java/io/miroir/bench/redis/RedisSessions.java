package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.limit.StoreLimits;
import io.miroir.store.session.SessionRow;
import io.miroir.store.session.Sessions;
import java.util.List;
import java.util.Optional;

/** {@code miroir:sessions:<id>} hashes that expire by Redis, and an index by their end. */
final class RedisSessions implements Sessions {
    private final RedisPipeline writes;
    private final RedisPipeline reads;
    private final RedisLimits limits;

    RedisSessions(RedisPipeline writes, RedisPipeline reads, RedisLimits limits) {
        this.writes = writes;
        this.reads = reads;
        this.limits = limits;
    }

    @Override
    public Reply<Long> touch(String sessionId) {
        return step("touch", sessionId, "", "");
    }

    @Override
    public Reply<Long> pin(String sessionId, int group, long minSettingsVersion) {
        return step("pin", sessionId, group, minSettingsVersion);
    }

    @Override
    public Reply<Long> unpin(String sessionId) {
        return step("unpin", sessionId, "", "");
    }

    private Reply<Long> step(String what, String id, Object group, Object settingsVersion) {
        StoreLimits now = limits.current();
        return writes.write(
                RedisAnswer::number,
                RedisScript.SESSION,
                what,
                id,
                now.sessionTtlMicros(),
                now.sessionsMax(),
                group,
                settingsVersion);
    }

    @Override
    public Reply<Boolean> end(String sessionId) {
        return writes.write(RedisAnswer::existed, RedisScript.SESSION, "end", sessionId, 0, 0);
    }

    @Override
    public Optional<SessionRow> get(ReadLevel level, String sessionId) {
        return reads.hash("miroir:sessions:" + sessionId).row(hash -> row(sessionId, hash));
    }

    private static SessionRow row(String sessionId, RedisHash hash) {
        Long group = hash.numberOrNull("pinned_group");
        Long lastWrite = hash.numberOrNull("last_write_task_uid");
        return new SessionRow(
                sessionId,
                lastWrite,
                hash.numberOrNull("last_write_at"),
                group == null ? null : Math.toIntExact(group),
                // Its schema is the upstream plan's, which keeps the last one only.
                lastWrite == null ? List.of() : List.of(lastWrite),
                hash.number("min_settings_version"),
                hash.number("expires_at"));
    }

    @Override
    public long living(ReadLevel level) {
        return reads.living("miroir:sessions:_index");
    }
}
