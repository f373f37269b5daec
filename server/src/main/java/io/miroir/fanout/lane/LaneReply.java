package io.miroir.fanout.lane;

import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A write has become a task.
 *
 * @param indexUid null for a task of several indexes
 * @param enqueuedAt store time, epoch microseconds
 * @param headers what else the client is told, by header name
 */
public record LaneReply(
        long taskUid,
        @Nullable String indexUid,
        TaskType type,
        long enqueuedAt,
        @Nullable String customMetadata,
        Map<String, String> headers) {

    /** On the answer to a write whose idempotency key had its task already. */
    public static final String DEDUPLICATED = "X-Miroir-Deduplicated";

    /** What the client of a lane is told of a task that is there already. */
    static LaneReply of(TaskRow task) {
        return new LaneReply(
                task.uid(),
                task.indexUid(),
                task.type(),
                task.dates().enqueuedAt(),
                Details.parse(task.detailsJson()).customMetadata(),
                Map.of());
    }

    /** The same, which tells that the write was done before. */
    LaneReply deduplicated() {
        return new LaneReply(
                taskUid, indexUid, type, enqueuedAt, customMetadata, Map.of(DEDUPLICATED, "true"));
    }
}
