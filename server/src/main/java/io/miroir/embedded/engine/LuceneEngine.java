package io.miroir.embedded.engine;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.search.FacetSearchRequest;
import io.miroir.api.search.FilterFeatures;
import io.miroir.api.search.FilterInput;
import io.miroir.api.search.SearchRequest;
import io.miroir.api.search.SimilarRequest;
import io.miroir.api.search.SortBy;
import io.miroir.api.settings.Patterns;
import io.miroir.core.filter.Filter;
import io.miroir.embedded.engine.find.FilterSearch;
import io.miroir.embedded.engine.rank.DocumentSearch;
import io.miroir.embedded.engine.rank.Ranked;
import io.miroir.embedded.engine.settings.Embedder;
import io.miroir.embedded.engine.show.Selection;
import io.miroir.embedded.engine.store.IndexStore;
import io.miroir.embedded.engine.store.Snapshot;
import io.miroir.embedded.engine.store.VectorField;
import io.miroir.embedded.engine.store.VectorReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** An index on Lucene. */
public final class LuceneEngine implements IndexEngine {
    private final IndexStore store;

    private LuceneEngine(IndexStore store) {
        this.store = store;
    }

    /** Opens the index in a directory, which is made if it is not there. */
    public static LuceneEngine open(Path directory) {
        return new LuceneEngine(IndexStore.open(directory));
    }

    @Override
    public List<Outcome> apply(String indexUid, List<Step> steps) {
        try {
            return new Changes(store, indexUid).apply(steps);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void compact() {
        try {
            store.compact();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public Applied applied() {
        try (Snapshot snapshot = store.snapshot()) {
            Map<Long, Outcome> outcomes = new HashMap<>();
            snapshot.data()
                    .outcomes()
                    .properties()
                    .forEach(
                            entry ->
                                    outcomes.put(
                                            Long.valueOf(entry.getKey()),
                                            Changes.outcome(entry.getValue())));
            return new Applied(snapshot.data().taskUid(), outcomes);
        }
    }

    @Override
    public @Nullable String primaryKey() {
        try (Snapshot snapshot = store.snapshot()) {
            return snapshot.data().primaryKey();
        }
    }

    @Override
    public SearchAnswer search(SearchContext context, SearchRequest request) {
        try (Snapshot snapshot = store.snapshot()) {
            return new IndexSearch(snapshot, context, request).answer();
        }
    }

    @Override
    public FacetAnswer facetSearch(SearchContext context, FacetSearchRequest request) {
        try (Snapshot snapshot = store.snapshot()) {
            return new IndexSearch(snapshot, context, request.search()).facetAnswer(request);
        }
    }

    @Override
    public SearchAnswer similar(SearchContext context, SimilarRequest request) {
        try (Snapshot snapshot = store.snapshot()) {
            return new SimilarSearch(snapshot, context, request).answer();
        }
    }

    /** The view that searches over several indexes share; to be closed after use. */
    Snapshot snapshot() {
        return store.snapshot();
    }

    @Override
    public @Nullable ObjectNode get(
            String id, @Nullable Set<String> fields, boolean retrieveVectors) {
        try (Snapshot snapshot = store.snapshot()) {
            int doc = snapshot.find(id);
            return doc < 0 ? null : shown(snapshot, doc, fields, retrieveVectors);
        }
    }

    private static ObjectNode shown(
            Snapshot snapshot, int doc, @Nullable Set<String> fields, boolean retrieveVectors) {
        ObjectNode document = snapshot.document(doc);
        VectorField.show(document, retrieveVectors, snapshot.settings());
        if (fields == null || fields.contains("*")) {
            return document;
        }
        Set<String> names = new HashSet<>(fields);
        if (retrieveVectors) {
            names.add(VectorField.NAME);
        }
        return Selection.select(document, names);
    }

    @Override
    public DocumentPage list(SearchContext context, DocumentsQuery query) {
        try (Snapshot snapshot = store.snapshot()) {
            List<SortBy> sort = documentSort(snapshot, query.sort());
            FixedBitSet docs = selected(snapshot, context, query);
            long total = docs.cardinality();
            long end = Math.min(total, query.offset() + query.limit());
            List<ObjectNode> page = new ArrayList<>();
            if (query.offset() < end) {
                List<Ranked> ranked = DocumentSearch.sorted(snapshot, docs, sort, (int) end);
                for (Ranked hit : ranked.subList((int) query.offset(), ranked.size())) {
                    page.add(shown(snapshot, hit.doc(), query.fields(), query.retrieveVectors()));
                }
            }
            return new DocumentPage(page, total);
        }
    }

    private static List<SortBy> documentSort(Snapshot snapshot, @Nullable List<String> asked) {
        if (asked == null) {
            return List.of();
        }
        List<SortBy> sort = SortBy.parse(asked, ErrorCode.INVALID_DOCUMENT_SORT);
        var sortable = snapshot.settings().sortable();
        for (SortBy by : sort) {
            String name = by instanceof SortBy.Field field ? field.name() : "_geo";
            if (!Patterns.isWithinAny(name, sortable)) {
                throw new ApiException(
                        ErrorCode.INVALID_DOCUMENT_SORT,
                        "Attribute `"
                                + name
                                + "` is not sortable. "
                                + (sortable.isEmpty()
                                        ? "This index does not have configured sortable"
                                                + " attributes."
                                        : "Available sortable attributes are: `"
                                                + String.join(", ", sortable)
                                                + "`."));
            }
        }
        return sort;
    }

    private static FixedBitSet selected(
            Snapshot snapshot, SearchContext context, DocumentsQuery query) {
        FixedBitSet docs = snapshot.live().clone();
        Filter filter = FilterInput.parse(query.filter(), ErrorCode.INVALID_DOCUMENT_FILTER);
        if (filter != null) {
            FilterFeatures.check(filter, context.features());
            docs.and(
                    new FilterSearch(snapshot, ErrorCode.INVALID_DOCUMENT_FILTER, "").find(filter));
        }
        List<String> ids = query.ids();
        if (ids != null) {
            FixedBitSet named = new FixedBitSet(docs.length());
            for (String id : new TreeSet<>(ids)) {
                int doc = snapshot.find(id);
                if (doc >= 0) {
                    named.set(doc);
                }
            }
            docs.and(named);
        }
        return docs;
    }

    @Override
    public List<ObjectNode> fields(ObjectNode filter) {
        try (Snapshot snapshot = store.snapshot()) {
            return FieldList.of(snapshot, filter);
        }
    }

    @Override
    public IndexStats stats() {
        try (Snapshot snapshot = store.snapshot()) {
            long embeddings = 0;
            FixedBitSet embedded = new FixedBitSet(Math.max(1, snapshot.maxDoc()));
            for (Embedder embedder : snapshot.settings().embedders().values()) {
                VectorReader reader = new VectorReader(snapshot, embedder.name());
                for (int doc = snapshot.live().nextSetBit(0);
                        doc != DocIdSetIterator.NO_MORE_DOCS;
                        doc =
                                doc + 1 >= snapshot.live().length()
                                        ? DocIdSetIterator.NO_MORE_DOCS
                                        : snapshot.live().nextSetBit(doc + 1)) {
                    int count = reader.count(doc, embedder.dimensions());
                    embeddings += count;
                    if (count > 0) {
                        embedded.set(doc);
                    }
                }
            }
            return new IndexStats(
                    snapshot.size(),
                    embeddings,
                    embedded.cardinality(),
                    snapshot.facets().fieldDistribution(),
                    store.diskBytes());
        }
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
