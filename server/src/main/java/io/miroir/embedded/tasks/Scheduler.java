package io.miroir.embedded.tasks;

import io.miroir.api.tasks.TaskType;
import io.miroir.embedded.store.NodeState;
import io.miroir.embedded.store.TaskRow;
import io.miroir.embedded.store.Work;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on tasks, one batch at a time: cancelations first, then deletions of tasks, then the rest
 * in the order of acceptance. Neighbouring document tasks of one index share a batch, so that they
 * share a commit.
 */
public final class Scheduler {
    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

    private static final int BATCH_TASKS_MAX = 64;
    private static final long STOP_MILLIS_MAX = 30_000;

    /** Meilisearch begins again, too, after ten seconds. */
    private static final long RETRY_NANOS = 1_000_000_000;

    private final NodeState state;
    private final BatchRunner runner;
    private final Semaphore work = new Semaphore(0);
    private final Thread thread;
    private volatile boolean stopped;

    /** A scheduler, not started yet. */
    public Scheduler(NodeState state, BatchRunner runner) {
        this.state = state;
        this.runner = runner;
        this.thread = Thread.ofPlatform().name("node-tasks").daemon().unstarted(this::run);
    }

    /** Begins to work. */
    public void start() {
        thread.start();
    }

    /** Tells that there is a new task. */
    public void wakeUp() {
        work.release();
    }

    /** Finishes the batch at hand and stops. */
    public void stop() throws InterruptedException {
        stopped = true;
        wakeUp();
        thread.join(STOP_MILLIS_MAX);
    }

    private void run() {
        while (!stopped) {
            List<TaskRow> batch = nextBatch();
            if (batch.isEmpty()) {
                work.acquireUninterruptibly();
                work.drainPermits();
            } else {
                try {
                    runner.run(batch);
                } catch (UncheckedIOException full) {
                    // Nothing of it is known as done: as after a crash it is begun again.
                    LOG.error("task {} can't be finished now", batch.getFirst().uid(), full);
                    LockSupport.parkNanos(RETRY_NANOS);
                } catch (RuntimeException broken) {
                    // Going on could only lose tasks.
                    LOG.error("task {} can't be finished; no further task runs", batch, broken);
                    return;
                }
            }
        }
    }

    private List<TaskRow> nextBatch() {
        TaskRow cancel = oldest(TaskType.TASK_CANCELATION);
        if (cancel != null) {
            return List.of(cancel);
        }
        TaskRow delete = oldest(TaskType.TASK_DELETION);
        if (delete != null) {
            return List.of(delete);
        }
        List<TaskRow> batch = new ArrayList<>();
        for (long uid : state.waiting()) {
            TaskRow task = state.task(uid);
            if (task == null) {
                continue;
            }
            if (!batch.isEmpty() && !goTogether(batch.getFirst(), task)) {
                break;
            }
            batch.add(task);
            if (batch.size() == BATCH_TASKS_MAX) {
                break;
            }
        }
        return batch;
    }

    private @Nullable TaskRow oldest(TaskType type) {
        for (long uid : state.waiting()) {
            TaskRow task = state.task(uid);
            if (task != null && task.view().subject().type() == type) {
                return task;
            }
        }
        return null;
    }

    private static boolean goTogether(TaskRow first, TaskRow next) {
        return isDocuments(first.work())
                && isDocuments(next.work())
                && first.view().subject().indexUids().equals(next.view().subject().indexUids());
    }

    private static boolean isDocuments(Work work) {
        return switch (work) {
            case Work.AddDocuments _,
                    Work.DeleteByIds _,
                    Work.DeleteByFilter _,
                    Work.ClearDocuments _ ->
                    true;
            case Work.ChangeSettings _,
                    Work.CreateIndex _,
                    Work.UpdateIndex _,
                    Work.DeleteIndex _,
                    Work.CompactIndex _,
                    Work.SwapIndexes _,
                    Work.CancelTasks _,
                    Work.DeleteTasks _ ->
                    false;
        };
    }
}
