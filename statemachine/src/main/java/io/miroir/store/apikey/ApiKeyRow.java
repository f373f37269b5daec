package io.miroir.store.apikey;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key that clients use. Its secret is derived from uid and master key, as Meilisearch does it.
 *
 * @param actions what it may do, in Meilisearch's words
 * @param indexes index uids or patterns
 * @param expiry RFC 3339 as its client wrote it, null for never
 * @param createdAt stamped by the store; ignored in a write
 * @param updatedAt stamped by the store, later at each change; ignored in a write
 */
public record ApiKeyRow(
        String uid,
        @Nullable String name,
        @Nullable String description,
        List<String> actions,
        List<String> indexes,
        @Nullable String expiry,
        long createdAt,
        long updatedAt) {}
