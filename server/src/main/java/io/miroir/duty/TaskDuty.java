package io.miroir.duty;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.export.ExportDetails;
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
    private final FencedWork work;

    /** What is done for a task. */
    @FunctionalInterface
    public interface Work {
        /**
         * Does it; it may have been begun before, by this pod or another.
         *
         * @return the details of the task that succeeds
         * @throws ApiException if the task fails: with its error
         * @throws EndedException if the task was canceled meanwhile
         * @throws InterruptedException if this pod does not lead any more
         */
        String run(TaskRow task) throws InterruptedException;
    }

    /** As {@link Work}, for what keeps in the store how far it is. */
    @FunctionalInterface
    public interface FencedWork {
        /**
         * As {@link Work#run}.
         *
         * @param fenced rooms whose commands take effect only while this pod leads
         */
        String run(TaskRow task, Rooms fenced) throws InterruptedException;
    }

    /** The task has ended while it was worked on: it was canceled. */
    public static final class EndedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** A duty for the tasks of a type, which belong to no lane. */
    public TaskDuty(TaskType type, Work work) {
        this(type, (task, _) -> work.run(task));
    }

    /** A duty for the tasks of a type, which belong to no lane. */
    public TaskDuty(TaskType type, FencedWork work) {
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
        oldest(fenced.tasks(), Set.of(type)).ifPresent(task -> run(fenced, task));
    }

    /**
     * Throws if a task has ended: work that takes long asks now and then.
     *
     * @throws EndedException that whoever runs the work expects
     */
    public static void requireOpen(Tasks tasks, long uid) {
        if (tasks.get(ReadLevel.LOCAL, uid).filter(task -> !task.status().terminal()).isEmpty()) {
            throw new EndedException();
        }
    }

    /** The unfinished task of one of these types that waits longest; empty if there is none. */
    public static Optional<TaskRow> oldest(Tasks tasks, Set<TaskType> types) {
        TaskQuery query = TaskQuery.notEnded(null, types, 1);
        return tasks.list(ReadLevel.LOCAL, query).tasks().stream().findFirst();
    }

    private void run(Rooms fenced, TaskRow task) {
        Tasks tasks = fenced.tasks();
        Tasks.Step begun = tasks.started(task.uid(), Finish.NO_LANE).orThrow();
        if (begun instanceof Tasks.Step.AlreadyFinished) {
            return;
        }
        Finish end;
        try {
            end = end(task, TaskStatus.SUCCEEDED, work.run(task, fenced), null);
        } catch (EndedException canceled) {
            LOG.info("task {}: {} was canceled", task.uid(), type.wireName());
            return;
        } catch (InterruptedException deposed) {
            Thread.currentThread().interrupt();
            return;
        } catch (ApiException why) {
            LOG.warn("task {}: {} failed: {}", task.uid(), type.wireName(), why.text());
            end = end(task, TaskStatus.FAILED, remains(task), Json.text(why.toJson()));
        } catch (StoreUnavailableException unavailable) {
            throw unavailable;
        } catch (RuntimeException bug) {
            // Left unfinished it would be begun again for ever.
            LOG.error("task {}: {} failed", task.uid(), type.wireName(), bug);
            String error = Json.text(ApiException.error(ErrorCode.INTERNAL, bug.toString()));
            end = end(task, TaskStatus.FAILED, remains(task), error);
        }
        Tasks.Step _ = tasks.finish(end).orThrow();
    }

    /**
     * The details of a task that ends without success: the key of another Meilisearch goes with it.
     *
     * @return null if they stay as they are
     */
    public static @Nullable String remains(TaskRow task) {
        return task.type() == TaskType.EXPORT ? ExportDetails.ended(task.detailsJson()) : null;
    }

    private static Finish end(
            TaskRow task, TaskStatus status, @Nullable String details, @Nullable String error) {
        return Finish.of(task.uid(), Finish.NO_LANE, status, details, error, List.of());
    }
}
