package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * Equal searches at the same time ask the nodes once.
 *
 * @param enabled off: each search asks
 * @param windowMs how long after its start a search may be joined
 * @param maxSubscribers searches that wait for one answer
 * @param maxPendingQueries different searches under way
 */
public record QueryCoalescingConfig(
        @Default("true") boolean enabled,
        @Default("50") @Range(min = 0, max = 10000) long windowMs,
        @Default("1000") @Range(min = 1, max = 1000000) int maxSubscribers,
        @Default("10000") @Range(min = 1, max = 1000000) int maxPendingQueries) {}
