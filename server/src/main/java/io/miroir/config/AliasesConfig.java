package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * Names for indexes that can be turned in one step.
 *
 * @param enabled off: an alias is an unknown index
 * @param historyRetention former targets kept
 * @param requireTargetExists refuses an alias to nothing
 */
public record AliasesConfig(
        @Default("true") boolean enabled,
        @Default("10") @Range(min = 0, max = 1000) int historyRetention,
        @Default("true") boolean requireTargetExists) {}
