package io.miroir.store.apikey;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key that clients use. Its secret is derived from uid and master key, as Meilisearch does it.
 *
 * @param actions what it may do, in Meilisearch's words
 * @param indexes index uids or patterns
 * @param expiresAt store time, null for never
 * @param createdAt stamped by the store at the first put; ignored in a put
 * @param updatedAt stamped by the store; ignored in a put
 */
public record ApiKeyRow(
        String uid,
        @Nullable String name,
        @Nullable String description,
        List<String> actions,
        List<String> indexes,
        @Nullable Long expiresAt,
        long createdAt,
        long updatedAt) {}
