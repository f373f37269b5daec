package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.limit.Limits;
import io.miroir.store.limit.LimitsRow;
import io.miroir.store.limit.StoreLimits;
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
        return reads.hash(KEY)
                .row(RedisLimits::row)
                .orElseGet(() -> new LimitsRow(1, StoreLimits.DEFAULT));
    }

    @Override
    public Reply<Setting> set(StoreLimits limits, long expectedVersion) {
        return writes.write(
                RedisAnswer.doneOr(version -> obeyed(limits, version), Setting.Changed::new),
                RedisScript.SET_LIMITS,
                JSON.writeValueAsString(limits),
                expectedVersion);
    }

    private static LimitsRow row(RedisHash hash) {
        return new LimitsRow(
                hash.number("version"), JSON.readValue(hash.text("json"), StoreLimits.class));
    }

    private Setting obeyed(StoreLimits limits, long version) {
        current = limits;
        return new Setting.Set(version);
    }
}
