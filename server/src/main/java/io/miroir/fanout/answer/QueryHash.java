package io.miroir.fanout.answer;

import io.miroir.api.Json;
import io.miroir.core.hash.XxHash64;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A hash of a read without its paging: all pages of a query go to the same replicas (protocol, rule
 * 11).
 */
public final class QueryHash {
    private static final List<String> PAGING = List.of("offset", "limit", "page", "hitsPerPage");

    private QueryHash() {}

    /**
     * The hash; an unsigned 64-bit number.
     *
     * @param physicalUid of the index
     * @param request the client's body; of a federation the paging is inside {@code federation}
     */
    public static long of(String physicalUid, ObjectNode request) {
        ObjectNode query = JsonNodeFactory.instance.objectNode();
        query.setAll(request);
        query.remove(PAGING);
        JsonNode federation = query.path("federation");
        if (federation instanceof ObjectNode object) {
            ObjectNode bare = query.putObject("federation");
            bare.setAll(object);
            bare.remove(PAGING);
        }
        query.put("indexUid", physicalUid);
        return XxHash64.hash(Json.bytes(query));
    }
}
