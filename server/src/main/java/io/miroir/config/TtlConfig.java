package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;
import java.util.Map;

/**
 * Documents that expire.
 *
 * @param enabled off: nothing expires
 * @param sweepIntervalS time between two sweeps
 * @param maxDeletesPerSweep documents deleted in one sweep of a shard
 * @param expiresAtField reserved field of the plan
 * @param perIndexOverrides other values for some indexes
 */
public record TtlConfig(
        @Default("true") boolean enabled,
        @Default("300") @Range(min = 1, max = 604800) int sweepIntervalS,
        @Default("10000") @Range(min = 1, max = 10000000) int maxDeletesPerSweep,
        @Default("_miroir_expires_at") String expiresAtField,
        @Range(min = 0, max = 10000) Map<String, IndexOverride> perIndexOverrides) {

    /**
     * Values for one index.
     *
     * @param sweepIntervalS time between two sweeps
     * @param maxDeletesPerSweep documents deleted in one sweep of a shard
     */
    public record IndexOverride(
            @Default("300") @Range(min = 1, max = 604800) int sweepIntervalS,
            @Default("10000") @Range(min = 1, max = 10000000) int maxDeletesPerSweep) {}
}
