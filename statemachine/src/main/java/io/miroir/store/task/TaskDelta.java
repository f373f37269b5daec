package io.miroir.store.task;

import org.jspecify.annotations.Nullable;

/** What a transaction did to one task, for {@link TaskIndex}. */
public sealed interface TaskDelta {
    /** As every task: dense, below 2^32. */
    long uid();

    /** A new task. */
    record Born(long uid, Facets facets, TaskRow.Dates dates) implements TaskDelta {}

    /** A task took a step. */
    record Moved(
            long uid,
            TaskStatus from,
            TaskStatus to,
            long startedAt,
            @Nullable Long finishedAt,
            @Nullable Long canceledBy)
            implements TaskDelta {}

    /** A task was forgotten. */
    record Gone(long uid, Facets facets) implements TaskDelta {}

    /** By what a task is found. */
    record Facets(
            TaskStatus status,
            TaskType type,
            @Nullable String indexUid,
            @Nullable Long canceledBy) {}
}
