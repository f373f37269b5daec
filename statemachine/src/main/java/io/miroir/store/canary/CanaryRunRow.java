package io.miroir.store.canary;

import org.jspecify.annotations.Nullable;

/**
 * One run of a canary.
 *
 * @param ranAt store time
 * @param failedAssertionsJson null when it passed
 */
public record CanaryRunRow(
        String canaryId,
        long ranAt,
        CanaryRunStatus status,
        int latencyMillis,
        @Nullable String failedAssertionsJson) {}
