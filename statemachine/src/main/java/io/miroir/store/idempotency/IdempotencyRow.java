package io.miroir.store.idempotency;

/**
 * A write that was done under a key.
 *
 * @param bodySha256 64 hex digits
 * @param expiresAt store time; expired rows are removed by later writes
 */
public record IdempotencyRow(String key, String bodySha256, long taskUid, long expiresAt) {}
