package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * A second request to another replica when the first is slow.
 *
 * @param enabled off: every request is sent once
 * @param p95TriggerMultiplier of the node's 95th percentile, the wait before hedging
 * @param minTriggerMs shortest such wait
 * @param maxHedgesPerQuery second requests of one query
 * @param crossGroupFallback hedges into another group as a last resort
 */
public record HedgingConfig(
        @Default("true") boolean enabled,
        @Default("1.2") @Range(min = 0.1, max = 100) double p95TriggerMultiplier,
        @Default("15") @Range(min = 0, max = 60000) long minTriggerMs,
        @Default("2") @Range(min = 0, max = 64) int maxHedgesPerQuery,
        @Default("true") boolean crossGroupFallback) {}
