package io.miroir.duty;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.cluster.ClusterView;
import io.miroir.store.TaskStore;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskType;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** What takes documents away waits for the tasks that were there before it. */
public final class EarlierTasks {
    private static final Duration WAIT_MAX = Duration.ofHours(1);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final Duration CATCH_UP_MAX = Duration.ofSeconds(30);

    /** All that may change what clients read. */
    private static final Set<TaskType> WRITES =
            EnumSet.complementOf(
                    EnumSet.of(
                            TaskType.DUMP_CREATION, TaskType.SNAPSHOT_CREATION, TaskType.EXPORT));

    private final TaskStore store;
    private final ClusterView view;
    private final ErrorCode failure;

    /**
     * Those of a store.
     *
     * @param failure the code of the error if they don't end
     */
    public EarlierTasks(TaskStore store, ClusterView view, ErrorCode failure) {
        this.store = store;
        this.view = view;
        this.failure = failure;
    }

    /**
     * Waits until they have ended and this pod knows what they did: what their clients were
     * promised is read then.
     *
     * @param uid of the task that waits
     * @throws ApiException if they don't end
     */
    public void await(long uid) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + WAIT_MAX.toNanos();
        Optional<TaskRow> oldest = oldest();
        while (oldest.isPresent() && oldest.get().uid() < uid) {
            if (System.nanoTime() > giveUpNanos) {
                throw new ApiException(
                        failure,
                        "Task `%d`, which was there before, has not ended for %d minutes."
                                .formatted(oldest.get().uid(), WAIT_MAX.toMinutes()));
            }
            Thread.sleep(LOOK_AGAIN);
            TaskDuty.requireOpen(store.tasks(), uid);
            oldest = oldest();
        }
        if (!view.await(store.barrier().orThrow(), CATCH_UP_MAX)) {
            throw new ApiException(
                    ErrorCode.MIROIR_STALE_VIEW, "This pod does not know all indexes yet.");
        }
    }

    private Optional<TaskRow> oldest() {
        return TaskDuty.oldest(store.tasks(), WRITES);
    }
}
