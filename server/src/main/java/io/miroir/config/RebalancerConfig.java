package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * How shards move when nodes come and go.
 *
 * @param autoRebalanceOnRecovery moves shards back to a node that returned
 * @param maxConcurrentMigrations shards under way at a time
 * @param migrationTimeoutS longest time for one shard
 */
public record RebalancerConfig(
        @Default("true") boolean autoRebalanceOnRecovery,
        @Default("4") @Range(min = 1, max = 64) int maxConcurrentMigrations,
        @Default("3600") @Range(min = 1, max = 604800) long migrationTimeoutS) {}
