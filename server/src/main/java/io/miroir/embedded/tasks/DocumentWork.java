package io.miroir.embedded.tasks;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.IndexUid;
import io.miroir.api.documents.PrimaryKey;
import io.miroir.embedded.engine.Applied;
import io.miroir.embedded.engine.DocumentSource;
import io.miroir.embedded.engine.IndexEngine;
import io.miroir.embedded.engine.Operation;
import io.miroir.embedded.engine.Outcome;
import io.miroir.embedded.engine.Step;
import io.miroir.embedded.store.Change;
import io.miroir.embedded.store.IndexRow;
import io.miroir.embedded.store.NodeState;
import io.miroir.embedded.store.Payloads;
import io.miroir.embedded.store.TaskRow;
import io.miroir.embedded.store.Work;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Works on tasks that add and delete documents of one index. */
public final class DocumentWork {
    /** Payloads beyond this are left to the next batch: small tasks don't wait for large ones. */
    private static final long BATCH_BYTES_MAX = 32L << 20;

    private final NodeState state;
    private final OpenIndexes indexes;
    private final Payloads payloads;
    private final Catalogue catalogue;

    /** Work on these documents. */
    public DocumentWork(
            NodeState state, OpenIndexes indexes, Payloads payloads, Catalogue catalogue) {
        this.state = state;
        this.indexes = indexes;
        this.payloads = payloads;
        this.catalogue = catalogue;
    }

    /**
     * A task made ready for the engine.
     *
     * @param operation null if there is nothing to do
     * @param primaryKey the index's primary key from this task on
     */
    private record Ready(
            TaskRow task, @Nullable Operation operation, @Nullable String primaryKey) {}

    BatchRunner.Result run(List<TaskRow> batch, Instant now) throws IOException {
        TaskRow first = batch.getFirst();
        String uid = first.view().subject().indexUids().getFirst();
        IndexRow known = state.index(uid);
        if (known == null) {
            return runWithoutIndex(first, uid, now);
        }
        List<Ready> ready = prepare(batch, known);
        return apply(known, ready, now);
    }

    private BatchRunner.Result runWithoutIndex(TaskRow task, String uid, Instant now)
            throws IOException {
        if (!(task.work() instanceof Work.AddDocuments add && add.mayCreateIndex())) {
            throw IndexUid.notFound(uid);
        }
        IndexRow created = catalogue.newIndex(task.uid(), uid, null, now);
        try {
            return apply(created, prepare(List.of(task), created), now);
        } catch (ApiException refused) {
            // The index is made even if its first documents are refused.
            return BatchRunner.Result.of(
                    new BatchRunner.End.Failed(task, BatchRunner.failedDetails(task), refused),
                    new Change.PutIndex(created));
        }
    }

    /**
     * Makes tasks ready, up to the first that must be refused: that one is refused alone, so that
     * every task that the engine sees has an outcome in its commit.
     */
    private List<Ready> prepare(List<TaskRow> batch, IndexRow index) throws IOException {
        List<Ready> ready = new ArrayList<>();
        String primaryKey = index.primaryKey();
        long bytes = 0;
        for (TaskRow task : batch) {
            if (task.work() instanceof Work.AddDocuments add) {
                bytes += payloads.bytes(add.file());
            }
            if (!ready.isEmpty() && bytes > BATCH_BYTES_MAX) {
                break;
            }
            try {
                Ready next = prepare(task, primaryKey);
                ready.add(next);
                primaryKey = next.primaryKey;
            } catch (ApiException refused) {
                if (ready.isEmpty()) {
                    throw refused;
                }
                break;
            }
        }
        return ready;
    }

    private Ready prepare(TaskRow task, @Nullable String primaryKey) throws IOException {
        return switch (task.work()) {
            case Work.AddDocuments add -> prepareAddition(task, add, primaryKey);
            case Work.DeleteByIds delete -> {
                if (delete.ids().contains("")) {
                    throw PrimaryKey.emptyId();
                }
                yield new Ready(task, new Operation.DeleteByIds(delete.ids()), primaryKey);
            }
            case Work.DeleteByFilter delete ->
                    new Ready(task, new Operation.DeleteByFilter(delete.filter()), primaryKey);
            case Work.ClearDocuments _ -> new Ready(task, new Operation.Clear(), primaryKey);
            case Work.ChangeSettings _,
                    Work.CreateIndex _,
                    Work.UpdateIndex _,
                    Work.DeleteIndex _,
                    Work.CompactIndex _,
                    Work.SwapIndexes _,
                    Work.CancelTasks _,
                    Work.DeleteTasks _ ->
                    throw new IllegalArgumentException("no work on documents: " + task);
        };
    }

    private Ready prepareAddition(TaskRow task, Work.AddDocuments add, @Nullable String primaryKey)
            throws IOException {
        String file = add.file();
        ObjectNode first = payloads.first(file);
        if (first == null) {
            return new Ready(task, null, primaryKey);
        }
        PrimaryKey key = chooseKey(add.primaryKey(), primaryKey, first);
        // A document without a good id refuses the task before the engine sees any of it.
        payloads.read(file, (document, _) -> key.idOf(document));
        DocumentSource documents =
                sink ->
                        payloads.read(
                                file,
                                (document, bytes) ->
                                        sink.accept(
                                                new DocumentSource.Document(
                                                        key.idOf(document), document, bytes)));
        Operation operation =
                add.partial()
                        ? new Operation.AddOrUpdate(documents, add.skipCreation())
                        : new Operation.AddOrReplace(documents, add.skipCreation());
        return new Ready(task, operation, key.name());
    }

    private static PrimaryKey chooseKey(
            @Nullable String named, @Nullable String known, ObjectNode first) {
        if (known == null) {
            return named == null ? PrimaryKey.infer(first) : new PrimaryKey(named);
        }
        if (named != null && !named.equals(known)) {
            throw new ApiException(
                    ErrorCode.INDEX_PRIMARY_KEY_ALREADY_EXISTS,
                    "Index already has a primary key: `" + known + "`.");
        }
        return new PrimaryKey(known);
    }

    private BatchRunner.Result apply(IndexRow index, List<Ready> ready, Instant now) {
        Map<Long, Outcome> outcomes = indexes.use(index, engine -> outcomes(engine, index, ready));
        List<BatchRunner.End> ends = new ArrayList<>();
        String primaryKey = index.primaryKey();
        boolean changed = false;
        for (Ready task : ready) {
            Outcome outcome =
                    task.operation == null ? new Outcome.Done(0) : outcomes.get(task.task.uid());
            if (outcome == null) {
                throw new IllegalStateException("the engine tells nothing of " + task.task.uid());
            }
            ends.add(end(task, outcome));
            if (outcome instanceof Outcome.Done) {
                primaryKey = task.primaryKey;
                changed = true;
            }
        }
        IndexRow after =
                index.changed(primaryKey, index.settings(), changed ? now : index.updatedAt());
        return new BatchRunner.Result(ends, List.of(new Change.PutIndex(after)), List.of());
    }

    /** Applies what is not applied yet: after a crash the engine may be ahead of the journal. */
    private static Map<Long, Outcome> outcomes(
            IndexEngine engine, IndexRow index, List<Ready> ready) {
        Applied applied = engine.applied();
        Map<Long, Outcome> outcomes = new HashMap<>(applied.outcomes());
        List<Step> steps = new ArrayList<>();
        String primaryKey = engine.primaryKey();
        for (Ready task : ready) {
            if (task.operation == null || task.task.uid() <= applied.taskUid()) {
                continue;
            }
            String wanted = task.primaryKey;
            if (wanted != null && !wanted.equals(primaryKey)) {
                steps.add(new Step(task.task.uid(), new Operation.UsePrimaryKey(wanted)));
                primaryKey = wanted;
            }
            steps.add(new Step(task.task.uid(), task.operation));
        }
        if (!steps.isEmpty()) {
            List<Outcome> fresh = engine.apply(index.uid(), steps);
            for (int i = 0; i < steps.size(); i++) {
                outcomes.put(steps.get(i).taskUid(), fresh.get(i));
            }
        }
        return outcomes;
    }

    private static BatchRunner.End end(Ready ready, Outcome outcome) {
        TaskRow task = ready.task;
        return switch (outcome) {
            case Outcome.Done(long count) -> {
                String name =
                        task.work() instanceof Work.AddDocuments
                                ? "indexedDocuments"
                                : "deletedDocuments";
                yield new BatchRunner.End.Succeeded(
                        task, Details.with(task.view().details(), name, count));
            }
            case Outcome.Refused(ErrorCode code, String message) ->
                    new BatchRunner.End.Failed(
                            task, BatchRunner.failedDetails(task), new ApiException(code, message));
        };
    }
}
