package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * Tells the plan of a search.
 *
 * @param enabled off: /explain is refused
 * @param maxWarnings in one answer
 * @param allowExecuteParameter also runs the plan when asked
 */
public record ExplainConfig(
        @Default("true") boolean enabled,
        @Default("20") @Range(min = 0, max = 1000) int maxWarnings,
        @Default("true") boolean allowExecuteParameter) {}
