package io.miroir.store.job;

import org.jspecify.annotations.Nullable;

/**
 * One background job.
 *
 * @param madeOf what was asked for
 * @param claim who works on it, or did last; null if nobody ever did
 * @param progressJson what the last claimant saved
 * @param errorJson of the last failure
 * @param attempts how often it was claimed
 * @param dates store times
 */
public record JobRow(
        NewJob madeOf,
        JobState state,
        @Nullable Claim claim,
        String progressJson,
        @Nullable String errorJson,
        int attempts,
        Dates dates) {

    /**
     * A claim.
     *
     * @param podId the claimant
     * @param number never given twice: what a claimant shows with each step
     * @param expiresAt store time by which it must beat; null once the claim is over
     */
    public record Claim(String podId, long number, @Nullable Long expiresAt) {}

    /**
     * When it took its steps.
     *
     * @param readyAt from when on it may be claimed
     */
    public record Dates(long enqueuedAt, long readyAt, @Nullable Long endedAt) {}
}
