package io.miroir.embedded.engine;

import io.miroir.api.Json;
import io.miroir.api.search.FederationChecks;
import io.miroir.api.settings.Patterns;
import io.miroir.embedded.engine.settings.IndexSettings;
import io.miroir.embedded.engine.store.Snapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Adds up the facets of several indexes, which must order their values alike. */
final class FacetOrders {
    private final Map<String, Order> orders = new HashMap<>();

    private record Order(String indexUid, boolean byCount) {}

    /** Throws if the index orders a facet otherwise than one before. */
    void check(String uid, Snapshot snapshot, List<String> patterns) {
        IndexSettings settings = snapshot.settings();
        for (String facet : snapshot.facets().paths()) {
            boolean named =
                    patterns.stream()
                            .anyMatch(p -> Patterns.match(p, facet) == Patterns.Match.FULL);
            if (!named || !settings.isFilterable(facet)) {
                continue;
            }
            boolean byCount = settings.isFacetByCount(facet);
            Order before = orders.putIfAbsent(facet, new Order(uid, byCount));
            if (before != null && before.byCount != byCount) {
                throw FederationChecks.otherFacetOrder(facet, before.indexUid, uid, byCount);
            }
        }
    }

    /**
     * Adds up counts.
     *
     * @param valuesMax values kept per facet; null for all
     */
    SearchAnswer.Facets merge(Map<String, SearchAnswer.Facets> byIndex, @Nullable Long valuesMax) {
        Map<String, Map<String, Long>> counts = new TreeMap<>();
        ObjectNode stats = Json.object();
        for (SearchAnswer.Facets facets : byIndex.values()) {
            facets.distribution()
                    .properties()
                    .forEach(
                            facet -> {
                                Map<String, Long> own =
                                        counts.computeIfAbsent(
                                                facet.getKey(), _ -> new TreeMap<>());
                                facet.getValue()
                                        .properties()
                                        .forEach(
                                                v ->
                                                        own.merge(
                                                                v.getKey(),
                                                                v.getValue().longValue(),
                                                                Long::sum));
                            });
            facets.stats()
                    .properties()
                    .forEach(facet -> addStats(stats, facet.getKey(), facet.getValue()));
        }
        ObjectNode distribution = Json.object();
        counts.forEach((facet, values) -> put(distribution, facet, values, valuesMax));
        return new SearchAnswer.Facets(distribution, stats);
    }

    private static void addStats(ObjectNode stats, String facet, JsonNode own) {
        double least = own.get("min").doubleValue();
        double greatest = own.get("max").doubleValue();
        if (stats.get(facet) instanceof ObjectNode before) {
            before.put("min", Math.min(least, before.get("min").doubleValue()));
            before.put("max", Math.max(greatest, before.get("max").doubleValue()));
        } else {
            stats.putObject(facet).put("min", least).put("max", greatest);
        }
    }

    private void put(
            ObjectNode distribution,
            String facet,
            Map<String, Long> values,
            @Nullable Long valuesMax) {
        List<Map.Entry<String, Long>> entries = new ArrayList<>(values.entrySet());
        Order order = orders.get(facet);
        if (order != null && order.byCount) {
            entries.sort(Map.Entry.comparingByValue(Comparator.reverseOrder()));
        }
        long max = valuesMax == null ? entries.size() : valuesMax;
        ObjectNode node = distribution.putObject(facet);
        entries.stream().limit(max).forEach(e -> node.put(e.getKey(), e.getValue()));
    }
}
