package io.miroir.cluster.identity;

import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskRow;

/** What the cluster's newest tasks say that nodes took. */
final class TakenTasks {
    /** Newest tasks among which each node's last number is looked for. */
    private static final int LOOK_TASKS_MAX = 200;

    private TakenTasks() {}

    /**
     * The highest number that a node gave to a task in its life; -1 if none is known.
     *
     * @param sinceTask tasks of the cluster up to this one are of a life before
     */
    static long highest(TaskStore store, String node, long sinceTask) {
        long highest = -1;
        for (TaskRow task :
                store.tasks().list(ReadLevel.LOCAL, TaskQuery.newest(LOOK_TASKS_MAX)).tasks()) {
            TaskRow.Origin origin = task.origin();
            if (origin != null && task.uid() > sinceTask) {
                highest = Math.max(highest, origin.accepted().getOrDefault(node, -1L));
            }
        }
        return highest;
    }
}
