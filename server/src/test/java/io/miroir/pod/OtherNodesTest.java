package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A pod whose configuration lists other nodes than the cluster has goes by the cluster's. */
class OtherNodesTest {
    @TempDir Path directory;

    private TestPod start(List<List<URI>> groups) {
        TestPod pod = new TestPod(directory.resolve("pod"), groups, 1, "");
        pod.client().awaitStatus("GET", "/_miroir/ready", 200);
        return pod;
    }

    private static void awaitDocuments(TestPod pod, int count) {
        pod.client()
                .await(
                        "GET",
                        "/indexes/i/search",
                        reply -> reply.body().path("hits").size() == count);
    }

    /** All nodes answer, are known by their marks, and have what they should. */
    private static void awaitWell(TestPod pod) {
        pod.operator()
                .await(
                        "GET",
                        "/_miroir/topology",
                        reply ->
                                reply.body().path("degraded_node_count").asInt(9) == 0
                                        && reply.body()
                                                .path("nodes")
                                                .valueStream()
                                                .allMatch(OtherNodesTest::isWell));
    }

    private static boolean isWell(JsonNode node) {
        return node.path("out_of_sync").asInt(9) == 0 && node.path("life").isString();
    }

    private static void assertWritten(TestPod pod, int id) {
        HttpCalls.Reply written =
                pod.client().call("POST", "/indexes/i/documents", "[{\"id\": " + id + "}]");
        assertEquals(202, written.status(), written::toString);
        assertEquals("", written.header("X-Miroir-Degraded"), written::toString);
    }

    private static HttpCalls.Reply move(TestPod pod, String node, String address) {
        return pod.operator()
                .call(
                        "PUT",
                        "/_miroir/nodes/" + node + "/address",
                        "{\"address\": \"" + address + "\"}");
    }

    /**
     * Shows: a node that is missing in the configuration, or is elsewhere there, is written to and
     * read as by any other pod; and it is asked elsewhere while the pod runs, once it is there.
     */
    @Test
    void nodesAreAskedWhereTheClusterHasThem() {
        try (TestNodes nodes = new TestNodes(directory, 2, 1);
                TestNodes others = new TestNodes(directory.resolve("others"), 1, 1)) {
            List<List<URI>> all = nodes.addresses();
            try (TestPod pod = start(all)) {
                pod.client().done("POST", "/indexes/i/documents", "[{\"id\": 1}]");
                awaitWell(pod);
            }
            // One group less, and another server for the node of the one that is left.
            try (TestPod pod = start(others.addresses())) {
                awaitWell(pod);
                assertWritten(pod, 2);
                nodes.node(0, 0).kill();
                awaitDocuments(pod, 2);
                nodes.node(0, 0).start();
                awaitWell(pod);

                refusesMoves(pod, all);
                // An empty server in the place of one that has everything: it is filled anew.
                URI place = others.node(0, 0).address();
                assertEquals(200, move(pod, "node-1-0", place.toString()).status());
                nodes.node(1, 0).kill();
                pod.operator()
                        .await(
                                "GET",
                                "/_miroir/topology",
                                reply ->
                                        reply.body()
                                                .path("nodes")
                                                .get(1)
                                                .path("address")
                                                .asString()
                                                .equals(place.toString()));
                awaitWell(pod);
                assertWritten(pod, 3);
                nodes.node(0, 0).kill();
                awaitDocuments(pod, 3);
            }
        }
    }

    private static void refusesMoves(TestPod pod, List<List<URI>> all) {
        String taken = all.get(0).get(0).toString();
        HttpCalls.Reply twice = move(pod, "node-1-0", taken);
        assertEquals(409, twice.status(), twice::toString);
        assertTrue(
                twice.body().path("message").asString().contains("node-0-0 is at"),
                twice::toString);
        assertEquals(409, move(pod, "nobody", "http://127.0.0.1:1").status());
        assertEquals(400, move(pod, "node-1-0", "somewhere").status());
    }
}
