package io.miroir.fanout.answer;

import io.miroir.core.merge.FacetSum;
import io.miroir.core.merge.FacetText;
import io.miroir.core.topology.ShardSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** One search for values of a facet. */
public final class FacetSearchCall {
    private final ObjectNode client;
    private final IndexProfile index;

    private FacetSearchCall(ObjectNode client, IndexProfile index) {
        this.client = client;
        this.index = index;
    }

    /** A facet search with the client's body, which must be valid. */
    public static FacetSearchCall of(ObjectNode client, IndexProfile index) {
        return new FacetSearchCall(NodeFilter.spelledOut(client, index.filterable()), index);
    }

    /**
     * What a node is asked.
     *
     * @param only the shards to search, or null if the node holds no other
     */
    public ObjectNode nodeRequest(@Nullable ShardSet only) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.setAll(client);
        NodeFilter.restrict(request, only);
        return request;
    }

    /** What nodes counted, as searches show it: facet → value → count. */
    public List<ObjectNode> distributions(List<ObjectNode> answers) {
        List<ObjectNode> distributions = new ArrayList<>();
        for (ObjectNode answer : answers) {
            ObjectNode distribution = JsonNodeFactory.instance.objectNode();
            ObjectNode counts = distribution.putObject(facet());
            for (JsonNode hit : answer.path("facetHits")) {
                counts.put(hit.path("value").asString(""), hit.path("count").asLong());
            }
            distributions.add(distribution);
        }
        return distributions;
    }

    /** The values that nodes spell differently. */
    public Optional<FacetSpelling> disputedSpelling(List<ObjectNode> distributions) {
        return FacetSpelling.ofAll(index, distributions);
    }

    /**
     * All documents whose values count, to be asked besides: of an index with a distinct attribute
     * a node counts one document a value of that, whatever others have. Empty where none is left
     * out, or vectors find.
     */
    public Optional<SearchCensus> census() {
        String distinct = index.distinct();
        if (distinct == null || client.path("hybrid").isObject()) {
            return Optional.empty();
        }
        // Who counts all looks at no page, and leaves nothing out as too bad.
        boolean all = client.path("exhaustiveFacetCount").asBoolean(false);
        ObjectNode search = client;
        if (all) {
            search = client.deepCopy();
            search.remove("rankingScoreThreshold");
        } else if (SearchCall.hasThreshold(client)) {
            return Optional.empty();
        }
        int end = all ? 0 : Math.min(Paging.LIMIT_DEFAULT, index.totalHitsMax());
        return Optional.of(new SearchCensus(search, List.of(facet()), distinct, false, end, all));
    }

    /** Whether a node counts more documents of a value than it would show to be counted. */
    public boolean isBeyond(List<ObjectNode> distributions) {
        return distributions.stream()
                .flatMap(distribution -> distribution.path(facet()).valueStream())
                .anyMatch(count -> count.asLong() > SearchCensus.DOCUMENTS_MAX);
    }

    /**
     * What one server counts.
     *
     * @param distributions what nodes counted, spelled as it is to be shown
     * @param documents that count
     */
    public List<ObjectNode> recounted(List<ObjectNode> distributions, List<ObjectNode> documents) {
        Map<String, String> spellings = new HashMap<>();
        for (ObjectNode distribution : distributions) {
            distribution
                    .path(facet())
                    .propertyNames()
                    .forEach(value -> spellings.putIfAbsent(FacetText.normalize(value), value));
        }
        ObjectNode counted = JsonNodeFactory.instance.objectNode();
        ObjectNode counts = counted.putObject(facet());
        for (ObjectNode document : documents) {
            for (JsonNode value : HitFacets.values(document, facet())) {
                String shown = spellings.get(FacetText.normalize(HitFacets.text(value)));
                if (shown != null && !value.isNumber()) {
                    counts.put(shown, counts.path(shown).asLong(0) + 1);
                }
            }
        }
        return List.of(counted);
    }

    private String facet() {
        return client.path("facetName").asString("");
    }

    /**
     * The client's answer: values summed over the nodes, then cut.
     *
     * @param distributions what nodes counted, in the order of the answers
     */
    public ObjectNode merge(List<ObjectNode> answers, List<ObjectNode> distributions) {
        FacetSum sum = new FacetSum();
        for (ObjectNode distribution : distributions) {
            distribution
                    .path(facet())
                    .properties()
                    .forEach(value -> sum.add(value.getKey(), value.getValue().asLong()));
        }
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode hits = answer.putArray("facetHits");
        JsonNode query = client.path("facetQuery");
        sum.found(index.facetOrder(facet()), query.isString(), index.facetValuesMax())
                .forEach(
                        (value, count) -> hits.addObject().put("value", value).put("count", count));
        answer.put("facetQuery", query.isString() ? query.asString() : null);
        answer.put("processingTimeMs", Answers.processingTimeMillis(answers));
        return answer;
    }
}
