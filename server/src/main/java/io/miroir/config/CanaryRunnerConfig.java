package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * Queries with known answers, asked again and again.
 *
 * @param enabled off: none is asked
 * @param maxConcurrentCanaries at a time
 * @param runHistoryPerCanary results kept
 * @param emitResultsToCdc publishes results as change events
 */
public record CanaryRunnerConfig(
        @Default("true") boolean enabled,
        @Default("10") @Range(min = 1, max = 1000) int maxConcurrentCanaries,
        @Default("100") @Range(min = 1, max = 10000) int runHistoryPerCanary,
        @Default("true") boolean emitResultsToCdc) {}
