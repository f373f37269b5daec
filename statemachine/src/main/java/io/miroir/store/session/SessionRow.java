package io.miroir.store.session;

import org.jspecify.annotations.Nullable;

/**
 * One read-your-writes session.
 *
 * @param lastWriteTaskUid null before the first write
 * @param lastWriteAt store time
 * @param pinnedGroup replica group that first reached its quorum; null when unpinned
 * @param minSettingsVersion reads need at least this
 * @param expiresAt store time
 */
public record SessionRow(
        String sessionId,
        @Nullable Long lastWriteTaskUid,
        @Nullable Long lastWriteAt,
        @Nullable Integer pinnedGroup,
        long minSettingsVersion,
        long expiresAt) {}
