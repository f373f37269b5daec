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
 * spelling of the first document that was found, or, of values that are searched for, of the first
 * that it has; nodes tell of their own first one. So the documents with these values are asked for,
 * where there are few.
 */
public final class FacetSpelling {
    /** More values are shown as the first node has them. */
    static final int VALUES_MAX = 32;

    /** As many documents a node may be asked for; they bring the values and nothing else. */
    static final int DOCUMENTS_MAX = 1_000;

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
     * @param distributions what nodes counted for it: facet → value → count
     */
    static Optional<FacetSpelling> of(
            ObjectNode client,
            IndexProfile index,
            @Nullable String unseen,
            List<ObjectNode> distributions) {
        if (client.path("hybrid").isObject()) {
            return Optional.empty();
        }
        int documentsMax = Math.min(DOCUMENTS_MAX, index.totalHitsMax());
        return of(client, index, unseen, distributions, documentsMax);
    }

    /** The same of values that were searched for: what the search finds does not matter. */
    static Optional<FacetSpelling> ofAll(IndexProfile index, List<ObjectNode> distributions) {
        ObjectNode everything = JsonNodeFactory.instance.objectNode();
        return of(everything, index, null, distributions, Long.MAX_VALUE);
    }

    private static Optional<FacetSpelling> of(
            ObjectNode client,
            IndexProfile index,
            @Nullable String unseen,
            List<ObjectNode> distributions,
            long documentsMax) {
        Map<String, List<String>> disputed = new LinkedHashMap<>();
        int values = 0;
        long documents = 0;
        for (Map.Entry<String, Map<String, Value>> facet : values(distributions).entrySet()) {
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
        boolean few = values <= VALUES_MAX && documents <= documentsMax;
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

    private static Map<String, Map<String, Value>> values(List<ObjectNode> distributions) {
        Map<String, Map<String, Value>> facets = new TreeMap<>();
        for (ObjectNode distribution : distributions) {
            for (Map.Entry<String, JsonNode> facet : distribution.properties()) {
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

    /** Whether a facet's values can be filtered by. */
    static boolean isComparable(String facet, IndexProfile index) {
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
        restrict(request, only);
        showValues(request.putArray("attributesToRetrieve"));
        return request.put("limit", DOCUMENTS_MAX);
    }

    /**
     * Asks a node for its first documents with the values, whether or not a search finds them.
     *
     * @param only as in {@link #nodeRequest}
     */
    public ObjectNode fetchRequest(@Nullable ShardSet only) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        restrict(request, only);
        request.putArray("sort").add(Separators.SEQ_FIELD + ":asc");
        showValues(request.putArray("fields"));
        return request.put("limit", DOCUMENTS_MAX);
    }

    private void restrict(ObjectNode request, @Nullable ShardSet only) {
        StringJoiner any = new StringJoiner(" OR ");
        disputed.forEach((facet, values) -> values.forEach(v -> any.add(isEqual(facet, v))));
        NodeFilter.add(request, any.toString());
        NodeFilter.restrict(request, only);
    }

    private void showValues(ArrayNode attributes) {
        attributes.add(Separators.SEQ_FIELD);
        disputed.keySet().forEach(attributes::add);
    }

    private static String isEqual(String facet, String value) {
        return quoted(facet) + " = " + quoted(value);
    }

    static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /**
     * Spells the values as the first of the documents has them.
     *
     * @param found the answers to {@link #nodeRequest} or {@link #fetchRequest}
     */
    public void settle(List<ObjectNode> found, List<ObjectNode> distributions) {
        Map<String, Map<String, String>> spellings = spellings(found);
        for (ObjectNode distribution : distributions) {
            for (Map.Entry<String, JsonNode> facet : distribution.properties()) {
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
        for (ObjectNode answer : found) {
            for (String documents : List.of("hits", "results")) {
                for (JsonNode document : answer.path(documents)) {
                    inOrder.put(document.path(Separators.SEQ_FIELD).asString(""), document);
                }
            }
        }
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
