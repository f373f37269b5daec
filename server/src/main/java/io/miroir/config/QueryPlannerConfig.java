package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * Asks only the shards that a filter on the primary key leaves.
 *
 * @param enabled off: every shard is asked
 * @param maxPkLiteralsNarrowable most keys in a filter that narrows
 * @param logPlans writes each plan to the log
 */
public record QueryPlannerConfig(
        @Default("true") boolean enabled,
        @Default("128") @Range(min = 1, max = 10000) int maxPkLiteralsNarrowable,
        @Default("false") boolean logPlans) {}
