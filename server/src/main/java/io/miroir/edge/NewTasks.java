package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.Timestamps;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Tasks of no single index. */
final class NewTasks {
    private final Tasks tasks;

    NewTasks(Tasks tasks) {
        this.tasks = tasks;
    }

    /** Adds one of what this pod has done itself, and answers what its client is told. */
    ObjectNode done(TaskType type, ObjectNode details) {
        return add(type, details, TaskStatus.SUCCEEDED);
    }

    /** Adds one that a duty works on, and answers what its client is told. */
    ObjectNode queued(TaskType type, ObjectNode details) {
        return add(type, details, null);
    }

    private ObjectNode add(TaskType type, ObjectNode details, @Nullable TaskStatus terminal) {
        NewTask task = NewTask.of(type, null, Json.text(details), terminal, null);
        Tasks.Birth birth = tasks.enqueue(task).orThrow();
        return switch (birth) {
            case Tasks.Birth.Enqueued born -> summary(type, born);
            case Tasks.Birth.AlreadyBound _, Tasks.Birth.KeyReused _ ->
                    throw new IllegalStateException("a task without a key: " + birth);
            case Tasks.Birth.Full full ->
                    throw new ApiException(
                            ErrorCode.MIROIR_OVERLOADED,
                            "The task store holds as many tasks as it may: " + full.rowsMax());
        };
    }

    private static ObjectNode summary(TaskType type, Tasks.Birth.Enqueued born) {
        ObjectNode summary = Json.object();
        summary.put("taskUid", born.uid());
        summary.putNull("indexUid");
        summary.put("status", "enqueued");
        summary.put("type", type.wireName());
        summary.put("enqueuedAt", Timestamps.rfc3339(StoreTime.instant(born.enqueuedAt())));
        return summary;
    }
}
