package io.miroir.store.canary;

/**
 * One canary query.
 *
 * @param createdAt stamped by the store at the first put; ignored in a put
 */
public record CanaryRow(
        String id,
        String name,
        String indexUid,
        int intervalSeconds,
        String queryJson,
        String assertionsJson,
        boolean enabled,
        long createdAt) {}
