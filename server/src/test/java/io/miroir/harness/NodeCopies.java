package io.miroir.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cli.client.ApiAnswer;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.client.HttpCaller;
import io.miroir.cli.fleet.FleetNode;
import io.miroir.core.routing.Separators;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What each node has of an index, asked past the pods. */
record NodeCopies(Map<Integer, Map<String, JsonNode>> byId) {
    private static final int PAGE_DOCUMENTS = 1_000;

    /**
     * Reads all nodes.
     *
     * @param physicalUid what the index is called there
     */
    static NodeCopies read(TestCluster cluster, String physicalUid) throws IOException {
        Map<Integer, Map<String, JsonNode>> copies = new TreeMap<>();
        String key = cluster.fleet().plan().keys().node();
        try (HttpCaller http = new HttpCaller()) {
            for (FleetNode node : cluster.fleet().nodes()) {
                int read = PAGE_DOCUMENTS;
                for (int offset = 0; read == PAGE_DOCUMENTS; offset += PAGE_DOCUMENTS) {
                    ApiCall page =
                            ApiCall.get(
                                    "/indexes/%s/documents?limit=%d&offset=%d"
                                            .formatted(physicalUid, PAGE_DOCUMENTS, offset));
                    ApiAnswer answer = http.call(node.http(), key, page, TestCluster.PATIENCE);
                    assertTrue(answer.isSuccess(), answer::toString);
                    JsonNode documents = answer.json().path("results");
                    for (JsonNode document : documents) {
                        copies.computeIfAbsent(document.path("id").asInt(), _ -> new HashMap<>())
                                .put(node.id(), document);
                    }
                    read = documents.size();
                }
            }
        }
        return new NodeCopies(copies);
    }

    /** Each of these is on so many nodes, the same on each, and nothing else is anywhere. */
    void assertAre(Map<Integer, ObjectNode> expected, int copies) {
        assertEquals(expected.keySet(), byId.keySet());
        byId.forEach(
                (id, nodes) -> {
                    assertEquals(copies, nodes.size(), nodes::toString);
                    JsonNode first = nodes.values().iterator().next();
                    nodes.forEach((_, copy) -> assertEquals(first, copy));
                    assertEquals(expected.get(id), clients(first));
                });
    }

    private static JsonNode clients(JsonNode document) {
        return ((ObjectNode) document.deepCopy())
                .without(Separators.SHARD_FIELD)
                .without(Separators.SEQ_FIELD);
    }
}
