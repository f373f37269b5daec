package io.miroir.store.task;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * GET /tasks. A null set does not filter; an empty one matches nothing.
 *
 * @param from uid of the first task of the page, inclusive, in the order of the page
 * @param limit 0 to {@link #LIMIT_MAX}
 * @param reverse oldest first
 */
public record TaskQuery(
        @Nullable Set<Long> uids,
        @Nullable Set<Long> batchUids,
        @Nullable Set<TaskStatus> statuses,
        @Nullable Set<TaskType> types,
        @Nullable IndexNames indexes,
        @Nullable Set<Long> canceledBy,
        DateBounds enqueued,
        DateBounds started,
        DateBounds finished,
        @Nullable Long from,
        int limit,
        boolean reverse) {

    public static final int LIMIT_MAX = 100_000;

    /**
     * Exclusive bounds in epoch microseconds; null is open. A bound excludes tasks without the
     * date.
     */
    public record DateBounds(@Nullable Long afterMicros, @Nullable Long beforeMicros) {
        public static final DateBounds OPEN = new DateBounds(null, null);

        boolean contains(@Nullable Long micros) {
            if (micros == null) {
                return afterMicros == null && beforeMicros == null;
            }
            return (afterMicros == null || micros > afterMicros)
                    && (beforeMicros == null || micros < beforeMicros);
        }
    }

    /** The same, of these indexes only. */
    public TaskQuery within(IndexNames visible) {
        return new TaskQuery(
                uids,
                batchUids,
                statuses,
                types,
                indexes == null ? visible : indexes.and(visible),
                canceledBy,
                enqueued,
                started,
                finished,
                from,
                limit,
                reverse);
    }

    /** The oldest of those that have this status. */
    public TaskQuery oldest(TaskStatus status, int max) {
        boolean none = statuses != null && !statuses.contains(status);
        return new TaskQuery(
                uids,
                batchUids,
                none ? Set.of() : Set.of(status),
                types,
                indexes,
                canceledBy,
                enqueued,
                started,
                finished,
                null,
                max,
                true);
    }

    /** Whether the filters let the task pass, whatever the page. */
    public boolean matches(TaskRow row) {
        return in(uids, row.uid())
                && in(batchUids, row.batchUid())
                && in(statuses, row.status())
                && in(types, row.type())
                && (indexes == null || isOf(indexes, row))
                && in(canceledBy, row.canceledBy())
                && enqueued.contains(row.dates().enqueuedAt())
                && started.contains(row.dates().startedAt())
                && finished.contains(row.dates().finishedAt());
    }

    // A swap is of no index, a rename of both.
    private static boolean isOf(IndexNames names, TaskRow row) {
        return names.contains(row.indexUid())
                || (row.type() != TaskType.INDEX_SWAP
                        && row.names().stream().anyMatch(names::contains));
    }

    private static <T> boolean in(@Nullable Set<T> filter, @Nullable T value) {
        return filter == null || (value != null && filter.contains(value));
    }

    /**
     * Those that have not ended, oldest first.
     *
     * @param uids of these; null for any
     * @param types of these; null for any
     */
    public static TaskQuery notEnded(
            @Nullable Set<Long> uids, @Nullable Set<TaskType> types, int limit) {
        return new TaskQuery(
                uids,
                null,
                Set.of(TaskStatus.ENQUEUED, TaskStatus.PROCESSING),
                types,
                null,
                null,
                DateBounds.OPEN,
                DateBounds.OPEN,
                DateBounds.OPEN,
                null,
                limit,
                true);
    }

    /** The newest {@code limit} tasks. */
    public static TaskQuery newest(int limit) {
        return new TaskQuery(
                null,
                null,
                null,
                null,
                null,
                null,
                DateBounds.OPEN,
                DateBounds.OPEN,
                DateBounds.OPEN,
                null,
                limit,
                false);
    }
}
