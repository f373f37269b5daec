package io.miroir.edge;

import io.miroir.api.keys.Access;
import io.miroir.api.tasks.TaskFilter;
import io.miroir.api.tasks.TasksQuery;
import io.miroir.store.ReadLevel;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.Tasks;
import io.miroir.store.task.Tasks.TaskUids;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Forgets all finished tasks that a filter matches, page by page: there may be a million. Of those
 * that nodes work on it waits for the end, for a while: a Meilisearch deletes tasks after what it
 * is working on.
 */
final class TaskDeletion {
    private static final long PAUSE_MILLIS = 10;

    private final Tasks tasks;
    private final int pageMax;
    private final Duration patience;

    /**
     * A deletion.
     *
     * @param pageMax uids in memory and in one command, at most {@link Tasks#DELETE_MAX}
     * @param patience how long it waits in all for tasks that are worked on
     */
    TaskDeletion(Tasks tasks, int pageMax, Duration patience) {
        this.tasks = tasks;
        this.pageMax = pageMax;
        this.patience = patience;
    }

    /** How many tasks the filter matched, and how many of them went. */
    record Counts(long matched, long deleted) {}

    /** Newest first, so that tasks that come meanwhile are none of it. */
    Counts delete(TaskFilter filter, Access access) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        long matched = 0;
        long deleted = 0;
        @Nullable Long from = null;
        // What other pods have answered before is there to be deleted.
        ReadLevel level = ReadLevel.LINEARIZABLE;
        do {
            TasksQuery some = new TasksQuery(filter, pageMax, from, false);
            TaskUids page = tasks.uids(level, StoredTasks.query(some, access));
            level = ReadLevel.LOCAL;
            matched += page.uids().size();
            if (!page.uids().isEmpty()) {
                awaitEnd(page.uids(), deadlineNanos);
                deleted += tasks.delete(page.uids()).orThrow();
            }
            from = page.next();
        } while (from != null);
        return new Counts(matched, deleted);
    }

    private void awaitEnd(List<Long> uids, long deadlineNanos) throws InterruptedException {
        TaskQuery unfinished = TaskQuery.notEnded(Set.copyOf(uids), null, 0);
        while (tasks.uids(ReadLevel.LOCAL, unfinished).total() > 0
                && System.nanoTime() - deadlineNanos < 0) {
            Thread.sleep(PAUSE_MILLIS);
        }
    }
}
