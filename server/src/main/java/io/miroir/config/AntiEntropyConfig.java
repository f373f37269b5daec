package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Every;
import io.miroir.config.bind.Range;

/**
 * Compares replicas and repairs what differs.
 *
 * @param enabled off: nobody compares
 * @param schedule when a pass begins
 * @param shardsPerPass shards compared in one pass; 0 is all
 * @param maxReadConcurrency shards read at a time
 * @param fingerprintBatchSize documents a read
 * @param autoRepair repairs; else only tells
 * @param updatedAtField reserved field of the plan
 */
public record AntiEntropyConfig(
        @Default("true") boolean enabled,
        @Default("every 6h") Every schedule,
        @Default("0") @Range(min = 0, max = 65536) int shardsPerPass,
        @Default("2") @Range(min = 1, max = 64) int maxReadConcurrency,
        @Default("1000") @Range(min = 1, max = 100000) int fingerprintBatchSize,
        @Default("true") boolean autoRepair,
        @Default("_miroir_updated_at") String updatedAtField) {}
