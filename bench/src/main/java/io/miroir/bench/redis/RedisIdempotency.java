package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.idempotency.IdempotencyKeys;
import io.miroir.store.idempotency.IdempotencyRow;
import java.util.Optional;

/**
 * {@code miroir:idempotency_cache:<key>} hashes that expire by Redis; writes of tasks make them.
 */
record RedisIdempotency(RedisPipeline reads) implements IdempotencyKeys {

    @Override
    public Optional<IdempotencyRow> get(ReadLevel level, String key) {
        return reads.hash("miroir:idempotency_cache:" + key)
                .row(
                        hash ->
                                new IdempotencyRow(
                                        key,
                                        hash.text("body_sha256"),
                                        hash.number("task_uid"),
                                        hash.number("expires_at")));
    }

    @Override
    public long living(ReadLevel level) {
        return reads.living("miroir:idempotency_cache:_index");
    }
}
