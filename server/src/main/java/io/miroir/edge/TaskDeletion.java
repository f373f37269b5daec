package io.miroir.edge;

import io.miroir.api.keys.Access;
import io.miroir.api.tasks.TaskFilter;
import io.miroir.api.tasks.TasksQuery;
import io.miroir.store.ReadLevel;
import io.miroir.store.task.Tasks;
import io.miroir.store.task.Tasks.TaskUids;
import org.jspecify.annotations.Nullable;

/** Forgets all finished tasks that a filter matches, page by page: there may be a million. */
final class TaskDeletion {
    private final Tasks tasks;
    private final int pageMax;

    /**
     * A deletion.
     *
     * @param pageMax uids in memory and in one command, at most {@link Tasks#DELETE_MAX}
     */
    TaskDeletion(Tasks tasks, int pageMax) {
        this.tasks = tasks;
        this.pageMax = pageMax;
    }

    /** How many tasks the filter matched, and how many of them went. */
    record Counts(long matched, long deleted) {}

    /** Newest first, so that tasks that come meanwhile are none of it. */
    Counts delete(TaskFilter filter, Access access) {
        long matched = 0;
        long deleted = 0;
        @Nullable Long from = null;
        do {
            TasksQuery some = new TasksQuery(filter, pageMax, from, false);
            TaskUids page = tasks.uids(ReadLevel.LOCAL, StoredTasks.query(some, access, tasks));
            matched += page.uids().size();
            if (!page.uids().isEmpty()) {
                deleted += tasks.delete(page.uids()).orThrow();
            }
            from = page.next();
        } while (from != null);
        return new Counts(matched, deleted);
    }
}
