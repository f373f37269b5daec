package io.miroir.store.task;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a transaction did to tasks, for {@link TaskIndex}. Uids are dense, below 2^32. */
public sealed interface TaskDelta {
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

    /**
     * A task was forgotten.
     *
     * @param names that it spoke of beside its own index
     */
    record Gone(long uid, Facets facets, List<String> names) implements TaskDelta {}

    /** A task speaks of these names too. */
    record Named(long uid, List<String> names) implements TaskDelta {}

    /** A task is not found by these names any more. */
    record Unnamed(long uid, List<String> names) implements TaskDelta {}

    /**
     * Tasks of one name are the other's, and the other way round.
     *
     * @param kept tasks that stay with their names
     */
    record Exchanged(String one, String other, List<Kept> kept) implements TaskDelta {}

    /** A task and a name of it. */
    record Kept(long uid, String name) {}

    /** By what a task is found. */
    record Facets(
            TaskStatus status,
            TaskType type,
            @Nullable String indexUid,
            @Nullable Long canceledBy) {}
}
