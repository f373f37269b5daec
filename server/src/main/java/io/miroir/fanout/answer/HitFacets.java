package io.miroir.fanout.answer;

import io.miroir.api.JsonText;
import io.miroir.core.merge.FacetText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The values of facets as documents have them, counted as a node counts them. */
final class HitFacets {
    private HitFacets() {}

    /**
     * Writes what a node would count that has these documents and no others, and which values are
     * texts. It is not cut.
     *
     * @param documents the one whose spelling is shown comes first
     */
    static void count(
            Collection<String> facets,
            List<? extends JsonNode> documents,
            ObjectNode distribution,
            ObjectNode stats) {
        for (String facet : facets) {
            count(facet, documents, distribution.putObject(facet), stats);
        }
    }

    private static void count(
            String facet, List<? extends JsonNode> documents, ObjectNode counts, ObjectNode stats) {
        Map<String, Long> numbers = new LinkedHashMap<>();
        Map<String, Long> texts = new LinkedHashMap<>();
        Map<String, String> spellings = new HashMap<>();
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (JsonNode document : documents) {
            for (JsonNode value : values(document, facet)) {
                String text = text(value);
                if (value.isNumber()) {
                    numbers.merge(text, 1L, Long::sum);
                    min = Math.min(min, value.asDouble());
                    max = Math.max(max, value.asDouble());
                } else {
                    String normal = FacetText.normalize(text);
                    texts.merge(spellings.computeIfAbsent(normal, _ -> text), 1L, Long::sum);
                }
            }
        }
        numbers.forEach(counts::put);
        texts.forEach(counts::put);
        if (min <= max) {
            ObjectNode range = stats.putObject(facet).put("min", min).put("max", max);
            texts.keySet()
                    .forEach(
                            text ->
                                    FacetKinds.putText(
                                            range, text, numbers.getOrDefault(text, 0L)));
        }
    }

    /** The values that a document is counted by, each once, however it is spelled. */
    static List<JsonNode> values(JsonNode document, String facet) {
        Map<String, JsonNode> values = new LinkedHashMap<>();
        for (JsonNode value : HitView.values(document, facet)) {
            String text = text(value);
            if (!text.isEmpty()) {
                values.putIfAbsent(FacetText.normalize(text), value);
            }
        }
        return new ArrayList<>(values.values());
    }

    /**
     * Takes documents off what is counted as one server does that finds only in the end that it has
     * their values already: each time that a value is there, a number only where it is spelled as
     * the count is; and the smallest and the largest number stay.
     */
    static void takeOff(JsonNode distribution, List<? extends JsonNode> documents) {
        for (Map.Entry<String, JsonNode> facet : distribution.properties()) {
            if (!documents.isEmpty() && facet.getValue() instanceof ObjectNode counts) {
                takeOff(facet.getKey(), counts, documents);
            }
        }
    }

    private static void takeOff(
            String facet, ObjectNode counts, List<? extends JsonNode> documents) {
        Map<String, String> spellings = new HashMap<>();
        for (String shown : counts.propertyNames()) {
            String normal = FacetText.normalize(shown);
            if (!normal.equals(shown)) {
                spellings.put(normal, shown);
            }
        }
        for (JsonNode document : documents) {
            for (JsonNode value : HitView.values(document, facet)) {
                String normal = FacetText.normalize(value.asString(""));
                String shown =
                        value.isNumber()
                                ? JsonText.of(value)
                                : spellings.getOrDefault(normal, normal);
                if (counts.has(shown)) {
                    counts.put(shown, Math.max(0, counts.path(shown).asLong() - 1));
                }
            }
        }
        List.copyOf(counts.propertyNames()).stream()
                .filter(shown -> counts.path(shown).asLong() == 0)
                .forEach(counts::remove);
    }

    /** What a value is called in a distribution; empty for what is none. */
    static String text(JsonNode value) {
        return value.isNumber() ? JsonText.plain(value.asDouble()) : value.asString("");
    }
}
