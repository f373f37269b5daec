package io.miroir.embedded.tasks;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.IndexUid;
import io.miroir.api.indexes.IndexSwaps;
import io.miroir.api.indexes.Swap;
import io.miroir.api.settings.Settings;
import io.miroir.api.settings.SettingsUpdate;
import io.miroir.embedded.engine.Applied;
import io.miroir.embedded.engine.IndexEngine;
import io.miroir.embedded.engine.Operation;
import io.miroir.embedded.engine.Outcome;
import io.miroir.embedded.engine.Step;
import io.miroir.embedded.store.Change;
import io.miroir.embedded.store.IndexRow;
import io.miroir.embedded.store.NodeState;
import io.miroir.embedded.store.TaskRow;
import io.miroir.embedded.store.Work;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Works on tasks that change indexes as such: their existence, names, primary keys, settings. */
public final class CatalogueWork {
    private final NodeState state;
    private final OpenIndexes indexes;
    private final Catalogue catalogue;

    /** Work on this catalogue. */
    public CatalogueWork(NodeState state, OpenIndexes indexes, Catalogue catalogue) {
        this.state = state;
        this.indexes = indexes;
        this.catalogue = catalogue;
    }

    BatchRunner.Result create(TaskRow task, Work.CreateIndex create, Instant now) {
        String uid = uidOf(task);
        if (state.index(uid) != null) {
            throw IndexUid.alreadyExists(uid);
        }
        IndexRow index = catalogue.newIndex(task.uid(), uid, create.primaryKey(), now);
        return succeeded(task, new Change.PutIndex(index));
    }

    BatchRunner.Result update(TaskRow task, Work.UpdateIndex update, Instant now) {
        IndexRow index = require(uidOf(task));
        String newUid = Objects.requireNonNullElse(update.newUid(), index.uid());
        boolean renamed = !newUid.equals(index.uid());
        if (renamed && state.index(newUid) != null) {
            throw IndexUid.alreadyExists(newUid);
        }
        String primaryKey = update.primaryKey();
        if (primaryKey != null) {
            usePrimaryKey(task, index, primaryKey);
        }
        IndexRow after =
                index.changed(
                        primaryKey == null ? index.primaryKey() : primaryKey,
                        index.settings(),
                        primaryKey == null && !renamed ? index.updatedAt() : now);
        if (!renamed) {
            return succeeded(task, new Change.PutIndex(after));
        }
        return succeeded(
                task,
                new Change.DropIndex(index.uid()),
                new Change.PutIndex(after.named(newUid)),
                new Change.RenameInTasks(Map.of(index.uid(), newUid), task.uid()));
    }

    private void usePrimaryKey(TaskRow task, IndexRow index, String primaryKey) {
        if (primaryKey.equals(index.primaryKey())) {
            return;
        }
        long documents = indexes.use(index, engine -> engine.stats().documents());
        if (documents > 0) {
            throw new ApiException(
                    ErrorCode.INDEX_PRIMARY_KEY_ALREADY_EXISTS,
                    "Index `"
                            + index.uid()
                            + "`: Index already has a primary key: `"
                            + index.primaryKey()
                            + "`.");
        }
        applyOnce(task, index, new Operation.UsePrimaryKey(primaryKey));
    }

    BatchRunner.Result delete(TaskRow task) {
        IndexRow index = require(uidOf(task));
        long documents = indexes.use(index, engine -> engine.stats().documents());
        ObjectNode details = Details.clearing(documents);
        return new BatchRunner.Result(
                List.of(new BatchRunner.End.Succeeded(task, details)),
                List.of(new Change.DropIndex(index.uid())),
                List.of(() -> indexes.drop(index.directory())));
    }

    BatchRunner.Result compact(TaskRow task) {
        IndexRow index = require(uidOf(task));
        ObjectNode details =
                indexes.use(
                        index,
                        engine -> {
                            long before = engine.stats().diskBytes();
                            engine.compact();
                            return Details.compaction(before, engine.stats().diskBytes());
                        });
        return BatchRunner.Result.of(new BatchRunner.End.Succeeded(task, details));
    }

    BatchRunner.Result swap(TaskRow task, Work.SwapIndexes work) {
        ApiException refusal = IndexSwaps.refusal(work.swaps(), uid -> state.index(uid) != null);
        if (refusal != null) {
            throw refusal;
        }
        List<Change> changes = new ArrayList<>();
        Map<String, String> names = new HashMap<>();
        for (Swap swap : work.swaps()) {
            IndexRow first = require(swap.first());
            if (swap.rename()) {
                changes.add(new Change.DropIndex(swap.first()));
                changes.add(new Change.PutIndex(first.named(swap.second())));
                names.put(swap.first(), swap.second());
            } else {
                IndexRow second = require(swap.second());
                changes.add(new Change.PutIndex(first.named(swap.second())));
                changes.add(new Change.PutIndex(second.named(swap.first())));
                names.put(swap.first(), swap.second());
                names.put(swap.second(), swap.first());
            }
        }
        changes.add(new Change.RenameInTasks(names, task.uid()));
        return succeeded(task, changes.toArray(Change[]::new));
    }

    BatchRunner.Result changeSettings(TaskRow task, Work.ChangeSettings work, Instant now) {
        String uid = uidOf(task);
        IndexRow known = state.index(uid);
        if (known == null && !work.mayCreateIndex()) {
            throw IndexUid.notFound(uid);
        }
        IndexRow index = known == null ? catalogue.newIndex(task.uid(), uid, null, now) : known;
        try {
            ObjectNode settings = changed(index, new SettingsUpdate(work.changes()));
            applyOnce(task, index, new Operation.UseSettings(settings));
            IndexRow after = index.changed(index.primaryKey(), settings, now);
            return succeeded(task, new Change.PutIndex(after));
        } catch (ApiException refused) {
            BatchRunner.End end =
                    new BatchRunner.End.Failed(task, BatchRunner.failedDetails(task), refused);
            return BatchRunner.Result.of(end, new Change.PutIndex(index));
        }
    }

    private static ObjectNode changed(IndexRow index, SettingsUpdate update) {
        try {
            return Settings.apply(index.settings(), update);
        } catch (ApiException refused) {
            throw new ApiException(
                    refused.code(), "Index `" + index.uid() + "`: " + refused.text());
        }
    }

    /** Applies an operation, unless the index says that it did so before a crash. */
    private void applyOnce(TaskRow task, IndexRow index, Operation operation) {
        Outcome outcome =
                indexes.use(index, engine -> applyOnce(engine, task.uid(), index, operation));
        if (outcome instanceof Outcome.Refused(ErrorCode code, String message)) {
            throw new ApiException(code, message);
        }
    }

    private static @Nullable Outcome applyOnce(
            IndexEngine engine, long taskUid, IndexRow index, Operation operation) {
        Applied applied = engine.applied();
        if (taskUid <= applied.taskUid()) {
            return applied.outcomes().get(taskUid);
        }
        return engine.apply(index.uid(), List.of(new Step(taskUid, operation))).getFirst();
    }

    private IndexRow require(String uid) {
        IndexRow index = state.index(uid);
        if (index == null) {
            throw IndexUid.notFound(uid);
        }
        return index;
    }

    private static String uidOf(TaskRow task) {
        return task.view().subject().indexUids().getFirst();
    }

    private static BatchRunner.Result succeeded(TaskRow task, Change... changes) {
        ObjectNode details = Objects.requireNonNull(task.view().details(), "details");
        return BatchRunner.Result.of(new BatchRunner.End.Succeeded(task, details), changes);
    }
}
