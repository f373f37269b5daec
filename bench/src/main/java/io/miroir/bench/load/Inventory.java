package io.miroir.bench.load;

import io.miroir.api.Json;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * All documents that a server tells of.
 *
 * @param versions by id
 * @param doubled how many were there once more
 */
record Inventory(Map<Long, Long> versions, long doubled) {
    private static final int PAGE = 10_000;

    /** Reads all with ids below the end. */
    static Inventory read(Server server, String index, long endId) {
        Map<Long, Long> versions = new HashMap<>();
        long doubled = 0;
        for (long from = 0; from < endId; from += PAGE) {
            ObjectNode request = Json.object();
            request.put("filter", "id >= %d AND id < %d".formatted(from, from + PAGE));
            // Room for each twice: a page that is cut off would hide it.
            request.put("limit", 2 * PAGE);
            request.putArray("fields").add("id").add(Expected.VERSION);
            JsonNode page = server.ask("POST", "/indexes/" + index + "/documents/fetch", request);
            for (JsonNode document : page.path("results")) {
                long version = document.path(Expected.VERSION).asLong(0);
                if (versions.put(document.path("id").asLong(), version) != null) {
                    doubled++;
                }
            }
        }
        return new Inventory(versions, doubled);
    }
}
