package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.search.FederationChecks;
import io.miroir.api.search.MultiSearchRequest;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The queries of a federation by themselves, in the order in which one server searches them: it
 * refuses the first that is wrong, nodes what stands first.
 *
 * @param body the client's
 * @param asked the same
 * @param uids the index of each query
 */
record OneByOne(
        SearchJourney searches,
        MultiSearchRequest asked,
        ObjectNode body,
        List<String> uids,
        Terms terms) {

    /**
     * Searches.
     *
     * @throws ApiException if a query is refused, with the position that it says it has
     */
    void search(List<Integer> positions) {
        JsonNode distinct = body.path("federation").path("distinct");
        for (int position : positions) {
            ObjectNode query = query(position);
            query.remove(List.of("indexUid", "federationOptions"));
            if (distinct.isString()) {
                query.set("distinct", distinct);
            }
            search(position, query);
        }
    }

    /** Looks at how a query searches: one server does so before it looks at what it sorts by. */
    void begin(int position) {
        ObjectNode query = query(position).retain("q", "hybrid", "vector", "media");
        if (query.has("hybrid") && !query.has("vector")) {
            // That its feature is off is found later.
            query.remove("media");
            if (query.path("q").asString("").isBlank()) {
                // Without either it would be no search for anything.
                query.put("q", "x");
            }
        }
        if (query.size() == (query.has("q") ? 1 : 0)) {
            return;
        }
        try {
            search(position, query);
        } catch (ApiException refused) {
            // Nothing is embedded before.
            if (refused.code() != ErrorCode.VECTOR_EMBEDDING_ERROR) {
                throw refused;
            }
        }
    }

    /**
     * A federation of nothing but facets.
     *
     * @param counted for queries of each index, those of the index
     */
    ObjectNode facets(Map<Integer, List<String>> counted) {
        ObjectNode all = Json.object();
        ObjectNode federation = all.putObject("federation");
        federation.put("limit", 0).putObject("mergeFacets");
        ObjectNode byIndex = federation.putObject("facetsByIndex");
        ArrayNode each = all.putArray("queries");
        counted.forEach(
                (position, patterns) -> {
                    String uid = asked.queries().get(position).indexUid();
                    patterns.forEach(byIndex.withArray(uid)::add);
                    each.addObject().put("indexUid", uid);
                });
        return all;
    }

    private ObjectNode query(int position) {
        return (ObjectNode) body.path("queries").path(position).deepCopy();
    }

    private void search(int position, ObjectNode query) {
        try {
            ReadReply _ = searches.search(uids.get(position), query.put("limit", 0), terms);
        } catch (ApiException refused) {
            throw FederationChecks.insideQuery(
                    asked.queries().get(position).shownPosition(position), refused);
        }
    }
}
