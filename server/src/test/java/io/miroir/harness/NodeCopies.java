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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What each node has of an index, asked past the pods. */
record NodeCopies(Map<Integer, Map<String, JsonNode>> byId, int wanted) {
    private static final int PAGE_DOCUMENTS = 1_000;

    /**
     * Reads nodes.
     *
     * @param nodes of the cluster
     * @param physicalUid what the index is called there
     * @param wanted nodes that are to have a document
     */
    static NodeCopies read(
            TestCluster cluster, List<FleetNode> nodes, String physicalUid, int wanted)
            throws IOException {
        Map<Integer, Map<String, JsonNode>> copies = new TreeMap<>();
        String key = cluster.fleet().plan().keys().node();
        try (HttpCaller http = new HttpCaller()) {
            for (FleetNode node : nodes) {
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
        return new NodeCopies(copies, wanted);
    }

    /** These are there, and nothing else is anywhere. */
    void assertAre(Map<Integer, ObjectNode> expected) {
        assertEquals(expected.keySet(), byId.keySet());
        expected.forEach((id, document) -> assertEquals(document, clients(copyOf(id))));
    }

    /** What all nodes have that are to have it, each the same. */
    JsonNode copyOf(int id) {
        Map<String, JsonNode> nodes = byId.getOrDefault(id, Map.of());
        assertEquals(wanted, nodes.size(), () -> id + " is on " + nodes);
        JsonNode first = nodes.values().iterator().next();
        nodes.forEach((_, copy) -> assertEquals(first, copy));
        return first;
    }

    private static JsonNode clients(JsonNode document) {
        return ((ObjectNode) document.deepCopy())
                .without(Separators.SHARD_FIELD)
                .without(Separators.SEQ_FIELD);
    }
}
