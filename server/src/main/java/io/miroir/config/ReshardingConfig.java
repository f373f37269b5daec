package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * Changing the number of shards of a live index.
 *
 * @param enabled off: resharding is refused
 * @param backfillConcurrency chunks copied at a time
 * @param backfillBatchSize documents a request
 * @param throttleDocsPerSec documents a second; 0 is without limit
 * @param verifyBeforeSwap compares both before the switch
 * @param retainOldIndexHours time in which the switch can be undone
 */
public record ReshardingConfig(
        @Default("true") boolean enabled,
        @Default("4") @Range(min = 1, max = 64) int backfillConcurrency,
        @Default("1000") @Range(min = 1, max = 100000) int backfillBatchSize,
        @Default("0") @Range(min = 0, max = 10000000) int throttleDocsPerSec,
        @Default("true") boolean verifyBeforeSwap,
        @Default("48") @Range(min = 0, max = 8760) int retainOldIndexHours) {}
