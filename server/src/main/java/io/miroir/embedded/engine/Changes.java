package io.miroir.embedded.engine;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.search.FilterInput;
import io.miroir.core.filter.Filter;
import io.miroir.embedded.engine.find.FilterSearch;
import io.miroir.embedded.engine.settings.IndexSettings;
import io.miroir.embedded.engine.store.IndexStore;
import io.miroir.embedded.engine.store.Snapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.FixedBitSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Applies operations to an index and commits them. */
final class Changes {
    private final IndexStore store;
    private final String where;

    /** Whether the step that was just refused has written a part. */
    private boolean leftovers;

    Changes(IndexStore store, String indexUid) {
        this.store = store;
        this.where = "Index `" + indexUid + "`: ";
    }

    List<Outcome> apply(List<Step> steps) throws IOException {
        List<Outcome> outcomes = new ArrayList<>();
        ObjectNode record = Json.object();
        long lastTask = -1;
        boolean committed = false;
        try {
            for (Step step : steps) {
                Outcome outcome = apply(step.operation());
                if (leftovers) {
                    store.rollback();
                    redo(steps, outcomes);
                }
                outcomes.add(outcome);
                record.set(Long.toString(step.taskUid()), json(outcome));
                lastTask = Math.max(lastTask, step.taskUid());
            }
            store.commit(store.next(lastTask, record));
            committed = true;
            return outcomes;
        } finally {
            if (!committed) {
                store.rollback();
            }
        }
    }

    /**
     * Applies the steps before one that was refused when a part of it was written already. Lucene
     * can only go back to its last commit, so they are gone as well.
     */
    private void redo(List<Step> steps, List<Outcome> outcomes) throws IOException {
        leftovers = false;
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof Outcome.Done done
                    && !apply(steps.get(i).operation()).equals(done)) {
                throw new IllegalStateException("applied again, it came out otherwise: " + i);
            }
        }
    }

    private Outcome apply(Operation operation) throws IOException {
        try {
            return switch (operation) {
                case Operation.AddOrReplace add -> add(add.documents(), false, add.skipCreation());
                case Operation.AddOrUpdate add -> add(add.documents(), true, add.skipCreation());
                case Operation.DeleteByIds delete -> deleteIds(delete.ids());
                case Operation.DeleteByFilter delete -> deleteByFilter(delete.filter());
                case Operation.Clear _ -> clear();
                case Operation.UseSettings use -> {
                    store.use(new IndexSettings(use.settings()));
                    yield new Outcome.Done(0);
                }
                case Operation.UsePrimaryKey use -> {
                    store.usePrimaryKey(use.primaryKey());
                    yield new Outcome.Done(0);
                }
            };
        } catch (ApiException refused) {
            return new Outcome.Refused(refused.code(), where + refused.text());
        }
    }

    private Outcome add(DocumentSource documents, boolean update, boolean skipCreation)
            throws IOException {
        Addition addition = new Addition(store, update, skipCreation);
        try {
            return new Outcome.Done(addition.run(documents));
        } catch (ApiException refused) {
            leftovers = addition.hasWritten();
            throw refused;
        }
    }

    private Outcome deleteIds(List<String> ids) throws IOException {
        LinkedHashSet<String> found = new LinkedHashSet<>();
        try (Snapshot snapshot = store.view()) {
            for (String id : ids) {
                if (snapshot.find(id) >= 0) {
                    found.add(id);
                }
            }
        }
        store.delete(List.copyOf(found));
        return new Outcome.Done(found.size());
    }

    private Outcome deleteByFilter(JsonNode json) throws IOException {
        Filter filter = FilterInput.parse(json, ErrorCode.INVALID_DOCUMENT_FILTER);
        if (filter == null) {
            return new Outcome.Done(0);
        }
        List<String> ids = new ArrayList<>();
        try (Snapshot snapshot = store.view()) {
            FixedBitSet docs =
                    new FilterSearch(snapshot, ErrorCode.INVALID_DOCUMENT_FILTER, "").find(filter);
            for (int doc = docs.nextSetBit(0);
                    doc != DocIdSetIterator.NO_MORE_DOCS;
                    doc =
                            doc + 1 >= docs.length()
                                    ? DocIdSetIterator.NO_MORE_DOCS
                                    : docs.nextSetBit(doc + 1)) {
                ids.add(store.idOf(snapshot.document(doc)));
            }
        }
        store.delete(ids);
        return new Outcome.Done(ids.size());
    }

    private Outcome clear() throws IOException {
        long count;
        try (Snapshot snapshot = store.view()) {
            count = snapshot.size();
        }
        store.clear();
        return new Outcome.Done(count);
    }

    private static ObjectNode json(Outcome outcome) {
        ObjectNode json = Json.object();
        return switch (outcome) {
            case Outcome.Done done -> json.put("documents", done.documents());
            case Outcome.Refused refused ->
                    json.put("code", refused.code().name()).put("message", refused.message());
        };
    }

    /** Reads an outcome that was committed. */
    static Outcome outcome(JsonNode json) {
        JsonNode code = json.get("code");
        return code == null
                ? new Outcome.Done(json.get("documents").longValue())
                : new Outcome.Refused(
                        ErrorCode.valueOf(code.stringValue()), json.get("message").stringValue());
    }
}
