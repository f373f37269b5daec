package io.miroir.store.session;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One read-your-writes session.
 *
 * @param lastWriteTaskUid null before the first write
 * @param lastWriteAt store time
 * @param pinnedGroup replica group that first reached its quorum; null when unpinned
 * @param pending tasks of its writes that had not ended when the last one was recorded, that one
 *     included, oldest first
 * @param minSettingsVersion reads need at least this
 * @param expiresAt store time
 */
public record SessionRow(
        String sessionId,
        @Nullable Long lastWriteTaskUid,
        @Nullable Long lastWriteAt,
        @Nullable Integer pinnedGroup,
        List<Long> pending,
        long minSettingsVersion,
        long expiresAt) {}
