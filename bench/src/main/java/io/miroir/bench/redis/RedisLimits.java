package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.limit.Limits;
import io.miroir.store.limit.LimitsRow;
import io.miroir.store.limit.StoreLimits;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * One hash, {@code miroir:limits}. Scripts are given the numbers that their client knows, as
 * upstream's pods have them from their configuration: a change by another client is not seen.
 */
final class RedisLimits implements Limits {
    private static final String KEY = "miroir:limits";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final RedisPipeline writes;
    private final RedisPipeline reads;
    private volatile StoreLimits current = StoreLimits.DEFAULT;

    RedisLimits(RedisPipeline writes, RedisPipeline reads) {
        this.writes = writes;
        this.reads = reads;
    }

    /** What this client obeys. */
    StoreLimits current() {
        return current;
    }

    @Override
    public LimitsRow get(ReadLevel level) {
        RedisHash hash = reads.hash(KEY);
        return hash.isEmpty()
                ? new LimitsRow(1, StoreLimits.DEFAULT)
                : new LimitsRow(
                        hash.number("version"),
                        JSON.readValue(hash.text("json"), StoreLimits.class));
    }

    @Override
    public Reply<Setting> set(StoreLimits limits, long expectedVersion) {
        return writes.write(
                answer -> {
                    List<?> parts = (List<?>) answer;
                    long version = (Long) parts.get(1);
                    if ((Long) parts.get(0) == 0) {
                        return new Setting.Changed(version);
                    }
                    current = limits;
                    return new Setting.Set(version);
                },
                RedisScript.SET_LIMITS,
                JSON.writeValueAsString(limits),
                expectedVersion);
    }
}
