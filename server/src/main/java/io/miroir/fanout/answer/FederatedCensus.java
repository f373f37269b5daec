package io.miroir.fanout.answer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** All documents that some queries of a federation find, as {@link SearchCensus} has them. */
final class FederatedCensus {
    private final ObjectNode federation;
    private final List<FederatedQuery> queries;
    private final @Nullable String distinct;
    private final Paging paging;

    FederatedCensus(
            ObjectNode federation,
            List<FederatedQuery> queries,
            @Nullable String distinct,
            Paging paging) {
        this.federation = federation;
        this.queries = queries;
        this.distinct = distinct;
        this.paging = paging;
    }

    /**
     * The queries to ask for: those of indexes that are counted, and of which it is not known what
     * counts, if they can be.
     *
     * @param narrowed those that leave out documents that match
     * @param pinned those of which something is pinned
     */
    Set<Integer> positions(FederatedHits hits, Set<Integer> narrowed, Set<Integer> pinned) {
        FederatedList list = hits.list(paging, narrowed::contains, Map.of());
        Map<Integer, Long> totals = hits.totals();
        Set<Integer> positions = new TreeSet<>();
        list.indexes()
                .forEach(
                        (uid, index) -> {
                            Set<Integer> ofIndex = new TreeSet<>(narrowed);
                            ofIndex.removeIf(query -> !isOf(query, uid));
                            boolean canBeTold =
                                    Collections.disjoint(ofIndex, pinned)
                                            && ofIndex.stream().allMatch(q -> canBeTold(q, totals));
                            if (index.documents() == null
                                    && canBeTold
                                    && ofIndex.stream().anyMatch(this::isWanted)) {
                                positions.addAll(ofIndex);
                            }
                        });
        return positions;
    }

    private boolean isOf(int query, String physicalUid) {
        return queries.get(query).index().physicalUid().equals(physicalUid);
    }

    /** Whether it is to be known what a query counts. */
    boolean isWanted(int query) {
        return paging.counted()
                || federation
                        .path(FederatedCall.FACETS)
                        .hasNonNull(queries.get(query).index().uid());
    }

    private boolean canBeTold(int position, Map<Integer, Long> totals) {
        FederatedQuery query = queries.get(position);
        return query.index().primaryKey() != null
                && !query.isByVectors()
                && (paging.counted() || (!query.hasThreshold() && end(query) > 0))
                && totals.getOrDefault(position, 0L) <= SearchCensus.DOCUMENTS_MAX;
    }

    private int end(FederatedQuery query) {
        return paging.end(query.index().totalHitsMax());
    }

    /**
     * Asks a node.
     *
     * @param parts for each query
     */
    ObjectNode nodeRequest(List<FederatedCall.Part> parts) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        ArrayNode asked = request.putArray("queries");
        for (int position : FederatedCall.positions(parts)) {
            FederatedQuery query = queries.get(position);
            asked.add(
                    census(query)
                            .nodeRequest(parts.get(position).only())
                            .put(FederatedCall.INDEX, query.index().physicalUid()));
        }
        return request;
    }

    private SearchCensus census(FederatedQuery query) {
        List<String> attributes = new ArrayList<>();
        if (query.index().primaryKey() != null) {
            attributes.add(query.index().primaryKey());
        }
        if (distinct != null) {
            attributes.add(distinct);
        }
        JsonNode patterns = federation.path(FederatedCall.FACETS).path(query.index().uid());
        if (patterns.isArray()) {
            attributes.addAll(FacetsCall.readAttributes(Attributes.names(patterns), query.index()));
        }
        String once = distinct != null ? distinct : query.distinct();
        return new SearchCensus(
                query.client(), attributes, once, false, end(query), paging.counted());
    }

    /** The documents that count, by the positions of queries, as far as nodes told them all. */
    Map<Integer, List<ObjectNode>> documents(List<FederatedCall.NodeAnswer> answers) {
        Map<Integer, List<ObjectNode>> ofQueries = new TreeMap<>();
        for (FederatedCall.NodeAnswer node : answers) {
            List<Integer> positions = FederatedCall.positions(node.parts());
            for (int i = 0; i < positions.size(); i++) {
                ofQueries
                        .computeIfAbsent(positions.get(i), _ -> new ArrayList<>())
                        .add((ObjectNode) node.json().path(FederatedCall.RESULTS).path(i));
            }
        }
        Map<Integer, List<ObjectNode>> documents = new HashMap<>();
        ofQueries.forEach(
                (position, ofNodes) -> {
                    List<ObjectNode> found = census(queries.get(position)).documents(ofNodes);
                    if (found != null) {
                        documents.put(position, found);
                    }
                });
        return documents;
    }
}
