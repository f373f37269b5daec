package io.miroir.fanout.answer;

import io.miroir.core.merge.FacetNumbers;
import io.miroir.core.routing.Separators;
import io.miroir.core.topology.ShardSet;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which values of a facet are numbers and which are texts that look like them: one server lists
 * them apart, and gives room to numbers first. Where a facet has both and a node's answer leaves it
 * open ({@link FacetNumbers}), the node is asked how many of its documents have the number, in a
 * spelling that no text has.
 */
public final class FacetKinds {
    /** More values of a facet are taken for numbers. */
    static final int VALUES_MAX = 100;

    /** In a facet's range: texts that look like numbers of it, and how often these are there. */
    private static final String TEXTS = "texts";

    private static final String DISTRIBUTION = "facetDistribution";
    private static final String STATS = "facetStats";

    /** A number is the same, and no text is spelled so. */
    private static final String NUMBER_ALONE = "e0";

    private final ObjectNode client;
    private final boolean exact;
    private final String facet;
    private final Set<String> values;

    private FacetKinds(ObjectNode client, boolean exact, String facet, Set<String> values) {
        this.client = client;
        this.exact = exact;
        this.facet = facet;
        this.values = values;
    }

    /**
     * What is to be asked, for each facet of which it is open.
     *
     * @param client the search, its filter in words for nodes
     * @param exact whether the words and the filter of the search say what is counted
     * @param answers of nodes to it
     */
    static List<FacetKinds> of(
            ObjectNode client,
            IndexProfile index,
            boolean exact,
            @Nullable String unseen,
            List<ObjectNode> answers) {
        Map<String, Set<String>> open = new TreeMap<>();
        Set<String> mixed = new LinkedHashSet<>();
        for (ObjectNode answer : answers) {
            for (Map.Entry<String, JsonNode> facet : answer.path(DISTRIBUTION).properties()) {
                String name = facet.getKey();
                FacetNumbers numbers = numbers(facet.getValue(), answer.path(STATS).path(name));
                open.computeIfAbsent(name, _ -> new LinkedHashSet<>()).addAll(numbers.open());
                if (numbers.hasTexts()) {
                    mixed.add(name);
                }
            }
        }
        List<FacetKinds> kinds = new ArrayList<>();
        open.forEach(
                (facet, values) -> {
                    if (mixed.contains(facet)
                            && !facet.equals(unseen)
                            && !values.isEmpty()
                            && values.size() <= VALUES_MAX
                            && FacetSpelling.isComparable(facet, index)) {
                        kinds.add(new FacetKinds(client, exact, facet, values));
                    }
                });
        return kinds;
    }

    /** What a node's answer tells of the values of a facet. */
    static FacetNumbers numbers(JsonNode counts, JsonNode range) {
        return new FacetNumbers(
                range.path("min").asDouble(Double.POSITIVE_INFINITY),
                range.path("max").asDouble(Double.NEGATIVE_INFINITY),
                counts.propertyNames());
    }

    /**
     * Takes out of a facet's range what is told of texts: by text how often the number is there.
     */
    static JsonNode texts(JsonNode range) {
        return range instanceof ObjectNode object && object.has(TEXTS)
                ? object.remove(TEXTS)
                : JsonNodeFactory.instance.objectNode();
    }

    /** Tells of a text that looks like a number of a facet. */
    static void putText(ObjectNode range, String text, long numbers) {
        range.withObject(TEXTS).put(text, numbers);
    }

    /**
     * Asks a node which of the values its documents have as numbers.
     *
     * @param only the shards to search, or null if the node holds no other
     */
    public ObjectNode nodeRequest(@Nullable ShardSet only) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        if (exact) {
            SearchCensus.writeFinding(client, request);
        } else if (client.has("filter")) {
            request.set("filter", client.get("filter"));
        }
        StringJoiner any = new StringJoiner(", ", FacetSpelling.quoted(facet) + " IN [", "]");
        values.forEach(value -> any.add(value + NUMBER_ALONE));
        NodeFilter.add(request, any.toString());
        NodeFilter.restrict(request, only);
        request.putArray("facets").add(facet);
        return request.put("distinct", Separators.SEQ_FIELD).put("limit", 0);
    }

    /**
     * Tells texts from numbers in a node's answer to the search.
     *
     * @param numbers the same node's answer to {@link #nodeRequest}
     */
    public void settle(ObjectNode answer, JsonNode numbers) {
        JsonNode counts = answer.path(DISTRIBUTION).path(facet);
        if (!(answer.path(STATS).get(facet) instanceof ObjectNode range)) {
            return;
        }
        JsonNode ofNumbers = numbers.path(DISTRIBUTION).path(facet);
        for (String value : numbers(counts, range).open()) {
            long there = ofNumbers.path(value).asLong(0);
            if (there == 0 || (exact && there != counts.path(value).asLong())) {
                putText(range, value, there);
            }
        }
    }
}
