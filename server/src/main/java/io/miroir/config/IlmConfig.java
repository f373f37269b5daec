package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * Indexes that roll over by time.
 *
 * @param enabled off: nothing rolls
 * @param checkIntervalS time between two looks
 * @param safetyLockOlderThanDays younger indexes are never deleted
 * @param maxRolloversPerCheck in one look
 */
public record IlmConfig(
        @Default("true") boolean enabled,
        @Default("3600") @Range(min = 1, max = 604800) int checkIntervalS,
        @Default("7") @Range(min = 0, max = 36500) int safetyLockOlderThanDays,
        @Default("10") @Range(min = 1, max = 1000) int maxRolloversPerCheck) {}
