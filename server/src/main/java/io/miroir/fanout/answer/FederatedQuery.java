package io.miroir.fanout.answer;

import io.miroir.core.merge.WordsAlone;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One query of a federation.
 *
 * @param client as the client sent it, its filter in words for nodes
 * @param weight factor of its scores
 * @param distinct the attribute of which its hits show each value once
 */
record FederatedQuery(
        ObjectNode client,
        IndexProfile index,
        HitView view,
        double weight,
        @Nullable String distinct) {
    /** A query of separators alone finds everything, as none does, but ranks as one of words. */
    private static final String EVERYTHING = ",";

    static final String OPTIONS = "federationOptions";
    private static final String POSITION = "queryPosition";
    private static final String STRATEGY = "matchingStrategy";
    private static final String ALL = "all";
    private static final String SORT = "sort";
    private static final String DISTINCT = "distinct";

    private static final List<String> ONLY_FOR_HITS =
            List.of(
                    SORT,
                    "attributesToHighlight",
                    "attributesToCrop",
                    "showRankingScore",
                    "showRankingScoreDetails",
                    "showMatchesPosition");

    /**
     * Reads a query.
     *
     * @param distinct the attribute of which the whole federation shows each value once, if any
     * @param counted attributes that are counted by the hits
     */
    static FederatedQuery of(
            ObjectNode query, IndexProfile index, JsonNode distinct, List<String> counted) {
        JsonNode own = query.path(DISTINCT);
        String ownDistinct = own.isString() ? own.asString() : index.distinct();
        String shownOnce = distinct.isString() ? distinct.asString() : ownDistinct;
        return new FederatedQuery(
                NodeFilter.spelledOut(query, index.filterable()),
                index,
                HitView.of(query, index, SearchCall.needed(index, shownOnce), counted),
                query.path(OPTIONS).path("weight").asDouble(1),
                ownDistinct);
    }

    /** The position that answers tell: the client may have given another than it has. */
    long shownPosition(int own) {
        return client.path(OPTIONS).path(POSITION).asLong(own);
    }

    /**
     * Whether it leaves out documents that match, so that what is found depends on how deep it
     * looks.
     */
    private static boolean isNarrowed(JsonNode query, IndexProfile index) {
        return SearchCall.hasThreshold(query)
                || query.hasNonNull(DISTINCT)
                || index.distinct() != null;
    }

    /** The queries of indexes of which a query leaves out what matches. */
    static Set<Integer> narrowed(ObjectNode federation, List<FederatedQuery> queries) {
        Set<String> indexes = new HashSet<>();
        for (FederatedQuery query : queries) {
            if (federation.path("distinct").isString()
                    || isNarrowed(query.client(), query.index())) {
                indexes.add(query.index().physicalUid());
            }
        }
        Set<Integer> narrowed = new TreeSet<>();
        for (int i = 0; i < queries.size(); i++) {
            if (indexes.contains(queries.get(i).index().physicalUid())) {
                narrowed.add(i);
            }
        }
        return narrowed;
    }

    /** The one instance that queries may name, as the checks have seen. */
    static @Nullable String self(List<FederatedQuery> queries) {
        for (FederatedQuery query : queries) {
            String remote = query.remote();
            if (remote != null) {
                return remote;
            }
        }
        return null;
    }

    /**
     * The queries of indexes that have several, or whose facets are asked, or of which one is
     * counted otherwise than by its hits; all, where values are shown once: a federation takes what
     * it passes over off the total.
     *
     * @param open the queries that are counted otherwise, by their positions
     */
    static Set<Integer> counted(
            ObjectNode federation, List<FederatedQuery> queries, Set<Integer> open) {
        Map<String, Long> queriesOf =
                queries.stream()
                        .collect(
                                Collectors.groupingBy(
                                        q -> q.index().physicalUid(), Collectors.counting()));
        Set<String> otherwise =
                open.stream()
                        .map(position -> queries.get(position).index().physicalUid())
                        .collect(Collectors.toSet());
        Set<Integer> counted = new TreeSet<>();
        for (int i = 0; i < queries.size(); i++) {
            IndexProfile index = queries.get(i).index();
            if (queriesOf.getOrDefault(index.physicalUid(), 0L) > 1
                    || federation.path(FederatedCall.FACETS).has(index.uid())
                    || otherwise.contains(index.physicalUid())
                    || federation.path("distinct").isString()) {
                counted.add(i);
            }
        }
        return counted;
    }

    /** What is counted by the hits of an index, where a query of it leaves out what matches. */
    static List<String> countedByHits(
            ObjectNode client, List<IndexProfile> indexes, IndexProfile index) {
        JsonNode patterns =
                client.path(FederatedCall.FEDERATION).path(FederatedCall.FACETS).path(index.uid());
        boolean narrowed = client.path(FederatedCall.FEDERATION).path("distinct").isString();
        for (int i = 0; i < indexes.size(); i++) {
            narrowed |=
                    indexes.get(i).physicalUid().equals(index.physicalUid())
                            && isNarrowed(client.path("queries").path(i), index);
        }
        return narrowed && patterns.isArray()
                ? FacetsCall.readAttributes(Attributes.names(patterns), index)
                : List.of();
    }

    /** Whether hits must be as good as the client says. */
    boolean hasThreshold() {
        return SearchCall.hasThreshold(client);
    }

    /** Whether what it counts depends on how deep it looks, and on nothing else. */
    boolean isCountedByDepth() {
        return hasThreshold() && !isByVectors() && distinct == null;
    }

    /** Whether it finds by words and by vectors, each of which it may not look at. */
    boolean isHybrid() {
        return HybridQuery.order(client).isPresent();
    }

    /** Whether vectors may find or rank. */
    boolean isByVectors() {
        return client.path("hybrid").isObject();
    }

    /** Whether vectors are shown, also where the query has none. */
    boolean retrievesVectors() {
        return client.path("retrieveVectors").asBoolean(false);
    }

    /** The instance that is to search; null if none is named. */
    @Nullable String remote() {
        return client.path(OPTIONS).path(FederatedCall.REMOTE).asString(null);
    }

    /** Whether one server might search by words alone. */
    Optional<WordsAlone> wordsAlone(Paging paging) {
        return HybridQuery.wordsAlone(client, paging.end(index.totalHitsMax()));
    }

    /** The same query by words alone. */
    FederatedQuery byWords() {
        return new FederatedQuery(HybridQuery.byWords(client), index, view, weight, distinct);
    }

    /**
     * What a node is asked for hits: the search by itself, as deep as the federation's page.
     *
     * @param distinctOfAll the attribute of which the whole federation shows each value once
     */
    ObjectNode forHits(Paging paging, @Nullable String distinctOfAll) {
        ObjectNode request = copy();
        request.remove(OPTIONS);
        paging.writeNodeRequest(request, index.totalHitsMax());
        view.writeNodeRequest(request);
        if (distinctOfAll != null) {
            request.put(DISTINCT, distinctOfAll);
        } else if (client.path(DISTINCT).asString("").equals(index.distinct())) {
            // A node that is asked for it compares hits as they are shown, as for a whole
            // federation.
            request.remove(DISTINCT);
        }
        return request;
    }

    /** Whether there are words that hits are ranked by. */
    boolean isOfWords() {
        return !client.path("q").asString("").isBlank();
    }

    /** Whether hits must have all words. */
    boolean wantsAll() {
        return client.path(STRATEGY).asString("").equals(ALL);
    }

    /**
     * What a node is asked for counts alone, so that it agrees with any other of its index.
     *
     * @param all whether those of words in its index want all of them: then none ranks by how many
     * @param alone whether there is no other of its index: then it may rank as it does
     */
    ObjectNode forCounts(boolean all, boolean alone) {
        ObjectNode request = copy();
        request.remove(ONLY_FOR_HITS);
        if (alone && client.has(SORT)) {
            request.set(SORT, client.get(SORT));
        }
        request.putArray("attributesToRetrieve");
        if (request.get(OPTIONS) instanceof ObjectNode options) {
            // Nodes know of no instances, and tell of a query by the place that they were asked at.
            request.set(
                    OPTIONS, options.deepCopy().without(List.of(FederatedCall.REMOTE, POSITION)));
        }
        boolean byVector =
                client.path("hybrid").path("semanticRatio").asDouble(1) > 0
                        && (client.path("vector").isArray() || client.path("media").isObject());
        if (!isOfWords() && !byVector) {
            request.put("q", EVERYTHING);
            // There are no words to match: it ranks by how many as the others do.
            request.remove(STRATEGY);
            if (all) {
                request.put(STRATEGY, ALL);
            }
            if (!client.path("vector").isArray()) {
                // There was nothing to embed, and a text of ours is not to be.
                request.remove("hybrid");
            }
        }
        return request;
    }

    /** The same query, which leaves out what is pinned in it. */
    FederatedQuery without(PinnedCall pinned) {
        ObjectNode others = JsonNodeFactory.instance.objectNode();
        others.setAll(client);
        others.set("filter", pinned.searchOfOthers().path("filter"));
        return new FederatedQuery(others, index, view, weight, distinct);
    }

    /**
     * What a node is asked so that it counts what is pinned, whatever the words are.
     *
     * @param all as with the others
     */
    ObjectNode forCountsOf(PinnedCall pinned, boolean all) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put(FederatedCall.INDEX, index.physicalUid());
        request.put("q", EVERYTHING);
        if (all) {
            request.put(STRATEGY, ALL);
        }
        request.set("filter", pinned.filter());
        request.putArray("attributesToRetrieve");
        return request;
    }

    private ObjectNode copy() {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.setAll(client);
        request.put(FederatedCall.INDEX, index.physicalUid());
        return request;
    }
}
