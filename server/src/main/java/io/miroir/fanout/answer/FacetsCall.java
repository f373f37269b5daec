package io.miroir.fanout.answer;

import io.miroir.api.search.FacetRules;
import io.miroir.core.merge.FacetNumbers;
import io.miroir.core.merge.FacetSum;
import io.miroir.core.merge.Utf8Order;
import io.miroir.core.routing.Separators;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The facets of one search. */
final class FacetsCall {
    private static final String FACETS = "facets";
    private static final String DISTRIBUTION = "facetDistribution";
    private static final String STATS = "facetStats";

    private final IndexProfile index;
    private final boolean asked;
    private final List<String> names;
    private final @Nullable String distinct;
    private final boolean distinctAdded;

    private FacetsCall(
            IndexProfile index, boolean asked, List<String> names, @Nullable String distinct) {
        this.index = index;
        this.asked = asked;
        this.names = names;
        this.distinct = distinct;
        this.distinctAdded = distinct != null && !names.contains(distinct);
    }

    /**
     * The facets of a search.
     *
     * @param distinct an attribute whose values must be counted besides, if that can be asked
     */
    static FacetsCall of(ObjectNode client, IndexProfile index, @Nullable String distinct) {
        JsonNode facets = client.path(FACETS);
        boolean countable = distinct != null && index.filters(distinct);
        return new FacetsCall(
                index,
                facets.isArray() && !facets.isEmpty(),
                facets.isArray() ? Attributes.names(facets) : List.of(),
                countable ? distinct : null);
    }

    /** The attribute whose values the answers count for the total, if any. */
    @Nullable String distinct() {
        return distinct;
    }

    /** The attribute that is counted for the total alone, if any: the client did not ask for it. */
    @Nullable String unseen() {
        return distinctAdded ? distinct : null;
    }

    /**
     * Nodes never refuse a star: they have filterable fields of ours, whatever the client's are.
     */
    void check() {
        FacetRules.check(index.filterable(), names);
    }

    void writeNodeRequest(ObjectNode request) {
        if (distinctAdded) {
            ArrayNode facets = request.putArray(FACETS);
            names.forEach(facets::add);
            facets.add(distinct);
        }
    }

    /**
     * Writes the sums.
     *
     * @param candidates how many documents match on all nodes
     */
    void writeAnswer(List<ObjectNode> answers, long candidates, ObjectNode answer) {
        if (!asked) {
            return;
        }
        List<JsonNode> distributions = new ArrayList<>();
        List<JsonNode> stats = new ArrayList<>();
        for (ObjectNode node : answers) {
            distributions.add(node.path(DISTRIBUTION));
            stats.add(node.path(STATS));
        }
        ObjectNode sums = answer.putObject(DISTRIBUTION);
        writeSums(distributions, stats, index, candidates, sums);
        ObjectNode ranges = answer.putObject(STATS);
        writeRanges(stats, ranges);
        if (distinctAdded) {
            sums.remove(distinct);
            ranges.remove(distinct);
        }
    }

    /**
     * Sums distributions of one index: facet → value → count.
     *
     * @param stats of the nodes, in the order of their distributions
     */
    static void writeSums(
            List<JsonNode> distributions,
            List<JsonNode> stats,
            IndexProfile index,
            long candidates,
            ObjectNode to) {
        Map<String, FacetSum> facets = new TreeMap<>(Utf8Order.ASCENDING);
        for (int node = 0; node < distributions.size(); node++) {
            for (var facet : distributions.get(node).properties()) {
                if (Separators.isReserved(facet.getKey())) {
                    continue;
                }
                FacetSum sum = facets.computeIfAbsent(facet.getKey(), _ -> new FacetSum());
                FacetNumbers numbers = numbers(stats.get(node).path(facet.getKey()));
                for (var value : facet.getValue().properties()) {
                    if (numbers.has(value.getKey())) {
                        sum.addNumber(value.getKey(), value.getValue().asLong());
                    } else {
                        sum.add(value.getKey(), value.getValue().asLong());
                    }
                }
            }
        }
        facets.forEach(
                (facet, sum) -> {
                    ObjectNode values = to.putObject(facet);
                    sum.result(index.facetOrder(facet), candidates, index.facetValuesMax())
                            .forEach(values::put);
                });
    }

    private static FacetNumbers numbers(JsonNode range) {
        return range.isObject()
                ? new FacetNumbers(range.path("min").asDouble(), range.path("max").asDouble())
                : FacetNumbers.NONE;
    }

    /** The smallest minimum and largest maximum of each facet with numbers. */
    static void writeRanges(List<JsonNode> stats, ObjectNode to) {
        Map<String, ObjectNode> ranges = new TreeMap<>(Utf8Order.ASCENDING);
        for (JsonNode node : stats) {
            for (Map.Entry<String, JsonNode> facet : node.properties()) {
                ObjectNode range = ranges.get(facet.getKey());
                if (range == null) {
                    ranges.put(facet.getKey(), (ObjectNode) facet.getValue());
                    continue;
                }
                JsonNode min = facet.getValue().path("min");
                JsonNode max = facet.getValue().path("max");
                if (min.asDouble() < range.path("min").asDouble()) {
                    range.set("min", min);
                }
                if (max.asDouble() > range.path("max").asDouble()) {
                    range.set("max", max);
                }
            }
        }
        ranges.forEach(to::set);
    }
}
