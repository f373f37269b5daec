package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.Timestamps;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import tools.jackson.databind.node.ObjectNode;

/** Tasks of what a pod has done itself: they have ended as they come to be. */
final class DoneTasks {
    private final Tasks tasks;

    DoneTasks(Tasks tasks) {
        this.tasks = tasks;
    }

    /** Adds one, and answers what its client is told. */
    ObjectNode add(TaskType type, ObjectNode details) {
        Tasks.Birth birth =
                tasks.enqueue(
                                NewTask.of(
                                        type, null, Json.text(details), TaskStatus.SUCCEEDED, null))
                        .orThrow();
        return switch (birth) {
            case Tasks.Birth.Enqueued task -> summary(type, task);
            case Tasks.Birth.AlreadyBound _, Tasks.Birth.KeyReused _ ->
                    throw new IllegalStateException("a task without a key: " + birth);
            case Tasks.Birth.Full full ->
                    throw new ApiException(
                            ErrorCode.MIROIR_OVERLOADED,
                            "The task store holds as many tasks as it may: " + full.rowsMax());
        };
    }

    private static ObjectNode summary(TaskType type, Tasks.Birth.Enqueued task) {
        ObjectNode summary = Json.object();
        summary.put("taskUid", task.uid());
        summary.putNull("indexUid");
        summary.put("status", "enqueued");
        summary.put("type", type.wireName());
        summary.put("enqueuedAt", Timestamps.rfc3339(StoreTime.instant(task.enqueuedAt())));
        return summary;
    }
}
