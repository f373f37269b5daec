package io.miroir.api.tasks;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Selects tasks. A null member selects all, an empty set none.
 *
 * @param numbers by uid, batch and canceling task
 * @param kinds by type, status and index
 * @param enqueued by the time it was accepted
 * @param started by the time work on it began; a task that has none is not selected
 * @param finished by the time it ended; a task that has none is not selected
 */
public record TaskFilter(Numbers numbers, Kinds kinds, Span enqueued, Span started, Span finished) {

    /** Selects by number. */
    public record Numbers(
            @Nullable Set<Long> uids,
            @Nullable Set<Long> batchUids,
            @Nullable Set<Long> canceledBy) {}

    /** Selects by kind. */
    public record Kinds(
            @Nullable Set<TaskType> types,
            @Nullable Set<TaskStatus> statuses,
            @Nullable Set<String> indexUids) {}

    /**
     * Selects by time; both bounds are left out themselves.
     *
     * @param after null for no lower bound
     * @param before null for no upper bound
     */
    public record Span(@Nullable Instant after, @Nullable Instant before) {
        /** Selects any time, also none. */
        public static Span any() {
            return new Span(null, null);
        }

        boolean selects(@Nullable Instant time) {
            if (after == null && before == null) {
                return true;
            }
            return time != null
                    && (after == null || time.isAfter(after))
                    && (before == null || time.isBefore(before));
        }
    }

    /** Whether it selects the task. */
    public boolean selects(TaskView task) {
        return in(numbers.uids, task.ids().uid())
                && in(numbers.batchUids, task.ids().batchUid())
                && in(numbers.canceledBy, task.ids().canceledBy())
                && in(kinds.types, task.subject().type())
                && in(kinds.statuses, task.status())
                && (kinds.indexUids == null
                        || task.subject().indexUids().stream().anyMatch(kinds.indexUids::contains))
                && enqueued.selects(task.times().enqueuedAt())
                && started.selects(task.times().startedAt())
                && finished.selects(task.times().finishedAt());
    }

    private static <T> boolean in(@Nullable Set<T> set, @Nullable T value) {
        return set == null || (value != null && set.contains(value));
    }
}
