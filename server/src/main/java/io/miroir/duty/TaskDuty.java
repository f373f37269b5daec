package io.miroir.duty;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.store.ReadLevel;
import io.miroir.store.Rooms;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.task.Finish;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What clients ask of the whole cluster, done by the leader: the unfinished tasks of one type, the
 * oldest first. The task is all that is queued, so none is ever lost between two tables; one whose
 * leader is lost is begun again by the next.
 */
public final class TaskDuty implements LeaderDuty {
    private static final Logger LOG = LoggerFactory.getLogger(TaskDuty.class);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final TaskType type;
    private final Work work;

    /** What is done for a task. */
    @FunctionalInterface
    public interface Work {
        /**
         * Does it; it may have been begun before, by this pod or another.
         *
         * @return the details of the task that succeeds
         * @throws ApiException if the task fails: with its error
         * @throws InterruptedException if this pod does not lead any more
         */
        String run(TaskRow task) throws InterruptedException;
    }

    /** A duty for the tasks of a type, which belong to no lane. */
    public TaskDuty(TaskType type, Work work) {
        this.type = type;
        this.work = work;
    }

    @Override
    public String name() {
        return type.wireName();
    }

    @Override
    public Duration pause() {
        return PAUSE;
    }

    @Override
    public void step(Rooms fenced) {
        oldest(fenced.tasks(), Set.of(type)).ifPresent(task -> run(fenced.tasks(), task));
    }

    /** The unfinished task of one of these types that waits longest; empty if there is none. */
    public static Optional<TaskRow> oldest(Tasks tasks, Set<TaskType> types) {
        TaskQuery query =
                new TaskQuery(
                        null,
                        null,
                        Set.of(TaskStatus.ENQUEUED, TaskStatus.PROCESSING),
                        types,
                        null,
                        null,
                        TaskQuery.DateBounds.OPEN,
                        TaskQuery.DateBounds.OPEN,
                        TaskQuery.DateBounds.OPEN,
                        null,
                        1,
                        true);
        return tasks.list(ReadLevel.LOCAL, query).tasks().stream().findFirst();
    }

    private void run(Tasks tasks, TaskRow task) {
        Tasks.Step _ = tasks.started(task.uid(), Finish.NO_LANE).orThrow();
        Finish end;
        try {
            end = end(task, TaskStatus.SUCCEEDED, work.run(task), null);
        } catch (InterruptedException deposed) {
            Thread.currentThread().interrupt();
            return;
        } catch (ApiException why) {
            LOG.warn("task {}: {} failed: {}", task.uid(), type.wireName(), why.text());
            end = end(task, TaskStatus.FAILED, null, Json.text(why.toJson()));
        } catch (StoreUnavailableException unavailable) {
            throw unavailable;
        } catch (RuntimeException bug) {
            // Left unfinished it would be begun again for ever.
            LOG.error("task {}: {} failed", task.uid(), type.wireName(), bug);
            String error = Json.text(ApiException.error(ErrorCode.INTERNAL, bug.toString()));
            end = end(task, TaskStatus.FAILED, null, error);
        }
        Tasks.Step _ = tasks.finish(end).orThrow();
    }

    private static Finish end(
            TaskRow task, TaskStatus status, @Nullable String details, @Nullable String error) {
        return Finish.of(task.uid(), Finish.NO_LANE, status, details, error, List.of());
    }
}
