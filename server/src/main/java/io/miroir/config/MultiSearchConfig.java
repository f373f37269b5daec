package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * Several searches in one request.
 *
 * @param enabled off: there is no /multi-search
 * @param maxQueriesPerBatch searches in one request
 * @param totalTimeoutMs longest time for all
 * @param perQueryTimeoutMs longest time for one
 */
public record MultiSearchConfig(
        @Default("true") boolean enabled,
        @Default("100") @Range(min = 1, max = 10000) int maxQueriesPerBatch,
        @Default("30000") @Range(min = 1, max = 600000) long totalTimeoutMs,
        @Default("30000") @Range(min = 1, max = 600000) long perQueryTimeoutMs) {}
