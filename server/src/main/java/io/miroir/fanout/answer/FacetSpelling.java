package io.miroir.fanout.answer;

import io.miroir.api.settings.FilterableRule;
import io.miroir.core.merge.FacetText;
import io.miroir.core.routing.Separators;
import io.miroir.core.topology.ShardSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Values of facets that nodes spell differently ({@code Red} and {@code red}). One server shows the
 * spelling of the first document that was found; nodes tell of their own first one. So the
 * documents with these values are asked for, where there are few.
 */
public final class FacetSpelling {
    /** More values are shown as the first node has them. */
    static final int VALUES_MAX = 32;

    /** As many documents a node may be asked for; they bring the values and nothing else. */
    static final int DOCUMENTS_MAX = 1_000;

    private static final String DISTRIBUTION = "facetDistribution";

    /** What decides which documents are found. */
    private static final List<String> FINDING =
            List.of(
                    "q",
                    "filter",
                    "matchingStrategy",
                    "attributesToSearchOn",
                    "rankingScoreThreshold",
                    "locales",
                    "distinct");

    private final ObjectNode client;

    /** By facet the values in dispute, in their normalised form. */
    private final Map<String, List<String>> disputed;

    private FacetSpelling(ObjectNode client, Map<String, List<String>> disputed) {
        this.client = client;
        this.disputed = disputed;
    }

    /**
     * The values that are spelled differently; empty if none are, or too many.
     *
     * @param client the search, its filter in words for nodes
     * @param unseen a facet that nodes counted and the client does not see; null for none
     * @param answers of the nodes to it
     */
    static Optional<FacetSpelling> of(
            ObjectNode client,
            IndexProfile index,
            @Nullable String unseen,
            List<ObjectNode> answers) {
        if (client.path("hybrid").isObject()) {
            return Optional.empty();
        }
        Map<String, List<String>> disputed = new LinkedHashMap<>();
        int values = 0;
        long documents = 0;
        for (Map.Entry<String, Map<String, Value>> facet : values(answers).entrySet()) {
            if (facet.getKey().equals(unseen) || !isComparable(facet.getKey(), index)) {
                continue;
            }
            for (Map.Entry<String, Value> value : facet.getValue().entrySet()) {
                if (value.getValue().disputed) {
                    disputed.computeIfAbsent(facet.getKey(), _ -> new ArrayList<>())
                            .add(value.getKey());
                    values++;
                    documents += value.getValue().count;
                }
            }
        }
        boolean few =
                values <= VALUES_MAX && documents <= Math.min(DOCUMENTS_MAX, index.totalHitsMax());
        return disputed.isEmpty() || !few
                ? Optional.empty()
                : Optional.of(new FacetSpelling(client, disputed));
    }

    private static final class Value {
        private final String spelling;
        private boolean disputed;
        private long count;

        Value(String spelling) {
            this.spelling = spelling;
        }
    }

    private static Map<String, Map<String, Value>> values(List<ObjectNode> answers) {
        Map<String, Map<String, Value>> facets = new TreeMap<>();
        for (ObjectNode answer : answers) {
            for (Map.Entry<String, JsonNode> facet : answer.path(DISTRIBUTION).properties()) {
                Map<String, Value> values =
                        facets.computeIfAbsent(facet.getKey(), _ -> new TreeMap<>());
                for (Map.Entry<String, JsonNode> counted : facet.getValue().properties()) {
                    String spelling = counted.getKey();
                    Value value =
                            values.computeIfAbsent(
                                    FacetText.normalize(spelling), _ -> new Value(spelling));
                    value.disputed |= !value.spelling.equals(spelling);
                    value.count += counted.getValue().asLong();
                }
            }
        }
        return facets;
    }

    private static boolean isComparable(String facet, IndexProfile index) {
        int rule = FilterableRule.deciding(index.filterable(), facet);
        return rule >= 0
                && index.filterable().get(rule).equality()
                && !Separators.isReserved(facet);
    }

    /**
     * Asks a node for its documents with the values.
     *
     * @param only the shards to search, or null if the node holds no other
     */
    public ObjectNode nodeRequest(@Nullable ShardSet only) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        for (String field : FINDING) {
            JsonNode value = client.get(field);
            if (value != null) {
                request.set(field, value);
            }
        }
        StringJoiner any = new StringJoiner(" OR ");
        disputed.forEach((facet, values) -> values.forEach(v -> any.add(isEqual(facet, v))));
        NodeFilter.add(request, any.toString());
        NodeFilter.restrict(request, only);
        ArrayNode attributes = request.putArray("attributesToRetrieve").add(Separators.SEQ_FIELD);
        disputed.keySet().forEach(attributes::add);
        return request.put("limit", DOCUMENTS_MAX);
    }

    private static String isEqual(String facet, String value) {
        return quoted(facet) + " = " + quoted(value);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /**
     * Spells the values in answers as the first of the documents has them.
     *
     * @param found the answers to {@link #nodeRequest}
     */
    public void settle(List<ObjectNode> found, List<ObjectNode> answers) {
        Map<String, Map<String, String>> spellings = spellings(found);
        for (ObjectNode answer : answers) {
            for (Map.Entry<String, JsonNode> facet : answer.path(DISTRIBUTION).properties()) {
                Map<String, String> known = spellings.getOrDefault(facet.getKey(), Map.of());
                if (facet.getValue() instanceof ObjectNode counts) {
                    List.copyOf(counts.propertyNames())
                            .forEach(value -> respell(counts, value, known));
                }
            }
        }
    }

    private static void respell(ObjectNode counts, String value, Map<String, String> known) {
        String spelling = known.get(FacetText.normalize(value));
        if (spelling != null && !spelling.equals(value)) {
            counts.set(spelling, counts.remove(value));
        }
    }

    /** By facet and normalised value the spelling of the first document. */
    private Map<String, Map<String, String>> spellings(List<ObjectNode> found) {
        TreeMap<String, JsonNode> inOrder = new TreeMap<>();
        found.forEach(
                answer ->
                        answer.path("hits")
                                .forEach(
                                        hit ->
                                                inOrder.put(
                                                        hit.path(Separators.SEQ_FIELD).asString(""),
                                                        hit)));
        Map<String, Map<String, String>> spellings = new HashMap<>();
        disputed.forEach(
                (facet, values) -> {
                    Map<String, String> first =
                            spellings.computeIfAbsent(facet, _ -> new HashMap<>());
                    for (JsonNode document : inOrder.values()) {
                        for (JsonNode value : HitView.values(document, facet)) {
                            String text = value.asString("");
                            String normal = FacetText.normalize(text);
                            if (values.contains(normal)) {
                                first.putIfAbsent(normal, text);
                            }
                        }
                    }
                });
        return spellings;
    }
}
