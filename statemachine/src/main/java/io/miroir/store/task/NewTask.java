package io.miroir.store.task;

import org.jspecify.annotations.Nullable;

/**
 * A task outside lanes: cancelation, deletion, dump, …
 *
 * @param terminal null for a task that is still to run
 */
public record NewTask(
        TaskType type,
        @Nullable String indexUid,
        String detailsJson,
        @Nullable TaskStatus terminal,
        @Nullable String errorJson) {}
