package io.miroir.edge;

import io.miroir.api.Json;
import io.miroir.api.Uuids;
import io.miroir.edge.http.Request;
import io.miroir.fanout.read.SearchJourney;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a client is told of its queries themselves, if it asks: which index, and an id for each. */
final class QueryMetadata {
    static final String FIELD = "metadata";

    /** Of the index; left out while it has none. */
    static final String KEY = "primaryKey";

    private static final String HEADER = "Meili-Include-Metadata";
    private static final String REQUEST_UID = "requestUid";

    private final SearchJourney searches;
    private final Uuids uuids;

    QueryMetadata(SearchJourney searches, Uuids uuids) {
        this.searches = searches;
        this.uuids = uuids;
    }

    static boolean isWanted(Request request) {
        return isYes(request.header(HEADER));
    }

    /** Whether the header asks for it: as {@code true} or {@code 1}, in capitals or not. */
    static boolean isYes(@Nullable String value) {
        return value != null && (value.equalsIgnoreCase("true") || value.equals("1"));
    }

    /**
     * Of one query.
     *
     * @param query as the client sent it: what it looks for is told, if it says so
     */
    ObjectNode of(String indexUid, JsonNode query) {
        ObjectNode told = Json.object();
        JsonNode words = query.path("q");
        if (words.isString()) {
            told.put("query", words.stringValue());
        }
        told.put("queryUid", uuids.timed()).put("indexUid", indexUid);
        String key = searches.indexOf(indexUid).row().primaryKey();
        if (key != null) {
            told.put(KEY, key);
        }
        return told;
    }

    /** An answer that no node had a part in has an id too. */
    void addRequestUid(ObjectNode answer) {
        if (!answer.has(REQUEST_UID)) {
            answer.put(REQUEST_UID, uuids.timed());
        }
    }
}
