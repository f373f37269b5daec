package io.miroir.fanout.answer;

import io.miroir.core.merge.FacetSum;
import io.miroir.core.merge.Utf8Order;
import io.miroir.core.routing.Separators;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The facets of a federation: those of each index by itself, or all added up. */
final class FederatedFacets {
    static final String DISTRIBUTION = "distribution";
    private static final String STATS = "stats";

    private final ObjectNode federation;
    private final SortedMap<String, IndexProfile> indexes = new TreeMap<>(Utf8Order.ASCENDING);

    FederatedFacets(ObjectNode federation, List<FederatedQuery> queries) {
        this.federation = federation;
        JsonNode asked = federation.path(FederatedCall.FACETS);
        for (FederatedQuery query : queries) {
            if (asked.has(query.index().uid())) {
                indexes.put(query.index().uid(), query.index());
            }
        }
    }

    /**
     * Writes the sums.
     *
     * @param answers of the nodes that were asked to count, each of one index
     * @param found the documents
     */
    void write(List<ObjectNode> answers, Documents found, ObjectNode answer) {
        ObjectNode byIndex = answer.objectNode();
        indexes.forEach((uid, index) -> writeIndex(index, answers, found, byIndex));
        if (byIndex.isEmpty()) {
            return;
        }
        if (federation.path(FederatedCall.MERGE).isObject()) {
            writeMerged(byIndex, answer);
            List<ObjectNode> all =
                    found.duplicates.values().stream().flatMap(List::stream).toList();
            HitFacets.takeOff(answer.path("facetDistribution"), all);
            return;
        }
        indexes.forEach(
                (uid, index) ->
                        HitFacets.takeOff(
                                byIndex.path(uid).path(DISTRIBUTION),
                                found.duplicates.getOrDefault(index.physicalUid(), List.of())));
        answer.set(FederatedCall.FACETS, byIndex);
    }

    /**
     * What is known of the documents that count, by the names that nodes have for indexes.
     *
     * @param known of an index all of them, the oldest first
     * @param duplicates what has a value of a better hit of another index: it is taken off in the
     *     end
     */
    record Documents(
            Map<String, List<ObjectNode>> known, Map<String, List<ObjectNode>> duplicates) {
        static final Documents NONE = new Documents(Map.of(), Map.of());
    }

    /** A facet that is to be added up, and whose values two indexes order differently. */
    Optional<String> disputed(List<ObjectNode> answers) {
        if (!federation.path(FederatedCall.MERGE).isObject()) {
            return Optional.empty();
        }
        Map<String, FacetSum.Order> orders = new HashMap<>();
        for (IndexProfile index : indexes.values()) {
            for (ObjectNode node : answers) {
                for (String facet : facets(node, index).path(DISTRIBUTION).propertyNames()) {
                    if (Separators.isReserved(facet)) {
                        continue;
                    }
                    FacetSum.Order order = index.facetOrder(facet);
                    if (orders.getOrDefault(facet, order) != order) {
                        return Optional.of(facet);
                    }
                    orders.put(facet, order);
                }
            }
        }
        return Optional.empty();
    }

    private static JsonNode facets(ObjectNode node, IndexProfile index) {
        return node.path(FederatedCall.FACETS).path(index.physicalUid());
    }

    /** An index has one spelling of a value, and its own cut. */
    private static void writeIndex(
            IndexProfile index, List<ObjectNode> answers, Documents found, ObjectNode to) {
        FacetSums sums = new FacetSums();
        long total = 0;
        boolean counted = false;
        for (ObjectNode node : answers) {
            JsonNode facets = facets(node, index);
            if (facets.isObject()) {
                sums.add(facets.path(DISTRIBUTION), facets.path(STATS));
                total += Paging.total(node);
                counted = true;
            }
        }
        List<ObjectNode> known = found.known.get(index.physicalUid());
        if (known != null) {
            sums = sums.of(known, _ -> true);
            total = known.size();
        }
        if (counted) {
            ObjectNode facets = to.putObject(index.uid());
            sums.write(index, total, facets.putObject(DISTRIBUTION), facets.putObject(STATS));
        }
    }

    /** Spellings of several indexes stand side by side; the values are ordered and cut again. */
    private void writeMerged(ObjectNode byIndex, ObjectNode answer) {
        SortedMap<String, Map<String, Long>> facets = new TreeMap<>(Utf8Order.ASCENDING);
        Map<String, FacetSum.Order> orders = new HashMap<>();
        List<JsonNode> stats = new ArrayList<>();
        Set<String> added = new HashSet<>();
        indexes.forEach(
                (uid, index) -> {
                    if (!added.add(index.physicalUid())) {
                        // Asked for by an alias as well.
                        return;
                    }
                    stats.add(byIndex.path(uid).path(STATS));
                    for (var facet : byIndex.path(uid).path(DISTRIBUTION).properties()) {
                        orders.putIfAbsent(facet.getKey(), index.facetOrder(facet.getKey()));
                        Map<String, Long> values =
                                facets.computeIfAbsent(facet.getKey(), _ -> new LinkedHashMap<>());
                        facet.getValue()
                                .properties()
                                .forEach(
                                        value ->
                                                values.merge(
                                                        value.getKey(),
                                                        value.getValue().asLong(),
                                                        Long::sum));
                    }
                });
        JsonNode max = federation.path(FederatedCall.MERGE).path("maxValuesPerFacet");
        int valuesMax = max.isNumber() ? max.asInt() : Integer.MAX_VALUE;
        ObjectNode distribution = answer.putObject("facetDistribution");
        facets.forEach(
                (facet, values) -> {
                    ObjectNode shown = distribution.putObject(facet);
                    values.entrySet().stream()
                            .sorted(order(orders.getOrDefault(facet, FacetSum.Order.ALPHA)))
                            .limit(valuesMax)
                            .forEach(v -> shown.put(v.getKey(), v.getValue()));
                });
        FacetSums.writeRanges(stats, answer.putObject("facetStats"));
    }

    /** Of values that are counted alike those of the first index go first, as it lists them. */
    private static Comparator<Map.Entry<String, Long>> order(FacetSum.Order order) {
        return switch (order) {
            case ALPHA -> Map.Entry.comparingByKey(Utf8Order.ASCENDING);
            case COUNT -> Map.Entry.comparingByValue(Comparator.reverseOrder());
        };
    }
}
