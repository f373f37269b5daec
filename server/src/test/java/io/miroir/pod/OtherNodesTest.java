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

    /**
     * Shows: what it can't send to a node that it has no address of is missed by that node, which
     * is out, is not read, and gets it later: not left out of the write without a word.
     */
    @Test
    void aNodeThatOnePodDoesNotKnowMissesItsWritesAndIsOut() {
        try (TestNodes nodes = new TestNodes(directory, 2, 1)) {
            List<List<URI>> all = nodes.addresses();
            try (TestPod pod = start(all)) {
                pod.client().done("POST", "/indexes/i/documents", "[{\"id\": 1}]");
            }
            try (TestPod pod = start(all.subList(0, 1))) {
                HttpCalls.Reply written =
                        pod.client().call("POST", "/indexes/i/documents", "[{\"id\": 2}]");
                assertEquals(202, written.status(), written::toString);
                assertTrue(
                        written.header("X-Miroir-Degraded").startsWith("group=1"),
                        written::toString);
                JsonNode node =
                        pod.operator().call("GET", "/_miroir/topology").body().path("nodes").get(1);
                assertEquals("node-1-0", node.path("id").asString(), node::toString);
                assertEquals("down", node.path("status").asString(), node::toString);
                assertTrue(node.path("out_of_sync").asInt() > 0, node::toString);
                awaitDocuments(pod, 2);
            }
            try (TestPod pod = start(all)) {
                pod.operator()
                        .await(
                                "GET",
                                "/_miroir/topology",
                                reply ->
                                        reply.body()
                                                        .path("nodes")
                                                        .get(1)
                                                        .path("out_of_sync")
                                                        .asInt()
                                                == 0);
                nodes.node(0, 0).kill();
                awaitDocuments(pod, 2);
            }
        }
    }
}
