package io.miroir.store.lease;

/**
 * Who runs a duty and where it stands.
 *
 * @param scope for example {@code reshard:movies}
 * @param holder id of the pod that holds it; empty if it was released
 * @param term the term in which it was taken
 * @param epoch never given twice: what the holder shows with each step
 * @param phaseJson the last committed step, for whoever goes on
 * @param expiresAt store time; from then on anyone may take it
 * @param updatedAt store time
 */
public record LeaseRow(
        String scope,
        String holder,
        long term,
        long epoch,
        String phaseJson,
        long expiresAt,
        long updatedAt) {}
