package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Former;
import io.miroir.config.bind.Range;

/**
 * What is kept of tasks.
 *
 * @param maxTasks tasks kept; beyond it the one that finished longest ago is forgotten
 * @param retentionSeconds how long finished tasks are kept
 */
@Former(value = "cache_size", why = "has no effect: what tasks are found by is always in memory")
@Former(value = "redis_pool_max", why = "has no effect: there is no Redis")
public record TaskRegistryConfig(
        @Default("1000000") @Range(min = 1000, max = 10000000) int maxTasks,
        @Default("604800") @Range(min = 1, max = 315360000) int retentionSeconds) {}
