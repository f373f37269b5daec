package io.miroir.embedded.engine;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.search.FilterFeatures;
import io.miroir.api.search.FilterInput;
import io.miroir.api.search.SearchRequest;
import io.miroir.api.search.SimilarRequest;
import io.miroir.core.filter.Filter;
import io.miroir.embedded.engine.find.FilterSearch;
import io.miroir.embedded.engine.rank.DocumentSearch;
import io.miroir.embedded.engine.rank.MatchedWords;
import io.miroir.embedded.engine.rank.Ranked;
import io.miroir.embedded.engine.settings.Embedder;
import io.miroir.embedded.engine.show.HitMaker;
import io.miroir.embedded.engine.store.Snapshot;
import io.miroir.embedded.engine.store.VectorReader;
import java.util.List;
import java.util.Map;
import org.apache.lucene.util.FixedBitSet;
import tools.jackson.databind.node.ObjectNode;

/** A search for documents whose vectors are near a document's. */
final class SimilarSearch {
    private final Snapshot snapshot;
    private final SearchContext context;
    private final SimilarRequest request;

    SimilarSearch(Snapshot snapshot, SearchContext context, SimilarRequest request) {
        this.snapshot = snapshot;
        this.context = context;
        this.request = request;
    }

    SearchAnswer answer() {
        Embedder embedder =
                SearchChecks.embedder(
                        snapshot.settings(),
                        request.embedder(),
                        ErrorCode.INVALID_SIMILAR_EMBEDDER);
        Filter filter = FilterInput.parse(request.filter(), ErrorCode.INVALID_SIMILAR_FILTER);
        if (filter != null) {
            FilterFeatures.check(filter, context.features());
        }
        int doc = snapshot.find(request.id());
        if (doc < 0) {
            throw new ApiException(
                    ErrorCode.NOT_FOUND_SIMILAR_ID, "Document `" + request.id() + "` not found.");
        }
        FixedBitSet allowed =
                filter == null
                        ? snapshot.live().clone()
                        : new FilterSearch(snapshot, ErrorCode.INVALID_SIMILAR_FILTER, "")
                                .find(filter);
        allowed.clear(doc);
        long max = snapshot.settings().maxTotalHits();
        long skipped = Math.min(request.paging().offset(), max);
        long shown = Math.min(request.paging().limit(), max - skipped);
        DocumentSearch.Nearest nearest = nearest(doc, embedder, allowed, (int) (skipped + shown));
        List<Ranked> page =
                nearest.hits()
                        .subList(
                                (int) Math.min(skipped, nearest.hits().size()),
                                nearest.hits().size());
        HitMaker maker =
                new HitMaker(
                        snapshot,
                        new SearchRequest.Display(
                                request.attributesToRetrieve(),
                                request.retrieveVectors(),
                                false,
                                SearchRequest.Format.NONE),
                        request.scoring(),
                        null,
                        MatchedWords.NONE);
        List<ObjectNode> hits = page.stream().map(maker::make).toList();
        return new SearchAnswer(
                hits,
                null,
                new SearchAnswer.Extent.Window(
                        request.paging().offset(),
                        request.paging().limit(),
                        Math.min(max, nearest.total())),
                null,
                Map.of(),
                null,
                null);
    }

    private DocumentSearch.Nearest nearest(
            int doc, Embedder embedder, FixedBitSet allowed, int wanted) {
        float[] vector =
                new VectorReader(snapshot, embedder.name()).first(doc, embedder.dimensions());
        if (vector == null) {
            return new DocumentSearch.Nearest(List.of(), allowed.cardinality());
        }
        return DocumentSearch.nearest(
                snapshot, embedder.name(), vector, allowed, wanted, request.scoring().threshold());
    }
}
