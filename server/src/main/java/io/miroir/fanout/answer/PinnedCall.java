package io.miroir.fanout.answer;

import io.miroir.core.merge.Pinning.Pinned;
import io.miroir.core.routing.Separators;
import io.miroir.core.rules.Pin;
import io.miroir.core.rules.RuleBook;
import io.miroir.core.topology.ShardSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What rules pin in one search. Nodes know of no rules: the documents are looked up by their keys,
 * the search is asked without them, and they are asked for by themselves, with the client's filter
 * but without its words.
 */
public final class PinnedCall {
    private static final List<String> OF_RANKING =
            List.of("q", "vector", "media", "hybrid", "rankingScoreThreshold");
    private static final List<String> FORMATS =
            List.of("attributesToHighlight", "attributesToCrop", "showMatchesPosition");

    private final ObjectNode client;
    private final IndexProfile index;
    private final String primaryKey;
    private final HitView view;
    private final FacetsCall facets;
    private final List<Pin> pins;
    private final int passedOver;
    private final Map<String, String> sequences;

    /**
     * Looks up which documents of those to be pinned there are.
     *
     * @param client the client's search, its filter in words for nodes
     * @param pins what goes first comes first
     * @param passedOver how many more rules pin, beyond those that are looked up
     * @param filter of the client, where more are to be pinned than may be: only those count that
     *     it lets through
     */
    public record LookUp(
            ObjectNode client,
            IndexProfile index,
            String primaryKey,
            List<Pin> pins,
            int passedOver,
            @Nullable JsonNode filter) {
        /**
         * For a search.
         *
         * @param client the client's search, valid already
         */
        public static LookUp of(
                ObjectNode client, IndexProfile index, String primaryKey, List<Pin> pins) {
            ObjectNode search = NodeFilter.spelledOut(client, index.filterable());
            boolean tooMany = pins.size() > RuleBook.PINS_MAX;
            List<Pin> first = pins.stream().limit(RuleBook.LOOKED_UP_MAX).toList();
            return new LookUp(
                    search,
                    index,
                    primaryKey,
                    first,
                    pins.size() - first.size(),
                    tooMany ? search.get("filter") : null);
        }

        /** Whether only documents that the client's filter lets through are looked up. */
        public boolean isFiltered() {
            return filter != null;
        }

        /** The same for all documents. */
        public LookUp withoutFilter() {
            return new LookUp(client, index, primaryKey, pins, passedOver, null);
        }

        /**
         * Asks a node's documents.
         *
         * @param only the shards to look in, or null if the node holds no other
         */
        public ObjectNode nodeRequest(@Nullable ShardSet only) {
            ObjectNode fetch = JsonNodeFactory.instance.objectNode();
            ArrayNode ids = fetch.putArray("ids");
            pins.forEach(pin -> ids.add(pin.id()));
            fetch.putArray("fields").add(primaryKey).add(Separators.SEQ_FIELD);
            fetch.put("limit", pins.size());
            if (filter != null) {
                fetch.set("filter", filter);
            }
            NodeFilter.restrict(fetch, only);
            return fetch;
        }

        /**
         * The documents that there are.
         *
         * @param fetched what nodes answered
         */
        public PinnedCall found(List<ObjectNode> fetched) {
            Map<String, String> sequences = new HashMap<>();
            for (ObjectNode answer : fetched) {
                for (JsonNode document : answer.path("results")) {
                    String sequence = document.path(Separators.SEQ_FIELD).asString(null);
                    if (sequence != null) {
                        sequences.put(HitView.id(document, primaryKey), sequence);
                    }
                }
            }
            return new PinnedCall(this, sequences);
        }
    }

    private PinnedCall(LookUp lookUp, Map<String, String> sequences) {
        this.client = lookUp.client;
        this.index = lookUp.index;
        this.primaryKey = lookUp.primaryKey;
        this.view = HitView.of(client, index, List.of(primaryKey));
        this.facets = SearchCall.facets(client, index);
        List<Pin> there =
                lookUp.pins.stream().filter(pin -> sequences.containsKey(pin.id())).toList();
        this.pins = RuleBook.placed(there);
        this.passedOver = lookUp.passedOver + there.size() - pins.size();
        this.sequences = sequences;
    }

    /** Whether there is none of them. */
    public boolean isEmpty() {
        return pins.isEmpty();
    }

    /** The documents, by their places. */
    public List<Pin> pins() {
        return pins;
    }

    /**
     * How many more there are than may be pinned in one search, and how many were not looked up.
     */
    public int passedOver() {
        return passedOver;
    }

    /** The client's search of all other documents. */
    public SearchCall others() {
        return SearchCall.ofOurs(searchOfOthers(), index);
    }

    /** The same as a request, its filter in words for nodes. */
    ObjectNode searchOfOthers() {
        ObjectNode search = copy();
        // One condition for each: errors quote them, and are put right by that form.
        pins.forEach(
                pin ->
                        NodeFilter.add(
                                search,
                                Separators.SEQ_FIELD + " != \"" + sequences.get(pin.id()) + "\""));
        return search;
    }

    /** The filter of the documents that the client's filter lets through. */
    JsonNode filter() {
        ObjectNode request = copy();
        addThese(request);
        return request.path("filter");
    }

    /**
     * Asks a node for those of the documents that the client's filter lets through. They need not
     * have its words, nor be better than a threshold, nor have different values of anything.
     *
     * @param only the shards to search, or null if the node holds no other
     */
    public ObjectNode nodeRequest(@Nullable ShardSet only) {
        ObjectNode request = copy();
        request.remove(OF_RANKING);
        request.put("distinct", Separators.SEQ_FIELD);
        facets.writeNodeRequest(request);
        return restricted(request, only);
    }

    /** Whether the client wants to see where its words are in a document. */
    public boolean marksWords() {
        return !client.path("q").asString("").isBlank()
                && client.path("hybrid").path("semanticRatio").asDouble(0) < 1
                && FORMATS.stream()
                        .map(client::path)
                        .anyMatch(format -> !format.isEmpty() || format.asBoolean(false));
    }

    /**
     * Asks a node for those of the documents that have the client's words, which are marked there.
     *
     * @param only as in {@link #nodeRequest}
     */
    public ObjectNode markedRequest(@Nullable ShardSet only) {
        ObjectNode request = copy();
        request.remove(List.of("vector", "media", "hybrid", "rankingScoreThreshold", "facets"));
        request.put("distinct", Separators.SEQ_FIELD);
        return restricted(request, only);
    }

    private ObjectNode restricted(ObjectNode request, @Nullable ShardSet only) {
        new Paging(false, 0, pins.size()).writeNodeRequest(request, pins.size());
        view.writeNodeRequest(request);
        addThese(request);
        NodeFilter.restrict(request, only);
        return request;
    }

    private void addThese(ObjectNode request) {
        StringJoiner values = new StringJoiner("\", \"", Separators.SEQ_FIELD + " IN [\"", "\"]");
        pins.forEach(pin -> values.add(sequences.get(pin.id())));
        NodeFilter.add(request, values.toString());
    }

    /**
     * The documents that the client sees.
     *
     * @param found what nodes answered to {@link #nodeRequest}
     * @param marked what they answered to {@link #markedRequest}
     */
    public PinnedHits hits(List<ObjectNode> found, List<ObjectNode> marked) {
        Map<String, ObjectNode> byId = new HashMap<>();
        addHits(found, byId);
        Set<String> ids = Set.copyOf(byId.keySet());
        addHits(marked, byId);
        List<Pinned<ObjectNode>> hits = new ArrayList<>();
        for (Pin pin : pins) {
            ObjectNode hit = ids.contains(pin.id()) ? byId.get(pin.id()) : null;
            if (hit != null) {
                ScoreDetails.pin(hit, pin.position());
                hits.add(new Pinned<>(pin.position(), hit));
            }
        }
        return new PinnedHits(hits, ids, found);
    }

    private void addHits(List<ObjectNode> answers, Map<String, ObjectNode> byId) {
        for (ObjectNode answer : answers) {
            for (JsonNode hit : answer.path("hits")) {
                byId.put(HitView.id(hit, primaryKey), (ObjectNode) hit);
            }
        }
    }

    private ObjectNode copy() {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.setAll(client);
        return request;
    }
}
