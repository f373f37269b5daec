package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * A write that is sent twice with one key is done once.
 *
 * @param enabled off: Idempotency-Key is ignored
 * @param ttlSeconds how long a key is remembered
 * @param maxCachedKeys keys remembered
 */
public record IdempotencyConfig(
        @Default("true") boolean enabled,
        @Default("86400") @Range(min = 1, max = 2592000) int ttlSeconds,
        @Default("1000000") @Range(min = 1, max = 100000000) int maxCachedKeys) {}
