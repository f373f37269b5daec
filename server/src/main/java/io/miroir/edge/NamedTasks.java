package io.miroir.edge;

import io.miroir.api.tasks.TaskFilter;
import io.miroir.api.tasks.TasksQuery;
import io.miroir.store.ReadLevel;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.Tasks;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tasks and batches that requests name. They are read from this pod's own copy; where that does not
 * know one, as one that another pod gave out a moment ago, it catches up first. Where no pod leads
 * it tells what it has, at once.
 */
final class NamedTasks {
    private final Tasks tasks;
    private final BooleanSupplier led;
    private final Runnable catchUp;

    /**
     * Those of a store.
     *
     * @param led whether this pod knows a leader to ask
     * @param catchUp waits until this pod has what was acknowledged anywhere, if it can
     */
    NamedTasks(Tasks tasks, BooleanSupplier led, Runnable catchUp) {
        this.tasks = tasks;
        this.led = led;
        this.catchUp = catchUp;
    }

    /** The task with that number. */
    Optional<TaskRow> task(long uid) {
        return tasks.get(ReadLevel.LOCAL, uid)
                .or(
                        () -> {
                            catchUp();
                            return tasks.get(ReadLevel.LOCAL, uid);
                        });
    }

    /** The task of the batch with that number; empty while no node has begun with it. */
    Optional<TaskRow> batch(long uid) {
        return begun(uid)
                .or(
                        () -> {
                            catchUp();
                            return begun(uid);
                        });
    }

    private Optional<TaskRow> begun(long uid) {
        return tasks.get(ReadLevel.LOCAL, uid).filter(task -> task.batchUid() != null);
    }

    /**
     * Lets this pod know what a list names.
     *
     * @param batches whether batches are listed: its tasks count once they have begun
     */
    void know(TaskFilter.Numbers named, boolean batches) {
        boolean known =
                knows(named.uids(), batches)
                        && knows(named.canceledBy(), false)
                        && knows(named.batchUids(), true);
        if (!known) {
            catchUp();
        }
    }

    private boolean knows(@Nullable Set<Long> named, boolean batches) {
        if (named == null) {
            return true;
        }
        TaskFilter filter =
                new TaskFilter(
                        new TaskFilter.Numbers(
                                batches ? null : named, batches ? named : null, null),
                        new TaskFilter.Kinds(null, null, null),
                        TaskFilter.Span.any(),
                        TaskFilter.Span.any(),
                        TaskFilter.Span.any());
        TasksQuery asked = new TasksQuery(filter, 0, null, false);
        return tasks.uids(ReadLevel.LOCAL, StoredTasks.query(asked)).total() == named.size();
    }

    // Without a quorum it would only be waited for, by every request.
    private void catchUp() {
        if (led.getAsBoolean()) {
            catchUp.run();
        }
    }
}
