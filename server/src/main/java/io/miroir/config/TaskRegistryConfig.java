package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Former;
import io.miroir.config.bind.Range;

/**
 * What is kept of tasks.
 *
 * @param cacheSize tasks in memory
 */
@Former(value = "redis_pool_max", why = "has no effect: there is no Redis")
public record TaskRegistryConfig(@Default("10000") @Range(min = 0, max = 1000000) int cacheSize) {}
