package io.miroir.cluster.identity;

import io.miroir.api.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What Miroir writes on a node to know it again (protocol, rule 15): one document in an index of
 * its own, which no client can name, since clients' indexes have other names on nodes.
 *
 * @param cluster that the node belongs to
 * @param node its id there
 * @param life one for as long as the node keeps its disk
 */
public record NodeMark(String cluster, String node, String life) {
    /** The index. */
    public static final String INDEX = "miroir_node";

    /** The document's id, and the name of its primary key. */
    static final String ID = "mark";

    static final String KEY = "id";

    /** Whether a document is a mark. */
    static boolean isOne(JsonNode document) {
        return document.path("life").isString();
    }

    static NodeMark of(JsonNode document) {
        return new NodeMark(
                document.path("cluster").asString(""),
                document.path("node").asString(""),
                document.path("life").asString(""));
    }

    ObjectNode document() {
        return Json.object()
                .put(KEY, ID)
                .put("cluster", cluster)
                .put("node", node)
                .put("life", life);
    }
}
