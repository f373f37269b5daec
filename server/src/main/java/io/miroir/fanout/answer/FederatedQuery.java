package io.miroir.fanout.answer;

import io.miroir.core.merge.WordsAlone;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    private static final List<String> ONLY_FOR_HITS =
            List.of(
                    "sort",
                    "attributesToHighlight",
                    "attributesToCrop",
                    "showRankingScore",
                    "showRankingScoreDetails",
                    "showMatchesPosition");

    static FederatedQuery of(ObjectNode query, IndexProfile index, JsonNode distinct) {
        JsonNode own = query.path("distinct");
        String ownDistinct = own.isString() ? own.asString() : index.distinct();
        List<String> needed = new ArrayList<>();
        if (index.primaryKey() != null) {
            needed.add(index.primaryKey());
        }
        if (distinct.isString()) {
            needed.add(distinct.asString());
        } else if (ownDistinct != null) {
            needed.add(ownDistinct);
        }
        return new FederatedQuery(
                NodeFilter.spelledOut(query, index.filterable()),
                index,
                HitView.of(query, index, needed),
                query.path(OPTIONS).path("weight").asDouble(1),
                ownDistinct);
    }

    /** The position that answers tell: the client may have given another than it has. */
    long shownPosition(int own) {
        return client.path(OPTIONS).path(POSITION).asLong(own);
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
            request.put("distinct", distinctOfAll);
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
     */
    ObjectNode forCounts(boolean all) {
        ObjectNode request = copy();
        request.remove(ONLY_FOR_HITS);
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
