package io.miroir.store.lease;

/**
 * Where a leader's duty stands. Leadership itself is Raft's; the row tells the next leader where to
 * go on.
 *
 * @param scope for example {@code reshard:movies}
 * @param holder id of the pod that wrote it
 * @param term the term in which it was written
 * @param phaseJson the last committed step
 */
public record LeaseRow(String scope, String holder, long term, String phaseJson, long updatedAt) {}
