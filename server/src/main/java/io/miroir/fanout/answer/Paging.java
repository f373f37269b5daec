package io.miroir.fanout.answer;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which part of the merged list a client sees. Meilisearch has two ways to ask: offset and limit
 * with an estimated total, or page and hits per page with a counted one.
 *
 * @param counted true for pages
 * @param first the client's offset or page
 * @param size the client's limit or hits per page
 */
record Paging(boolean counted, long first, long size) {
    static final int LIMIT_DEFAULT = 20;

    /** Reads the paging fields of a search or of a federation. */
    static Paging of(JsonNode request) {
        JsonNode page = request.path("page");
        JsonNode hitsPerPage = request.path("hitsPerPage");
        if (page.isNumber() || hitsPerPage.isNumber()) {
            return new Paging(true, page.asLong(1), hitsPerPage.asLong(LIMIT_DEFAULT));
        }
        return new Paging(
                false,
                request.path("offset").asLong(0),
                request.path("limit").asLong(LIMIT_DEFAULT));
    }

    /** The first hit shown, no deeper than {@code depthMax}. */
    int begin(int depthMax) {
        long begin = counted ? times(Math.max(0, first - 1), size) : first;
        return (int) Math.min(Math.min(begin, depthMax), end(depthMax));
    }

    /** Behind the last hit shown, no deeper than {@code depthMax}. */
    int end(int depthMax) {
        long end = counted ? times(first, size) : plus(first, size);
        return (int) Math.min(end, depthMax);
    }

    /** Writes what a node must be asked so that the merged list reaches to the page's end. */
    void writeNodeRequest(ObjectNode request, int depthMax) {
        request.remove("page");
        request.remove("hitsPerPage");
        request.remove("offset");
        request.remove("limit");
        if (counted) {
            request.put("page", 1).put("hitsPerPage", end(depthMax));
        } else {
            request.put("offset", 0).put("limit", end(depthMax));
        }
    }

    /** Writes the paging fields of the client's answer. */
    void writeAnswer(ObjectNode answer, long total) {
        if (counted) {
            answer.put("hitsPerPage", size)
                    .put("page", first)
                    .put("totalPages", size == 0 ? 0 : Math.ceilDiv(total, size))
                    .put("totalHits", total);
        } else {
            answer.put("limit", size).put("offset", first).put("estimatedTotalHits", total);
        }
    }

    /** The total that a node's answer gives. */
    static long total(JsonNode answer) {
        return answer.path("totalHits").asLong(answer.path("estimatedTotalHits").asLong(0));
    }

    /** Whether a node's answer gives a total. */
    static boolean isCounted(JsonNode answer) {
        return answer.has("totalHits") || answer.has("estimatedTotalHits");
    }

    private static long times(long a, long b) {
        return a != 0 && b > Long.MAX_VALUE / a ? Long.MAX_VALUE : a * b;
    }

    private static long plus(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }
}
