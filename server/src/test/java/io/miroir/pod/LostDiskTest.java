package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** One pod over two groups of one node, of which the second comes back with an empty disk. */
class LostDiskTest {
    private static final int DOCUMENTS = 20;
    private static final int SHARDS = 16;
    private static final String OUT = "\"node-1-0\":\"out\"";

    @TempDir Path directory;

    private TestNodes nodes;
    private TestPod pod;

    @BeforeEach
    void start() {
        nodes = new TestNodes(directory, 2, 1);
        pod = new TestPod(directory.resolve("pod"), nodes.addresses(), 1, TestPod.WITHOUT_REPAIR);
        pod.client().awaitStatus("GET", "/_miroir/ready", 200);
    }

    @AfterEach
    void stop() {
        pod.close();
        nodes.close();
    }

    private JsonNode shards(String index) {
        return pod.operator()
                .call("GET", "/_miroir/shards")
                .body()
                .path("indexes")
                .path(index)
                .path("shards");
    }

    private void emptySecondNode() {
        nodes.node(1, 0).kill();
        Disks.empty(directory.resolve("node-1-0"));
        nodes.node(1, 0).start();
    }

    /**
     * Protocol, rule 15: the next write makes the index anew on that node; it must not be read as
     * if it had the documents of before, and neither may the node's other indexes.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aNodeThatLostItsDiskIsOutByItsNextWrite(boolean podRestarts) {
        HttpCalls client = pod.client();
        client.done("POST", "/indexes/other/documents", "[{\"id\": 1}]");
        for (int id = 0; id < DOCUMENTS; id++) {
            client.done("POST", "/indexes/i/documents", "[{\"id\": " + id + "}]");
        }
        if (podRestarts) {
            pod.stop();
        }
        emptySecondNode();
        if (podRestarts) {
            pod.startAgain();
            client = pod.client();
        }
        client.awaitStatus("GET", "/_miroir/ready", 200);

        JsonNode task =
                client.done("POST", "/indexes/i/documents", "[{\"id\": " + DOCUMENTS + "}]");
        assertEquals("succeeded", task.path("status").asString(), task::toString);

        for (String index : List.of("i", "other")) {
            pod.operator()
                    .await(
                            "GET",
                            "/_miroir/shards",
                            _ -> shards(index).toString().split(OUT, -1).length == SHARDS + 1);
            String states = shards(index).toString();
            assertFalse(states.contains("\"node-0-0\":\"out\""), states);
            Cli listed =
                    Cli.run(
                            "cluster",
                            "shard",
                            "list",
                            index,
                            "--from",
                            pod.address().toString(),
                            "--admin-key",
                            TestPod.ADMIN_KEY);
            assertEquals(0, listed.exit(), listed::toString);
            String line = "node-0-0 in_sync, node-1-0 out";
            assertEquals(SHARDS + 1, listed.out().split(line, -1).length, listed::toString);
        }
        for (int i = 0; i < 20; i++) {
            // Different queries prefer different groups.
            String query = "{\"limit\": 100, \"q\": \"" + " ".repeat(i) + "\"}";
            JsonNode found = client.call("POST", "/indexes/i/search", query).body();
            assertEquals(DOCUMENTS + 1, found.path("hits").size(), found::toString);
        }
        // What is made after it was found out, and is known again, is whole on it.
        new HttpCalls(nodes.node(1, 0).address(), TestNode.KEY)
                .awaitStatus("GET", "/indexes/miroir_node/documents/mark", 200);
        pod.operator()
                .await(
                        "GET",
                        "/_miroir/topology",
                        reply -> reply.body().path("degraded_node_count").asInt(9) == 0);
        client.done("POST", "/indexes/later/documents", "[{\"id\": 1}]");
        assertFalse(shards("later").toString().contains("\"out\""), () -> shards("later") + "");
    }
}
