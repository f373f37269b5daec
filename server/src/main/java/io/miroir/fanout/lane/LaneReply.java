package io.miroir.fanout.lane;

import io.miroir.store.task.TaskType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A write has become a task.
 *
 * @param enqueuedAt store time, epoch microseconds
 * @param headers what else the client is told, by header name
 */
public record LaneReply(
        long taskUid,
        String indexUid,
        TaskType type,
        long enqueuedAt,
        @Nullable String customMetadata,
        Map<String, String> headers) {}
