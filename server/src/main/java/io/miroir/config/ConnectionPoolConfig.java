package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * Connections to each node.
 *
 * @param maxIdle kept open unused
 * @param maxTotal open at a time; more requests wait
 * @param idleTimeoutS unused for so long: closed
 */
public record ConnectionPoolConfig(
        @Default("32") @Range(min = 0, max = 10000) int maxIdle,
        @Default("128") @Range(min = 1, max = 10000) int maxTotal,
        @Default("60") @Range(min = 1, max = 3600) long idleTimeoutS) {}
