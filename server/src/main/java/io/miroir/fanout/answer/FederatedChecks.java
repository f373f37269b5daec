package io.miroir.fanout.answer;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.features.Features;
import io.miroir.api.network.Network;
import io.miroir.api.search.CanonicalRules;
import io.miroir.api.search.FacetRules;
import io.miroir.api.search.FederationChecks;
import io.miroir.api.search.FilterFeatures;
import io.miroir.api.search.FilterInput;
import io.miroir.api.search.MultiSearchRequest;
import io.miroir.api.search.RankingAgreement;
import io.miroir.api.settings.Patterns;
import io.miroir.core.filter.Filter;
import io.miroir.core.merge.FacetSum;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Refuses of a federation what nodes can't judge: they have other names of indexes, one ranking
 * rule more, and no index that is not there. In the order in which one server looks.
 */
public final class FederatedChecks {
    private final MultiSearchRequest request;
    private final Features features;
    private final Supplier<Network> network;
    private final Map<String, @Nullable List<String>> facets;
    private final Function<String, @Nullable IndexProfile> indexes;
    private final SortedMap<String, List<Integer>> byIndex = new TreeMap<>();
    private final List<Integer> passed = new ArrayList<>();
    private final Map<Integer, List<String>> counted = new LinkedHashMap<>();
    private @Nullable Integer begun;

    /**
     * Checks of one request.
     *
     * @param request with a federation
     * @param features that are on
     * @param network asked only of queries that name an instance
     * @param indexes an index by the uid that the request names; null if there is none
     */
    public FederatedChecks(
            MultiSearchRequest request,
            Features features,
            Supplier<Network> network,
            Function<String, @Nullable IndexProfile> indexes) {
        MultiSearchRequest.Federation federation = request.federation();
        this.request = request;
        this.features = features;
        this.network = network;
        this.facets = federation == null ? Map.of() : federation.facetsByIndex();
        this.indexes = indexes;
    }

    /**
     * Checks the request.
     *
     * @throws ApiException that names the query at fault
     */
    public void check() {
        List<MultiSearchRequest.Query> queries = request.queries();
        MultiSearchRequest.Federation federation = request.federation();
        for (int i = 0; i < queries.size(); i++) {
            JsonNode filter = queries.get(i).request().selection().filter();
            inside(i, () -> checkFilter(filter));
        }
        for (int i = 0; i < queries.size() && federation != null; i++) {
            int position = i;
            inside(
                    position,
                    () ->
                            FederationChecks.check(
                                    queries.get(position), federation, features, network));
            byIndex.computeIfAbsent(queries.get(i).indexUid(), _ -> new ArrayList<>()).add(i);
        }
        RankingAgreement agreement = new RankingAgreement();
        byIndex.forEach((uid, positions) -> checkIndex(uid, positions, agreement));
        facets.keySet().stream()
                .filter(uid -> !byIndex.containsKey(uid))
                .forEach(this::checkUnusedFacets);
    }

    /**
     * The queries that passed the checks, in the order in which one server searches them: it checks
     * and searches one index after the other, and in it query by query. So these are searched by
     * the time that it finds the fault that {@link #check} throws.
     */
    public List<Integer> passed() {
        return List.copyOf(passed);
    }

    /**
     * The query whose sort or ranking rules {@link #check} found at fault: how it searches was
     * looked at before.
     */
    public Optional<Integer> begun() {
        return Optional.ofNullable(begun);
    }

    /**
     * The first query of each index of which facets are counted, as far as one server came, with
     * those that can be: that these indexes order them differently is found before what {@link
     * #check} threw.
     */
    public Map<Integer, List<String>> counted() {
        return Collections.unmodifiableMap(counted);
    }

    private void checkIndex(String uid, List<Integer> positions, RankingAgreement agreement) {
        int first = positions.getFirst();
        IndexProfile index = indexes.apply(uid);
        if (index == null) {
            throw FederationChecks.insideQuery(shown(first), FederationChecks.noIndex(uid));
        }
        List<String> wanted = facets.get(uid);
        if (wanted != null) {
            List<String> known =
                    wanted.stream()
                            .filter(pattern -> FacetRules.knows(index.filterable(), pattern))
                            .toList();
            if (!known.isEmpty()) {
                counted.put(first, known);
            }
        }
        for (int position : positions) {
            begun = position;
            inside(
                    shown(position),
                    () ->
                            agreement.add(
                                    CanonicalRules.of(
                                            index.rankingRules(),
                                            request.queries().get(position).request()),
                                    shown(position),
                                    uid));
            passed.add(position);
        }
        begun = null;
        // Counted when all are searched.
        inside(shown(first), () -> checkFacets(uid, index));
    }

    private long shown(int position) {
        return request.queries().get(position).shownPosition(position);
    }

    private void checkFilter(@Nullable JsonNode json) {
        Filter filter = FilterInput.parse(json, ErrorCode.INVALID_SEARCH_FILTER);
        if (filter != null) {
            FilterFeatures.check(filter, features);
        }
    }

    private void checkFacets(String uid, @Nullable IndexProfile index) {
        try {
            if (index == null) {
                throw FederationChecks.noIndex(uid);
            }
            List<String> patterns = facets.get(uid);
            if (patterns != null) {
                FacetRules.check(index.filterable(), patterns);
            }
        } catch (ApiException refused) {
            throw FederationChecks.insideFacets(uid, refused);
        }
    }

    private void checkUnusedFacets(String uid) {
        try {
            checkFacets(uid, indexes.apply(uid));
        } catch (ApiException refused) {
            throw new ApiException(
                    refused.code(),
                    refused.text() + "\n - Note: index `" + uid + "` is not used in queries",
                    refused.status());
        }
    }

    /**
     * The refusal to add up a facet whose values two indexes order differently. Only nodes know
     * which facets there are, but they compare indexes in the order of their own names. One server
     * searches neither the second of the two nor what is behind it, so that {@link #passed} ends
     * there.
     *
     * @param facet that a node refused
     */
    public ApiException otherOrder(String facet) {
        String before = null;
        boolean beforeByCount = false;
        for (Map.Entry<String, List<Integer>> entry : byIndex.entrySet()) {
            String uid = entry.getKey();
            IndexProfile index = indexes.apply(uid);
            if (index == null || !counts(uid, index, facet)) {
                continue;
            }
            boolean byCount = index.facetOrder(facet) == FacetSum.Order.COUNT;
            if (before != null && byCount != beforeByCount) {
                byIndex.tailMap(uid).values().forEach(passed::removeAll);
                return FederationChecks.insideQuery(
                        shown(entry.getValue().getFirst()),
                        FederationChecks.otherFacetOrder(facet, before, uid, byCount));
            }
            if (before == null) {
                before = uid;
                beforeByCount = byCount;
            }
        }
        return new ApiException(
                ErrorCode.INVALID_MULTI_SEARCH_FACET_ORDER,
                "Inconsistent order for values in facet `" + facet + "`.");
    }

    private boolean counts(String uid, IndexProfile index, String facet) {
        List<String> patterns = facets.get(uid);
        return patterns != null
                && index.filters(facet)
                && patterns.stream().anyMatch(p -> Patterns.match(p, facet) == Patterns.Match.FULL);
    }

    private static void inside(long position, Runnable check) {
        try {
            check.run();
        } catch (ApiException refused) {
            throw FederationChecks.insideQuery(position, refused);
        }
    }
}
