package io.miroir.fanout.answer;

import io.miroir.core.merge.FacetText;
import io.miroir.core.merge.FederatedOrder;
import io.miroir.core.merge.KWayMerge;
import io.miroir.core.merge.Ranked;
import io.miroir.core.merge.Utf8Order;
import io.miroir.core.topology.ShardSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A federated multi-search: several queries, one list of hits. Nodes federate their parts with the
 * same weights; the lists are merged as one node merges its queries.
 */
public final class FederatedCall {
    private static final String FEDERATION = "federation";
    private static final String HIT_FEDERATION = "_federation";
    private static final String INDEX = "indexUid";

    /**
     * What a node is asked of one query.
     *
     * @param asked false if the node holds no shard of the query's index
     * @param only the shards to search, or null if the node holds no other
     */
    public record Part(boolean asked, @Nullable ShardSet only) {}

    private record Query(ObjectNode client, IndexProfile index, HitView view, double weight) {}

    private record Hit(ObjectNode json, Ranked ranked) {}

    private final ObjectNode client;
    private final ObjectNode federation;
    private final Paging paging;
    private final List<Query> queries;
    private final @Nullable String distinct;
    private final int depthMax;

    private FederatedCall(ObjectNode client, ObjectNode federation, List<Query> queries) {
        this.client = client;
        this.federation = federation;
        this.paging = Paging.of(federation);
        this.queries = queries;
        JsonNode asked = federation.path("distinct");
        this.distinct = asked.isString() ? asked.asString() : null;
        // Each index has its own limit; the deepest lets each node apply its own.
        this.depthMax = queries.stream().mapToInt(q -> q.index.totalHitsMax()).max().orElse(0);
    }

    /**
     * A federated search.
     *
     * @param client the client's body with {@code federation}; it must be valid
     * @param indexes the index of each query, in their order
     */
    public static FederatedCall of(ObjectNode client, List<IndexProfile> indexes) {
        ObjectNode federation = (ObjectNode) client.path(FEDERATION);
        JsonNode distinct = federation.path("distinct");
        List<Query> queries = new ArrayList<>();
        JsonNode asked = client.path("queries");
        for (int i = 0; i < asked.size(); i++) {
            ObjectNode query = (ObjectNode) asked.path(i);
            IndexProfile index = indexes.get(i);
            List<String> needed = new ArrayList<>();
            if (index.primaryKey() != null) {
                needed.add(index.primaryKey());
            }
            if (distinct.isString()) {
                needed.add(distinct.asString());
            }
            double weight = query.path("federationOptions").path("weight").asDouble(1);
            queries.add(new Query(query, index, HitView.of(query, index, needed), weight));
        }
        return new FederatedCall(client, federation, List.copyOf(queries));
    }

    /**
     * What a node is asked.
     *
     * @param parts for each query; at least one must be asked
     */
    public ObjectNode nodeRequest(List<Part> parts) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.setAll(client);
        ObjectNode nodeFederation = request.putObject(FEDERATION);
        nodeFederation.setAll(federation);
        paging.writeNodeRequest(nodeFederation, depthMax);
        writeFacetsRequest(nodeFederation);
        ArrayNode nodeQueries = request.putArray("queries");
        for (int i = 0; i < queries.size(); i++) {
            if (parts.get(i).asked) {
                Query query = queries.get(i);
                ObjectNode nodeQuery = nodeQueries.addObject();
                nodeQuery.setAll(query.client);
                nodeQuery.put(INDEX, query.index.physicalUid());
                query.view.writeNodeRequest(nodeQuery);
                NodeFilter.restrict(nodeQuery, parts.get(i).only);
            }
        }
        return request;
    }

    private void writeFacetsRequest(ObjectNode nodeFederation) {
        if (federation.path("facetsByIndex") instanceof ObjectNode byIndex) {
            ObjectNode physical = nodeFederation.putObject("facetsByIndex");
            byIndex.properties().forEach(e -> physical.set(physicalUid(e.getKey()), e.getValue()));
        }
        if (federation.path("mergeFacets").path("maxValuesPerFacet").isNumber()) {
            // The cut comes after the sum.
            nodeFederation
                    .putObject("mergeFacets")
                    .put("maxValuesPerFacet", NodeLimits.FEDERATED_FACET_VALUES);
        }
    }

    /**
     * The client's answer. Takes the answers apart: they can't be used afterwards.
     *
     * @param answers of the nodes that were asked
     * @param parts what each of them was asked, in the same order
     */
    public ObjectNode merge(List<ObjectNode> answers, List<List<Part>> parts) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode page = answer.putArray("hits");
        List<Iterator<Hit>> sources = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            sources.add(hits(answers.get(i), positions(parts.get(i))));
        }
        int begin = paging.begin(depthMax);
        int end = paging.end(depthMax);
        Set<String> seen = new HashSet<>();
        int duplicates = 0;
        int semantic = 0;
        KWayMerge<Hit> merged =
                new KWayMerge<>(
                        sources, Comparator.comparing(Hit::ranked, FederatedOrder.INSTANCE));
        for (int place = 0; place < end && merged.hasNext(); ) {
            Hit hit = merged.next();
            if (isDuplicate(hit.json, seen)) {
                duplicates++;
                continue;
            }
            if (place >= begin) {
                semantic += hit.ranked.semantic() ? 1 : 0;
                page.add(shown(hit));
            }
            place++;
        }
        long total = answers.stream().mapToLong(Paging::total).sum() - duplicates;
        answer.put("processingTimeMs", Answers.processingTimeMillis(answers));
        paging.writeAnswer(answer, total);
        writeFacets(answers, total, answer);
        Answers.copyFirst(answers, "requestUid", answer);
        if (Answers.anyHas(answers, "semanticHitCount")) {
            answer.put("semanticHitCount", semantic);
        }
        return answer;
    }

    private static List<Integer> positions(List<Part> parts) {
        List<Integer> positions = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).asked) {
                positions.add(i);
            }
        }
        return positions;
    }

    /** The hits of a node, each with the position that its query has at the client. */
    private Iterator<Hit> hits(ObjectNode answer, List<Integer> positions) {
        Iterator<JsonNode> nodes = answer.path("hits").iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return nodes.hasNext();
            }

            @Override
            public Hit next() {
                ObjectNode hit = (ObjectNode) nodes.next();
                ObjectNode info = (ObjectNode) hit.path(HIT_FEDERATION);
                int position = positions.get(info.path("queriesPosition").asInt());
                info.put("queriesPosition", position);
                double weight = queries.get(position).weight;
                return new Hit(hit, ScoreDetails.readFederated(hit, weight));
            }
        };
    }

    private ObjectNode shown(Hit hit) {
        Query query = queries.get(hit.ranked.query());
        query.view.show(hit.json);
        ((ObjectNode) hit.json.path(HIT_FEDERATION)).put(INDEX, query.index.uid());
        return hit.json;
    }

    private boolean isDuplicate(ObjectNode hit, Set<String> seen) {
        if (distinct == null) {
            return false;
        }
        List<String> values =
                HitView.values(hit, distinct).stream()
                        .map(v -> FacetText.normalize(v.asString("")))
                        .toList();
        if (values.stream().anyMatch(seen::contains)) {
            return true;
        }
        seen.addAll(values);
        return false;
    }

    private void writeFacets(List<ObjectNode> answers, long total, ObjectNode answer) {
        if (!federation.path("facetsByIndex").isObject()) {
            return;
        }
        if (federation.path("mergeFacets").isObject()) {
            writeMergedFacets(answers, answer);
            return;
        }
        Map<String, IndexProfile> byUid = new TreeMap<>(Utf8Order.ASCENDING);
        queries.forEach(query -> byUid.put(query.index.uid(), query.index));
        ObjectNode byIndex = answer.objectNode();
        byUid.forEach(
                (uid, index) -> {
                    List<JsonNode> distributions = new ArrayList<>();
                    List<JsonNode> stats = new ArrayList<>();
                    for (ObjectNode node : answers) {
                        JsonNode facets = node.path("facetsByIndex").path(index.physicalUid());
                        if (facets.isObject()) {
                            distributions.add(facets.path("distribution"));
                            stats.add(facets.path("stats"));
                        }
                    }
                    if (!distributions.isEmpty()) {
                        ObjectNode facets = byIndex.putObject(uid);
                        ObjectNode sums = facets.putObject("distribution");
                        FacetsCall.writeSums(distributions, index, total, sums);
                        FacetsCall.writeRanges(stats, facets.putObject("stats"));
                    }
                });
        if (!byIndex.isEmpty()) {
            answer.set("facetsByIndex", byIndex);
        }
    }

    /** Merged facets are one node's: by raw spelling, ordered by bytes or count, then cut. */
    private void writeMergedFacets(List<ObjectNode> answers, ObjectNode answer) {
        JsonNode max = federation.path("mergeFacets").path("maxValuesPerFacet");
        int valuesMax = max.isNumber() ? max.asInt() : Integer.MAX_VALUE;
        Map<String, Map<String, Long>> facets = new TreeMap<>(Utf8Order.ASCENDING);
        List<JsonNode> stats = new ArrayList<>();
        for (ObjectNode node : answers) {
            stats.add(node.path("facetStats"));
            for (Map.Entry<String, JsonNode> facet : node.path("facetDistribution").properties()) {
                Map<String, Long> values =
                        facets.computeIfAbsent(facet.getKey(), _ -> new HashMap<>());
                facet.getValue()
                        .properties()
                        .forEach(v -> values.merge(v.getKey(), v.getValue().asLong(), Long::sum));
            }
        }
        ObjectNode distribution = answer.putObject("facetDistribution");
        facets.forEach(
                (facet, values) -> {
                    ObjectNode shown = distribution.putObject(facet);
                    values.entrySet().stream()
                            .sorted(mergedOrder(facet))
                            .limit(valuesMax)
                            .forEach(v -> shown.put(v.getKey(), v.getValue()));
                });
        FacetsCall.writeRanges(stats, answer.putObject("facetStats"));
    }

    private Comparator<Map.Entry<String, Long>> mergedOrder(String facet) {
        Comparator<Map.Entry<String, Long>> byValue = Map.Entry.comparingByKey(Utf8Order.ASCENDING);
        return switch (queries.getFirst().index.facetOrder(facet)) {
            case ALPHA -> byValue;
            case COUNT ->
                    Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                            .thenComparing(byValue);
        };
    }

    private String physicalUid(String uid) {
        for (Query query : queries) {
            if (query.index.uid().equals(uid)) {
                return query.index.physicalUid();
            }
        }
        return uid;
    }
}
