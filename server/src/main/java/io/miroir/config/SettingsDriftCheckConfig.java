package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * Finds nodes whose settings were changed behind our back.
 *
 * @param enabled off: nobody looks
 * @param intervalS time between two looks
 * @param autoRepair puts them right; else only tells
 */
public record SettingsDriftCheckConfig(
        @Default("true") boolean enabled,
        @Default("300") @Range(min = 1, max = 604800) int intervalS,
        @Default("true") boolean autoRepair) {}
