package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.Timestamps;
import io.miroir.fanout.lane.Details;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Tasks outside lanes. */
final class NewTasks {
    private final Tasks tasks;

    NewTasks(Tasks tasks) {
        this.tasks = tasks;
    }

    /** Adds one of what this pod has done itself, and answers what its client is told. */
    ObjectNode done(TaskType type, ObjectNode details) {
        return add(type, null, details, TaskStatus.SUCCEEDED);
    }

    /**
     * As {@link #done(TaskType, ObjectNode)}, of an index.
     *
     * @param customMetadata the client's own words; null for none
     */
    ObjectNode done(
            TaskType type, String index, ObjectNode details, @Nullable String customMetadata) {
        ObjectNode summary =
                add(type, index, Details.tagged(details, customMetadata), TaskStatus.SUCCEEDED);
        return customMetadata == null ? summary : summary.put("customMetadata", customMetadata);
    }

    /** Adds one that a duty works on, and answers what its client is told. */
    ObjectNode queued(TaskType type, ObjectNode details) {
        return add(type, null, details, null);
    }

    private ObjectNode add(
            TaskType type,
            @Nullable String index,
            ObjectNode details,
            @Nullable TaskStatus terminal) {
        NewTask task = NewTask.of(type, index, Json.text(details), terminal, null);
        Tasks.Birth birth = tasks.enqueue(task).orThrow();
        return switch (birth) {
            case Tasks.Birth.Enqueued born -> summary(type, index, born);
            case Tasks.Birth.AlreadyBound _, Tasks.Birth.KeyReused _ ->
                    throw new IllegalStateException("a task without a key: " + birth);
            case Tasks.Birth.Full full ->
                    throw new ApiException(
                            ErrorCode.MIROIR_OVERLOADED,
                            "The task store holds as many tasks as it may: " + full.rowsMax());
        };
    }

    private static ObjectNode summary(
            TaskType type, @Nullable String index, Tasks.Birth.Enqueued born) {
        ObjectNode summary = Json.object();
        summary.put("taskUid", born.uid());
        summary.put("indexUid", index);
        summary.put("status", "enqueued");
        summary.put("type", type.wireName());
        summary.put("enqueuedAt", Timestamps.rfc3339(StoreTime.instant(born.enqueuedAt())));
        return summary;
    }
}
