package io.miroir.store.limit;

/**
 * The limits that hold.
 *
 * @param version counts changes, from 1
 */
public record LimitsRow(long version, StoreLimits limits) {}
