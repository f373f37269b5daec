package io.miroir.capability.partitioned.pruner;

import io.miroir.duty.PartitionedDuty;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskQuery.DateBounds;
import io.miroir.store.task.TaskStatus;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Forgets tasks a week after they ended, each pod those whose uid rendezvous gives it. */
public final class TaskPruner implements PartitionedDuty {
    /** How long a finished task can be asked for. */
    static final Duration RETENTION = Duration.ofDays(7);

    /** Tasks looked at in one step; the next step goes on. */
    static final int STEP_TASKS_MAX = 1_000;

    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final TaskStore store;

    /** A pruner of that store's tasks. */
    public TaskPruner(TaskStore store) {
        this.store = store;
    }

    @Override
    public String name() {
        return "task-pruner";
    }

    @Override
    public Duration pause() {
        return PAUSE;
    }

    @Override
    public void step(Predicate<String> owned) {
        long beforeMicros = store.nowMicros() - RETENTION.toNanos() / 1_000;
        List<Long> old =
                store.tasks().uids(ReadLevel.LOCAL, ended(beforeMicros)).uids().stream()
                        .filter(uid -> owned.test(uid.toString()))
                        .toList();
        if (!old.isEmpty()) {
            store.tasks().delete(old).orThrow();
        }
    }

    /** The oldest tasks that ended before that time. */
    private static TaskQuery ended(long beforeMicros) {
        Set<TaskStatus> terminal = EnumSet.allOf(TaskStatus.class);
        terminal.removeIf(status -> !status.terminal());
        return new TaskQuery(
                null,
                null,
                terminal,
                null,
                null,
                null,
                DateBounds.OPEN,
                DateBounds.OPEN,
                new DateBounds(null, beforeMicros),
                null,
                STEP_TASKS_MAX,
                true);
    }
}
