package io.miroir.store.idempotency;

/**
 * A key that a client gave to a write.
 *
 * @param bodySha256 64 hex digits
 * @param expiresAt store time; from then on the key is forgotten
 */
public record IdempotencyRow(String key, String bodySha256, long taskUid, long expiresAt) {}
