package io.miroir.store.job;

import org.jspecify.annotations.Nullable;

/**
 * One background job.
 *
 * @param type for example {@code dump_import}
 * @param claimedBy id of the pod that works on it, null when nobody does
 * @param claimExpiresAt store time by which the claimant must beat
 */
public record JobRow(
        String id,
        String type,
        String paramsJson,
        JobState state,
        @Nullable String claimedBy,
        @Nullable Long claimExpiresAt,
        String progressJson) {}
