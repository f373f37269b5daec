package io.miroir.embedded.engine;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.features.Features;
import io.miroir.api.network.Network;
import io.miroir.api.search.CanonicalRules;
import io.miroir.api.search.FacetRules;
import io.miroir.api.search.FederationChecks;
import io.miroir.api.search.FilterFeatures;
import io.miroir.api.search.FilterInput;
import io.miroir.api.search.MultiSearchRequest;
import io.miroir.api.search.RankingAgreement;
import io.miroir.api.search.RequestChecks;
import io.miroir.api.search.SearchRequest;
import io.miroir.embedded.engine.find.FacetCounts;
import io.miroir.embedded.engine.store.Snapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Several searches whose hits become one list. For one thread and one request. */
public final class FederatedSearch {
    private final MultiSearchRequest request;
    private final MultiSearchRequest.Federation federation;
    private final Function<String, @Nullable IndexEngine> engines;
    private final Features features;
    private final Map<String, SearchAnswer.Facets> facets = new LinkedHashMap<>();
    private final FacetOrders orders = new FacetOrders();
    private final Map<Long, float[]> vectors = new TreeMap<>();
    private final FederatedDistinct distinct;
    private final RankingAgreement agreement = new RankingAgreement();
    private long total;
    private boolean semantic;

    private FederatedSearch(
            MultiSearchRequest request,
            MultiSearchRequest.Federation federation,
            Function<String, @Nullable IndexEngine> engines,
            Features features) {
        this.request = request;
        this.federation = federation;
        this.engines = engines;
        this.features = features;
        this.distinct = new FederatedDistinct(federation.distinct());
    }

    /** A query, and its place in the request. */
    record Placed(MultiSearchRequest.Query query, int position) {
        /** The position that answers tell. */
        long shownPosition() {
            return query.shownPosition(position);
        }
    }

    /**
     * A hit that may be shown.
     *
     * @param position of its query in the request
     * @param doc the document in its index
     * @param values values that no hit after it may have
     */
    record Candidate(
            WeightedOrder.Weighed weighed,
            int position,
            boolean byVector,
            int doc,
            Set<Object> values,
            ObjectNode json) {}

    /**
     * Searches.
     *
     * @param engines the engine of an index; null if there is no such index
     * @throws ApiException with a message that names the query at fault
     */
    public static SearchAnswer search(
            MultiSearchRequest request,
            Function<String, @Nullable IndexEngine> engines,
            Features features) {
        MultiSearchRequest.Federation federation = request.federation();
        if (federation == null) {
            throw new IllegalArgumentException("not a federated search");
        }
        return new FederatedSearch(request, federation, engines, features).answer();
    }

    private SearchAnswer answer() {
        SortedMap<String, List<Placed>> byIndex = partition();
        List<List<Candidate>> lists = new ArrayList<>();
        byIndex.forEach((uid, queries) -> lists.add(inIndex(uid, queries)));
        federation.facetsByIndex().keySet().stream()
                .filter(uid -> !byIndex.containsKey(uid))
                .forEach(this::checkUnusedFacets);
        List<Candidate> merged = distinct.filter(merge(lists));
        long dropped = distinct.droppedLast();
        SearchRequest.Paging paging = federation.paging();
        int skipped = (int) Math.min(paging.skipped(), merged.size());
        int end = (int) Math.min(merged.size(), paging.skipped() + paging.shown());
        List<Candidate> page = merged.subList(skipped, Math.max(skipped, end));
        boolean mergeFacets = federation.mergeFacets();
        RequestChecks.personalize(federation);
        return new SearchAnswer(
                page.stream().map(Candidate::json).toList(),
                null,
                IndexSearch.extent(paging, total - dropped),
                mergeFacets && !facets.isEmpty()
                        ? orders.merge(facets, federation.maxValuesPerFacet())
                        : null,
                mergeFacets ? Map.of() : facetsByIndex(),
                shownVectors(),
                semantic ? (int) page.stream().filter(Candidate::byVector).count() : null);
    }

    private Map<String, ObjectNode> facetsByIndex() {
        Map<String, ObjectNode> byIndex = new LinkedHashMap<>();
        facets.forEach(
                (uid, found) -> {
                    ObjectNode json = Json.object();
                    json.set("distribution", found.distribution());
                    json.set("stats", found.stats());
                    byIndex.put(uid, json);
                });
        return byIndex;
    }

    private SearchAnswer.@Nullable Vectors shownVectors() {
        boolean asked =
                request.queries().stream().anyMatch(q -> q.request().display().retrieveVectors());
        if (!asked) {
            return null;
        }
        ObjectNode json = Json.object();
        vectors.forEach((position, v) -> json.set(position.toString(), Vectors.json(v)));
        return new SearchAnswer.Vectors("queryVectors", json);
    }

    /** The queries by index, after what can be refused without looking into one. */
    private SortedMap<String, List<Placed>> partition() {
        for (int i = 0; i < request.queries().size(); i++) {
            MultiSearchRequest.Query query = request.queries().get(i);
            inside(
                    i,
                    () -> {
                        var filter =
                                FilterInput.parse(
                                        query.request().selection().filter(),
                                        ErrorCode.INVALID_SEARCH_FILTER);
                        if (filter != null) {
                            FilterFeatures.check(filter, features);
                        }
                        return query;
                    });
        }
        SortedMap<String, List<Placed>> byIndex = new TreeMap<>();
        for (int i = 0; i < request.queries().size(); i++) {
            MultiSearchRequest.Query query = request.queries().get(i);
            inside(
                    i,
                    () -> {
                        FederationChecks.check(query, federation, features, () -> Network.NOBODY);
                        return query;
                    });
            byIndex.computeIfAbsent(query.indexUid(), _ -> new ArrayList<>())
                    .add(new Placed(query, i));
        }
        return byIndex;
    }

    private List<Candidate> inIndex(String uid, List<Placed> queries) {
        long first = queries.getFirst().shownPosition();
        IndexEngine engine = engines.apply(uid);
        if (!(engine instanceof LuceneEngine lucene)) {
            throw FederationChecks.insideQuery(first, FederationChecks.noIndex(uid));
        }
        try (Snapshot snapshot = lucene.snapshot()) {
            List<String> patterns = federation.facetsByIndex().get(uid);
            if (patterns != null && federation.mergeFacets()) {
                inside(
                        first,
                        () -> {
                            orders.check(uid, snapshot, patterns);
                            return uid;
                        });
            }
            FixedBitSet candidates = new FixedBitSet(Math.max(1, snapshot.maxDoc()));
            List<List<Candidate>> lists = new ArrayList<>();
            Set<Integer> seen = new HashSet<>();
            for (Placed placed : queries) {
                lists.add(
                        inside(
                                placed.shownPosition(),
                                () -> one(snapshot, uid, placed, candidates)));
            }
            List<Candidate> merged = new ArrayList<>();
            for (Candidate hit : merge(lists)) {
                if (seen.add(hit.doc())) {
                    merged.add(hit);
                }
            }
            List<Candidate> kept = distinct.filter(merged);
            total += candidates.cardinality() - distinct.droppedLast();
            count(uid, snapshot, candidates, first);
            return kept;
        }
    }

    private List<Candidate> one(
            Snapshot snapshot, String uid, Placed placed, FixedBitSet candidates) {
        MultiSearchRequest.Query query = placed.query();
        SearchRequest asked = FederationChecks.paged(query.request(), federation.paging());
        IndexSearch search = new IndexSearch(snapshot, new SearchContext(uid, features), asked);
        search.checkKind();
        agreement.add(
                CanonicalRules.of(snapshot.settings().rankingRules(), asked),
                placed.shownPosition(),
                uid);
        long wanted = federation.paging().skipped() + federation.paging().shown();
        long max = snapshot.settings().maxTotalHits();
        String field = federation.distinct();
        Found found =
                search.find(
                        (int) Math.min(wanted, max),
                        field == null ? asked.selection().distinct() : field);
        candidates.or(found.candidates());
        semantic |= found.semantic();
        float[] vector = asked.semantic().vector();
        if (found.semantic() && asked.display().retrieveVectors() && vector != null) {
            vectors.put(placed.shownPosition(), vector);
        }
        return new FederatedHits(search, uid, placed, distinct).make(found, snapshot);
    }

    private void count(String uid, Snapshot snapshot, FixedBitSet candidates, long first) {
        List<String> patterns = federation.facetsByIndex().get(uid);
        if (patterns == null) {
            return;
        }
        try {
            FacetRules.check(snapshot.settings().filterable(), patterns);
        } catch (ApiException refused) {
            throw FederationChecks.insideQuery(first, FederationChecks.insideFacets(uid, refused));
        }
        facets.put(uid, new FacetCounts(snapshot, candidates).count(patterns));
    }

    private void checkUnusedFacets(String uid) {
        IndexEngine engine = engines.apply(uid);
        List<String> patterns = federation.facetsByIndex().get(uid);
        try {
            if (!(engine instanceof LuceneEngine lucene)) {
                throw FederationChecks.noIndex(uid);
            }
            if (patterns != null) {
                try (Snapshot snapshot = lucene.snapshot()) {
                    FacetRules.check(snapshot.settings().filterable(), patterns);
                }
            }
        } catch (ApiException refused) {
            ApiException told = FederationChecks.insideFacets(uid, refused);
            throw new ApiException(
                    told.code(),
                    told.text() + "\n - Note: index `" + uid + "` is not used in queries",
                    told.status());
        }
    }

    /** Merges lists that are in order; of equal hits that of the earlier query comes first. */
    private static List<Candidate> merge(List<List<Candidate>> lists) {
        List<Candidate> merged = new ArrayList<>();
        int[] next = new int[lists.size()];
        while (true) {
            int best = -1;
            for (int i = 0; i < next.length; i++) {
                if (next[i] < lists.get(i).size()
                        && (best < 0
                                || isBefore(
                                        lists.get(i).get(next[i]),
                                        lists.get(best).get(next[best])))) {
                    best = i;
                }
            }
            if (best < 0) {
                return merged;
            }
            merged.add(lists.get(best).get(next[best]++));
        }
    }

    private static boolean isBefore(Candidate a, Candidate b) {
        int compared = WeightedOrder.compare(a.weighed, b.weighed);
        return compared > 0 || (compared == 0 && a.position < b.position);
    }

    private static <T> T inside(long position, Supplier<T> work) {
        try {
            return work.get();
        } catch (ApiException refused) {
            throw FederationChecks.insideQuery(position, refused);
        }
    }
}
