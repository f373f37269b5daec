package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * How nodes are watched.
 *
 * @param intervalMs time between two probes of a node
 * @param timeoutMs longest wait for a probe
 * @param unhealthyThreshold failed probes in a row that take a node out
 * @param recoveryThreshold good probes in a row that bring it back
 */
public record HealthConfig(
        @Default("5000") @Range(min = 50, max = 3600000) long intervalMs,
        @Default("2000") @Range(min = 10, max = 600000) long timeoutMs,
        @Default("3") @Range(min = 1, max = 100) int unhealthyThreshold,
        @Default("2") @Range(min = 1, max = 100) int recoveryThreshold) {}
