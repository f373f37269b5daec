package io.miroir.fanout.answer;

import io.miroir.core.merge.FacetNumbers;
import io.miroir.core.merge.FacetSum;
import io.miroir.core.merge.Utf8Order;
import io.miroir.core.routing.Separators;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The facets of one index: what nodes counted, added up. */
final class FacetSums {
    private final Map<String, FacetSum> facets = new TreeMap<>(Utf8Order.ASCENDING);
    private final Map<String, Long> added = new HashMap<>();
    private final List<JsonNode> stats = new ArrayList<>();
    private final Set<String> counted = new HashSet<>();

    /**
     * Adds what a node counted.
     *
     * @param distribution facet → value → count
     * @param statsOfNode the smallest and the largest number of each facet with numbers; what
     *     {@link FacetKinds} wrote there is taken out
     */
    void add(JsonNode distribution, JsonNode statsOfNode) {
        for (var facet : distribution.properties()) {
            String name = facet.getKey();
            if (Separators.isReserved(name)) {
                continue;
            }
            FacetSum sum = facets.computeIfAbsent(name, _ -> new FacetSum());
            FacetNumbers numbers = FacetKinds.numbers(facet.getValue(), statsOfNode.path(name));
            JsonNode texts = FacetKinds.texts(statsOfNode.path(name));
            for (var value : facet.getValue().properties()) {
                long count = value.getValue().asLong();
                added.merge(name, count, Long::sum);
                boolean number = numbers.has(value.getKey());
                long alike = texts.path(value.getKey()).asLong(number ? count : 0);
                if (alike > 0) {
                    sum.addNumber(value.getKey(), alike);
                }
                if (!number || texts.has(value.getKey())) {
                    sum.add(value.getKey(), count);
                }
            }
        }
        stats.add(statsOfNode);
    }

    /**
     * Takes off what nodes counted and one server does not count.
     *
     * @param documents what nodes counted besides
     */
    void takeOff(List<ObjectNode> documents) {
        facets.forEach(
                (name, sum) -> {
                    if (!counted.contains(name)) {
                        takeOff(name, sum, documents);
                    }
                });
    }

    private static void takeOff(String name, FacetSum sum, List<ObjectNode> documents) {
        for (ObjectNode document : documents) {
            HitFacets.values(document, name).forEach(v -> sum.takeOff(HitFacets.text(v)));
        }
    }

    /**
     * The same where all documents are known: these are counted instead, so that a value is spelled
     * as one of them has it, and the smallest number is theirs. A facet whose values they don't
     * show is as nodes counted it.
     *
     * @param kept what one server counts, the first one's spelling is shown
     * @param takenOff what nodes counted besides
     */
    FacetSums of(List<ObjectNode> kept, List<ObjectNode> takenOff) {
        FacetSums sums =
                of(
                        kept,
                        name ->
                                size(name, kept) + size(name, takenOff)
                                        == added.getOrDefault(name, 0L));
        sums.takeOff(takenOff);
        return sums;
    }

    private static long size(String facet, List<ObjectNode> documents) {
        return documents.stream().mapToLong(d -> HitFacets.values(d, facet).size()).sum();
    }

    /**
     * The facets of these documents, the first one's spelling is shown.
     *
     * @param isShown whether the documents show the values of a facet; others are as they were
     */
    FacetSums of(List<ObjectNode> documents, Predicate<String> isShown) {
        Set<String> shown = facets.keySet().stream().filter(isShown).collect(Collectors.toSet());
        FacetSums sums = new FacetSums();
        ObjectNode distribution = JsonNodeFactory.instance.objectNode();
        ObjectNode ranges = JsonNodeFactory.instance.objectNode();
        HitFacets.count(shown, documents, distribution, ranges);
        sums.add(distribution, ranges);
        sums.counted.addAll(shown);
        for (JsonNode ofNode : stats) {
            ObjectNode others = JsonNodeFactory.instance.objectNode();
            ofNode.properties().stream()
                    .filter(facet -> !shown.contains(facet.getKey()))
                    .forEach(facet -> others.set(facet.getKey(), facet.getValue()));
            sums.stats.add(others);
        }
        facets.forEach(
                (name, sum) -> {
                    if (!shown.contains(name)) {
                        sums.facets.put(name, sum);
                    }
                });
        return sums;
    }

    /**
     * Writes the sums in order, as many of each facet as the index shows.
     *
     * @param candidates how many documents were counted
     */
    void write(IndexProfile index, long candidates, ObjectNode distribution, ObjectNode ranges) {
        facets.forEach(
                (facet, sum) -> {
                    ObjectNode values = distribution.putObject(facet);
                    sum.result(index.facetOrder(facet), candidates, index.facetValuesMax())
                            .forEach(values::put);
                });
        writeRanges(stats, ranges);
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
