package io.miroir.embedded.engine;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.search.FacetRules;
import io.miroir.api.search.FacetSearchRequest;
import io.miroir.api.search.FilterFeatures;
import io.miroir.api.search.FilterInput;
import io.miroir.api.search.RequestChecks;
import io.miroir.api.search.SearchRequest;
import io.miroir.api.search.SortBy;
import io.miroir.core.filter.Filter;
import io.miroir.core.filter.FilterParser;
import io.miroir.core.filter.FilterPrinter;
import io.miroir.embedded.engine.find.FacetCounts;
import io.miroir.embedded.engine.find.FacetValueSearch;
import io.miroir.embedded.engine.find.FilterSearch;
import io.miroir.embedded.engine.rank.DocumentSearch;
import io.miroir.embedded.engine.rank.MatchedWords;
import io.miroir.embedded.engine.rank.Ranked;
import io.miroir.embedded.engine.rank.Ranking;
import io.miroir.embedded.engine.settings.Embedder;
import io.miroir.embedded.engine.show.HitMaker;
import io.miroir.embedded.engine.store.Snapshot;
import java.util.List;
import java.util.Map;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A search on one index. */
final class IndexSearch {
    private final Snapshot snapshot;
    private final SearchContext context;
    private final SearchRequest request;

    IndexSearch(Snapshot snapshot, SearchContext context, SearchRequest request) {
        this.snapshot = snapshot;
        this.context = context;
        this.request = request;
    }

    /** The page that is asked for. */
    SearchAnswer answer() {
        long max = snapshot.settings().maxTotalHits();
        SearchRequest.Paging paging = request.paging();
        long skipped = Math.min(paging.skipped(), max);
        long shown = Math.min(paging.shown(), max - skipped);
        Found found = find((int) (skipped + shown), request.selection().distinct());
        List<Found.Hit> page =
                found.hits()
                        .subList((int) Math.min(skipped, found.hits().size()), found.hits().size());
        HitMaker maker = new HitMaker(snapshot, request, found.matched());
        List<ObjectNode> hits = page.stream().map(hit -> maker.make(hit.ranked())).toList();
        String q = request.matching().q();
        float[] vector = request.semantic().vector();
        boolean showVector = request.display().retrieveVectors() && found.semantic();
        SearchAnswer.Facets facets = facets(found.candidates());
        RequestChecks.personalize(request);
        return new SearchAnswer(
                hits,
                q == null ? "" : q,
                extent(paging, found.candidates().cardinality()),
                facets,
                Map.of(),
                showVector && vector != null ? Vectors.shown("queryVector", vector) : null,
                found.semantic() ? Found.semanticHits(page) : null);
    }

    static SearchAnswer.Extent extent(SearchRequest.Paging paging, long total) {
        if (!paging.isPaged()) {
            return new SearchAnswer.Extent.Window(paging.offset(), paging.limit(), total);
        }
        long size = paging.pageSize();
        long pages = size == 0 ? 0 : (total + size - 1) / size;
        return new SearchAnswer.Extent.Page(paging.pageNumber(), size, pages, total);
    }

    private SearchAnswer.@Nullable Facets facets(FixedBitSet candidates) {
        List<String> patterns = request.selection().facets();
        if (patterns == null || patterns.isEmpty()) {
            return null;
        }
        FacetRules.check(snapshot.settings().filterable(), patterns);
        return new FacetCounts(snapshot, candidates).count(patterns);
    }

    /** Refuses a query that can't search as it says: looked at before what it sorts by. */
    void checkKind() {
        Embedder _ = new SearchChecks(snapshot, "").embedder(request, context.features());
    }

    /** The best hits, and all that match. */
    Found find(int wanted, @Nullable String distinct) {
        String where = "Index `" + context.indexUid() + "`: ";
        SearchChecks checks = new SearchChecks(snapshot, where);
        Embedder embedder = checks.embedder(request, context.features());
        Filter filter = filter(ErrorCode.INVALID_SEARCH_FILTER);
        List<String> asked = request.selection().sort();
        List<SortBy> sort =
                asked == null ? List.of() : SortBy.parse(asked, ErrorCode.INVALID_SEARCH_SORT);
        boolean[] paths = checks.searchOn(request.matching().attributesToSearchOn());
        String field = checks.distinct(distinct);
        FixedBitSet allowed = allowed(filter, ErrorCode.INVALID_SEARCH_FILTER, where);
        checks.sort(sort);
        DocumentSearch search =
                new DocumentSearch(
                        snapshot,
                        new DocumentSearch.Request(
                                request.matching().isPlaceholder() ? null : request.matching().q(),
                                request.matching().strategy(),
                                paths,
                                allowed,
                                sort,
                                field,
                                wanted,
                                request.scoring().threshold(),
                                request.paging().isPaged()));
        return embedder == null
                ? byWords(search)
                : new VectorSearch(snapshot, request, search, embedder).find(wanted, field);
    }

    private static Found byWords(DocumentSearch search) {
        Ranking ranking = search.byWords();
        return new Found(
                ranking.hits().stream().map(hit -> new Found.Hit(hit, false)).toList(),
                ranking.candidates(),
                search.matched(),
                false);
    }

    /** The filter in the form that messages show; null for none. */
    private @Nullable Filter filter(ErrorCode code) {
        Filter filter = FilterInput.parse(request.selection().filter(), code);
        if (filter == null) {
            return null;
        }
        FilterFeatures.check(filter, context.features());
        return FilterParser.parse(FilterPrinter.print(filter));
    }

    private FixedBitSet allowed(@Nullable Filter filter, ErrorCode code, String where) {
        return filter == null
                ? snapshot.live()
                : new FilterSearch(snapshot, code, where).find(filter);
    }

    /** Values of a facet over the documents that match. */
    FacetAnswer facetAnswer(FacetSearchRequest facet) {
        RequestChecks.network(request, context.features());
        SearchChecks checks = new SearchChecks(snapshot, "");
        Embedder embedder = checks.embedder(request, context.features());
        Filter filter =
                FilterInput.parse(request.selection().filter(), ErrorCode.INVALID_SEARCH_FILTER);
        if (filter != null) {
            FilterFeatures.check(filter, context.features());
        }
        FacetValueSearch values = new FacetValueSearch(snapshot);
        if (!snapshot.settings().isFacetSearch()) {
            values.check(facet.facetName());
        }
        boolean[] paths = checks.searchOn(request.matching().attributesToSearchOn());
        FixedBitSet allowed = allowed(filter, ErrorCode.INVALID_SEARCH_FILTER, "");
        FixedBitSet candidates = allowed;
        if (embedder == null) {
            int wanted = facet.exhaustive() ? 0 : (int) SearchRequest.Paging.LIMIT_DEFAULT;
            DocumentSearch search =
                    new DocumentSearch(
                            snapshot,
                            new DocumentSearch.Request(
                                    request.matching().isPlaceholder()
                                            ? null
                                            : request.matching().q(),
                                    request.matching().strategy(),
                                    paths,
                                    allowed,
                                    List.of(),
                                    snapshot.settings().distinct(),
                                    wanted,
                                    request.scoring().threshold(),
                                    facet.exhaustive()));
            candidates = search.byWords().candidates();
        }
        values.check(facet.facetName());
        return new FacetAnswer(
                values.find(facet.facetName(), facet.facetQuery(), candidates), facet.facetQuery());
    }

    /** Makes the hits of this search as clients see them. */
    HitMaker hitMaker(MatchedWords matched) {
        return new HitMaker(snapshot, request, matched);
    }

    SearchRequest request() {
        return request;
    }

    Snapshot snapshot() {
        return snapshot;
    }

    /** A refusal to make a vector: documents and queries must bring theirs. */
    static ApiException cannotEmbed(String text) {
        return new ApiException(
                ErrorCode.VECTOR_EMBEDDING_ERROR,
                "Error while generating embeddings: user error: attempt to embed the following text"
                        + " in a configuration where embeddings must be user provided:\n  - `"
                        + text
                        + "`");
    }

    /** Ranked documents as hits that words found. */
    static List<Found.Hit> hits(List<Ranked> ranked, boolean byVector) {
        return ranked.stream().map(hit -> new Found.Hit(hit, byVector)).toList();
    }
}
