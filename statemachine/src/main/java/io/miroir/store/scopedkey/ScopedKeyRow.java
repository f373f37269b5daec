package io.miroir.store.scopedkey;

import org.jspecify.annotations.Nullable;

/**
 * The key with which pods search one index for the search UI's visitors.
 *
 * @param primaryUid uid of the key that pods use
 * @param previousUid uid of the one before, until it is revoked on the nodes; null afterwards
 * @param generation counts rotations, from 1
 * @param rotatedAt store time
 */
public record ScopedKeyRow(
        String indexUid,
        String primaryUid,
        @Nullable String previousUid,
        long generation,
        long rotatedAt) {}
