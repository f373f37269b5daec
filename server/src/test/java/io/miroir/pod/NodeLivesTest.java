package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A server that answers in a node's name and is not what it was is found without any write, is not
 * read, and is filled anew (protocol, rule 15).
 */
class NodeLivesTest {
    private static final int DOCUMENTS = 100;

    @TempDir Path directory;

    private TestNodes nodes;
    private TestPod pod;
    private HttpCalls client;

    @BeforeEach
    void start() {
        nodes = new TestNodes(directory, 2, 1);
        pod = new TestPod(directory.resolve("pod"), nodes.addresses(), 1, "");
        client = pod.client();
        client.awaitStatus("GET", "/_miroir/ready", 200);
        StringBuilder documents = new StringBuilder("[{\"id\": 0}");
        for (int id = 1; id < DOCUMENTS; id++) {
            documents.append(",{\"id\": ").append(id).append('}');
        }
        client.done("POST", "/indexes/i/documents", documents.append(']').toString());
        pod.operator()
                .await(
                        "GET",
                        "/_miroir/topology",
                        _ -> !topologyOf("node-1-0").path("life").isNull());
    }

    @AfterEach
    void stop() {
        pod.close();
        nodes.close();
    }

    private HttpCalls node(int group) {
        return new HttpCalls(nodes.node(group, 0).address(), TestNode.KEY);
    }

    private String awaitMark(int group) {
        return node(group)
                .awaitStatus("GET", "/indexes/miroir_node/documents/mark", 200)
                .body()
                .path("life")
                .asString();
    }

    private void awaitInSync() {
        pod.operator()
                .await(
                        "GET",
                        "/_miroir/shards",
                        reply ->
                                !reply.body().toString().contains("\"out\"")
                                        && !reply.body().toString().contains("\"lagging\""));
    }

    /** What searches show, of either group. */
    private Set<Integer> found() {
        Set<Integer> all = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            String query = "{\"limit\": 1000, \"q\": \"" + " ".repeat(i) + "\"}";
            JsonNode hits = client.call("POST", "/indexes/i/search", query).body().path("hits");
            Set<Integer> ids = new HashSet<>();
            hits.forEach(hit -> ids.add(hit.path("id").asInt()));
            assertEquals(hits.size(), ids.size(), "a document twice");
            assertTrue(all.isEmpty() || all.equals(ids), () -> all + " or " + ids);
            all.addAll(ids);
        }
        return all;
    }

    private JsonNode topologyOf(String id) {
        return pod.operator()
                .call("GET", "/_miroir/topology")
                .body()
                .path("nodes")
                .valueStream()
                .filter(one -> one.path("id").asString().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private int documentsOf(int group) {
        String uid =
                pod.operator()
                        .call("GET", "/_miroir/shards")
                        .body()
                        .path("indexes")
                        .path("i")
                        .path("physical_uid")
                        .asString();
        return node(group)
                .call("GET", "/indexes/" + uid + "/stats")
                .body()
                .path("numberOfDocuments")
                .asInt();
    }

    private void awaitNewLife(String before) {
        node(1).await(
                        "GET",
                        "/indexes/miroir_node/documents/mark",
                        reply ->
                                reply.status() == 200
                                        && !reply.body()
                                                .path("life")
                                                .asString(before)
                                                .equals(before));
    }

    @Test
    void anEmptyServerIsFilledWithoutAnyWrite() {
        String before = awaitMark(1);
        nodes.node(1, 0).kill();
        Disks.empty(directory.resolve("node-1-0"));
        nodes.node(1, 0).start();

        awaitNewLife(before);
        assertEquals(DOCUMENTS, found().size());
        awaitInSync();

        assertEquals(DOCUMENTS, documentsOf(1));
        assertEquals(DOCUMENTS, found().size());
    }

    /** It would show what was deleted since, and is not read before it was compared. */
    @Test
    void anOldDiskIsFoundByTheTasksThatItLost() {
        Path home = directory.resolve("node-1-0");
        Path old = directory.resolve("old");
        String before = awaitMark(1);
        nodes.node(1, 0).kill();
        Disks.copy(home, old);
        nodes.node(1, 0).start();
        pod.operator()
                .await(
                        "GET",
                        "/_miroir/topology",
                        reply -> reply.body().path("degraded_node_count").asInt(9) == 0);
        client.done("POST", "/indexes/i/documents/delete-batch", "[40, 41]");
        awaitInSync();
        nodes.node(1, 0).kill();
        Disks.empty(home);
        Disks.copy(old, home);
        nodes.node(1, 0).start();

        awaitNewLife(before);
        awaitInSync();

        assertEquals(DOCUMENTS - 2, documentsOf(1));
        assertEquals(DOCUMENTS - 2, found().size());
    }

    /** Writing to it would harm those whose node it is. */
    @Test
    void aNodeOfAnotherClusterIsLeftAlone() {
        node(1).done(
                        "POST",
                        "/indexes/miroir_node/documents",
                        "[{\"id\": \"mark\", \"cluster\": \"theirs\", \"node\": \"node-1-0\","
                                + " \"life\": \"theirs\"}]");

        pod.operator()
                .await(
                        "GET",
                        "/_miroir/topology",
                        _ -> topologyOf("node-1-0").path("status").asString().equals("down"));
        assertTrue(
                topologyOf("node-1-0").path("error").asString("").contains("mark"),
                () -> topologyOf("node-1-0").toString());
        client.done("POST", "/indexes/i/documents", "[{\"id\": 1000}]");
        assertEquals(DOCUMENTS + 1, found().size());
        assertEquals(DOCUMENTS, documentsOf(1));
        assertEquals("theirs", awaitMark(1));

        // The operator says that it is ours.
        node(1).done("DELETE", "/indexes/miroir_node", "");
        awaitNewLife("theirs");
        awaitInSync();
        assertEquals(DOCUMENTS + 1, documentsOf(1));
    }

    @Test
    void clientsDoNotSeeTheMark() {
        assertEquals(
                List.of("i"),
                client.call("GET", "/indexes")
                        .body()
                        .path("results")
                        .valueStream()
                        .map(index -> index.path("uid").asString())
                        .toList());
        assertEquals(404, client.call("GET", "/indexes/miroir_node").status());
        assertEquals(404, client.call("GET", "/indexes/miroir_node/documents/mark").status());
    }
}
