package io.miroir.fanout.answer;

import io.miroir.core.merge.Ranked;
import io.miroir.core.merge.RuleOrder;
import io.miroir.core.routing.Separators;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.answer.SearchHits.Hit;
import io.miroir.fanout.answer.SeenValues.As;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * All documents that a search finds, duplicates with them. Nodes leave out what has a value of
 * another of their hits, and don't tell what that was; which of them one server leaves out depends
 * on what all nodes have. So they are asked for everything, where that is little, and the server's
 * way is gone here.
 */
public final class SearchCensus {
    /** As many documents a node is asked for; they bring what is counted and nothing else. */
    static final int DOCUMENTS_MAX = 1_000;

    private static final List<String> FINDING =
            List.of(
                    "q",
                    "filter",
                    "sort",
                    "matchingStrategy",
                    "attributesToSearchOn",
                    "rankingScoreThreshold",
                    "locales");

    private final ObjectNode client;
    private final List<String> attributes;
    private final @Nullable String distinct;
    private final boolean ofRequest;
    private final int end;
    private final boolean counted;

    /**
     * Of a search.
     *
     * @param client the search, its filter in words for nodes
     * @param attributes what is counted
     * @param distinct the attribute of which each value is shown once; null to show all
     * @param ofRequest whether the request names it, and hits are compared as they are shown
     * @param end of the page
     * @param counted whether pages are counted
     */
    SearchCensus(
            ObjectNode client,
            List<String> attributes,
            @Nullable String distinct,
            boolean ofRequest,
            int end,
            boolean counted) {
        this.client = client;
        this.attributes = attributes;
        this.distinct = distinct;
        this.ofRequest = ofRequest;
        this.end = end;
        this.counted = counted;
    }

    /** What of a search decides which documents are found, and in which order. */
    static void writeFinding(ObjectNode search, ObjectNode request) {
        for (String field : FINDING) {
            JsonNode value = search.get(field);
            if (value != null) {
                request.set(field, value);
            }
        }
    }

    /**
     * Asks a node.
     *
     * @param only the shards to search, or null if the node holds no other
     */
    public ObjectNode nodeRequest(@Nullable ShardSet only) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        writeFinding(client, request);
        NodeFilter.restrict(request, only);
        ArrayNode retrieved = request.putArray("attributesToRetrieve");
        if (distinct != null) {
            retrieved.add(distinct);
        }
        attributes.forEach(retrieved::add);
        return request.put("distinct", Separators.SEQ_FIELD)
                .put("showRankingScoreDetails", true)
                .put("limit", DOCUMENTS_MAX);
    }

    /**
     * The documents that one server counts, the oldest first; null if not all were told.
     *
     * @param answers to {@link #nodeRequest}
     */
    public @Nullable List<ObjectNode> documents(List<ObjectNode> answers) {
        if (!answers.stream().allMatch(SearchHits::isWhole)) {
            return null;
        }
        List<Hit> all =
                new SearchHits(
                                answers,
                                PinnedHits.NONE,
                                RuleOrder.WITH_TIES,
                                null,
                                null,
                                ofRequest,
                                Integer.MAX_VALUE)
                        .best();
        SeenValues values = new SeenValues(As.INDEXED);
        List<ObjectNode> kept = new ArrayList<>();
        int place = 0;
        // What is ranked alike is looked at together, though the page ends in it.
        for (; place < all.size() && (kept.size() < end || isAlike(all, place)); place++) {
            ObjectNode document = all.get(place).json();
            if (!values.isDuplicate(valuesOf(document))) {
                kept.add(document);
            }
        }
        List<ObjectNode> counting = new ArrayList<>(kept);
        for (; place < all.size(); place++) {
            ObjectNode document = all.get(place).json();
            if (!values.has(valuesOf(document))) {
                counting.add(document);
            }
        }
        counting.sort(Comparator.comparing(ScoreDetails::tie));
        if (counted) {
            SeenValues each = new SeenValues(As.INDEXED);
            counting.removeIf(document -> each.isDuplicate(valuesOf(document)));
        }
        if (ofRequest) {
            SeenValues shown = new SeenValues(As.SHOWN);
            Set<ObjectNode> left = Collections.newSetFromMap(new IdentityHashMap<>());
            kept.stream()
                    .limit(end)
                    .filter(document -> shown.isDuplicate(valuesOf(document)))
                    .forEach(left::add);
            counting.removeIf(left::contains);
        }
        return counting;
    }

    private List<JsonNode> valuesOf(ObjectNode document) {
        return distinct == null ? List.of() : HitView.values(document, distinct);
    }

    /** Whether rules rank a hit as the one before it. */
    private static boolean isAlike(List<Hit> all, int place) {
        if (place == 0) {
            return false;
        }
        Ranked before = all.get(place - 1).ranked();
        Ranked ranked = all.get(place).ranked();
        return !ranked.ranks().isEmpty() && RuleOrder.compare(before.ranks(), ranked.ranks()) == 0;
    }
}
