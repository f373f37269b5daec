package io.miroir.embedded.tasks;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.tasks.TaskStatus;
import io.miroir.embedded.store.Change;
import io.miroir.embedded.store.NodeState;
import io.miroir.embedded.store.Payloads;
import io.miroir.embedded.store.TaskRow;
import io.miroir.embedded.store.Work;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Works on one batch: begins it, does it, and commits its end with everything it changed in the
 * catalogue, in one step.
 */
public final class BatchRunner {
    private static final Logger LOG = LoggerFactory.getLogger(BatchRunner.class);

    /** More finished tasks than this are forgotten, the oldest first. */
    private static final int TASKS_KEPT_MAX = 100_000;

    private static final int TASKS_FORGOTTEN_AT_ONCE = 1_000;

    private final NodeState state;
    private final Payloads payloads;
    private final InstantSource clock;
    private final DocumentWork documents;
    private final CatalogueWork catalogue;
    private final Consumer<List<TaskRow>> onFinished;

    /**
     * What came of a batch.
     *
     * @param ends how its tasks ended; fewer than were begun if the rest must be a batch of its own
     * @param changes what else changes with them
     * @param afterwards what to do once that is committed
     */
    record Result(List<End> ends, List<Change> changes, List<Cleanup> afterwards) {
        static Result of(End end, Change... changes) {
            return new Result(List.of(end), List.of(changes), List.of());
        }
    }

    /** How a task ended. */
    sealed interface End {
        /** The task. */
        TaskRow task();

        /** It is done. */
        record Succeeded(TaskRow task, ObjectNode details) implements End {}

        /** It could not be done. */
        record Failed(TaskRow task, ObjectNode details, ApiException why) implements End {}
    }

    /** Frees what is not needed any more; if a crash prevents it, the next start does it. */
    @FunctionalInterface
    interface Cleanup {
        void run() throws IOException;
    }

    /**
     * A runner.
     *
     * @param onFinished told of tasks that have ended
     */
    public BatchRunner(
            NodeState state,
            Payloads payloads,
            InstantSource clock,
            DocumentWork documents,
            CatalogueWork catalogue,
            Consumer<List<TaskRow>> onFinished) {
        this.state = state;
        this.payloads = payloads;
        this.clock = clock;
        this.documents = documents;
        this.catalogue = catalogue;
        this.onFinished = onFinished;
    }

    void run(List<TaskRow> batch) {
        Instant startedAt = now();
        long batchUid = state.nextBatchUid();
        List<TaskRow> begun = batch.stream().map(t -> t.begun(batchUid, startedAt)).toList();
        state.showBegun(begun);
        Result result = doWork(begun);
        List<TaskRow> ended = new ArrayList<>();
        for (End end : result.ends) {
            ended.add(ended(end));
        }
        List<Change> changes = new ArrayList<>(result.changes);
        ended.forEach(task -> changes.add(new Change.PutTask(task)));
        changes.addAll(forgetOldest());
        state.commit(changes);
        cleanUp(result.afterwards, ended);
        onFinished.accept(ended);
    }

    private Result doWork(List<TaskRow> batch) {
        TaskRow first = batch.getFirst();
        try {
            return switch (first.work()) {
                case Work.AddDocuments _,
                        Work.DeleteByIds _,
                        Work.DeleteByFilter _,
                        Work.ClearDocuments _ ->
                        documents.run(batch, now());
                case Work.ChangeSettings change -> catalogue.changeSettings(first, change, now());
                case Work.CreateIndex create -> catalogue.create(first, create, now());
                case Work.UpdateIndex update -> catalogue.update(first, update, now());
                case Work.DeleteIndex _ -> catalogue.delete(first);
                case Work.CompactIndex _ -> catalogue.compact(first);
                case Work.SwapIndexes swap -> catalogue.swap(first, swap);
                case Work.CancelTasks cancel -> cancel(first, cancel);
                case Work.DeleteTasks delete -> delete(first, delete);
            };
        } catch (ApiException refused) {
            return Result.of(new End.Failed(first, failedDetails(first), refused));
        } catch (IOException | RuntimeException bug) {
            LOG.error("task {} broke", first.uid(), bug);
            ApiException internal =
                    new ApiException(
                            ErrorCode.INTERNAL,
                            "An internal error has occurred. `" + bug.getMessage() + "`.");
            return Result.of(new End.Failed(first, failedDetails(first), internal));
        }
    }

    private TaskRow ended(End end) {
        return switch (end) {
            case End.Succeeded(TaskRow task, ObjectNode details) ->
                    task.ended(TaskStatus.SUCCEEDED, details, null, now());
            case End.Failed(TaskRow task, ObjectNode details, ApiException why) ->
                    task.ended(TaskStatus.FAILED, details, why.toJson(), now());
        };
    }

    /** Details of a task that did nothing: counts that are open become 0. */
    static ObjectNode failedDetails(TaskRow task) {
        ObjectNode details = task.view().details();
        if (details == null) {
            return io.miroir.api.Json.object();
        }
        ObjectNode closed = details.deepCopy();
        for (String count :
                List.of("indexedDocuments", "deletedDocuments", "canceledTasks", "deletedTasks")) {
            if (closed.has(count)) {
                closed.put(count, 0);
            }
        }
        return closed;
    }

    private Result cancel(TaskRow task, Work.CancelTasks cancel) {
        List<Change> changes = new ArrayList<>();
        List<Cleanup> afterwards = new ArrayList<>();
        Instant now = now();
        for (long uid : cancel.uids()) {
            TaskRow other = state.task(uid);
            if (other != null && other.view().status() == TaskStatus.ENQUEUED) {
                Long batch = task.view().ids().batchUid();
                TaskRow canceled =
                        other.canceled(
                                batch == null ? 0 : batch, task.uid(), failedDetails(other), now);
                changes.add(new Change.PutTask(canceled));
                afterwards.add(() -> dropPayload(other));
            }
        }
        ObjectNode details = Details.with(task.view().details(), "canceledTasks", changes.size());
        return new Result(List.of(new End.Succeeded(task, details)), changes, afterwards);
    }

    private Result delete(TaskRow task, Work.DeleteTasks delete) {
        List<Change> changes = new ArrayList<>();
        for (long uid : delete.uids()) {
            TaskRow other = state.task(uid);
            if (other != null && other.view().status().isFinished()) {
                changes.add(new Change.DropTask(uid));
            }
        }
        ObjectNode details = Details.with(task.view().details(), "deletedTasks", changes.size());
        return new Result(List.of(new End.Succeeded(task, details)), changes, List.of());
    }

    private List<Change> forgetOldest() {
        if (state.tasks().size() < TASKS_KEPT_MAX) {
            return List.of();
        }
        return state.tasks().values().stream()
                .filter(task -> task.view().status().isFinished())
                .limit(TASKS_FORGOTTEN_AT_ONCE)
                .<Change>map(task -> new Change.DropTask(task.uid()))
                .toList();
    }

    private void cleanUp(List<Cleanup> afterwards, List<TaskRow> ended) {
        try {
            for (Cleanup cleanup : afterwards) {
                cleanup.run();
            }
            for (TaskRow task : ended) {
                dropPayload(task);
            }
        } catch (IOException left) {
            LOG.warn("files that are not needed any more stay until the next start", left);
        }
    }

    private void dropPayload(TaskRow task) throws IOException {
        if (task.work() instanceof Work.AddDocuments add) {
            payloads.delete(add.file());
        }
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
