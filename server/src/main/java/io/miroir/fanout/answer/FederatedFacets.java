package io.miroir.fanout.answer;

import io.miroir.core.merge.FacetText;
import io.miroir.core.merge.Utf8Order;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The facets of a federation: those of each index by itself, or all added up. */
final class FederatedFacets {
    private final ObjectNode federation;
    private final List<FederatedQuery> queries;

    FederatedFacets(ObjectNode federation, List<FederatedQuery> queries) {
        this.federation = federation;
        this.queries = queries;
    }

    /**
     * Writes the sums.
     *
     * @param answers of the nodes that were asked to count
     * @param total how many documents match
     */
    void write(List<ObjectNode> answers, long total, ObjectNode answer) {
        if (!federation.path(FederatedCall.FACETS).isObject()) {
            return;
        }
        if (federation.path(FederatedCall.MERGE).isObject()) {
            writeMergedFacets(answers, answer);
            return;
        }
        Map<String, IndexProfile> byUid = new TreeMap<>(Utf8Order.ASCENDING);
        queries.forEach(query -> byUid.put(query.index().uid(), query.index()));
        ObjectNode byIndex = answer.objectNode();
        byUid.forEach(
                (uid, index) -> {
                    List<JsonNode> distributions = new ArrayList<>();
                    List<JsonNode> stats = new ArrayList<>();
                    for (ObjectNode node : answers) {
                        JsonNode facets = node.path(FederatedCall.FACETS).path(index.physicalUid());
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
            answer.set(FederatedCall.FACETS, byIndex);
        }
    }

    /**
     * Merged facets: ordered by bytes or count, then cut. An index has one spelling of a value, so
     * those of its nodes are added up; the spellings of several indexes are shown side by side.
     */
    private void writeMergedFacets(List<ObjectNode> answers, ObjectNode answer) {
        JsonNode max = federation.path(FederatedCall.MERGE).path("maxValuesPerFacet");
        int valuesMax = max.isNumber() ? max.asInt() : Integer.MAX_VALUE;
        boolean oneIndex = federation.path(FederatedCall.FACETS).size() == 1;
        Map<String, Map<String, Long>> facets = new TreeMap<>(Utf8Order.ASCENDING);
        Map<String, Map<String, String>> spellings = new HashMap<>();
        List<JsonNode> stats = new ArrayList<>();
        for (ObjectNode node : answers) {
            stats.add(node.path("facetStats"));
            for (Map.Entry<String, JsonNode> facet : node.path("facetDistribution").properties()) {
                Map<String, Long> values =
                        facets.computeIfAbsent(facet.getKey(), _ -> new HashMap<>());
                Map<String, String> shown =
                        spellings.computeIfAbsent(facet.getKey(), _ -> new HashMap<>());
                for (Map.Entry<String, JsonNode> value : facet.getValue().properties()) {
                    String text = value.getKey();
                    String same = oneIndex ? FacetText.normalize(text) : text;
                    String spelling = shown.computeIfAbsent(same, _ -> text);
                    values.merge(spelling, value.getValue().asLong(), Long::sum);
                }
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
        return switch (queries.getFirst().index().facetOrder(facet)) {
            case ALPHA -> byValue;
            case COUNT ->
                    Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                            .thenComparing(byValue);
        };
    }
}
