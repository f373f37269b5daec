package io.miroir.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.edge.http.HttpServer;
import io.miroir.embedded.engine.LuceneEngine;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class NodeTest {
    private static final int BODY_BYTES_MAX = 256 * 1024;

    @TempDir private Path directory = Path.of("");

    /** Something a test does with a node. */
    @FunctionalInterface
    private interface Story {
        void tell(NodeClient client, Node node) throws IOException, InterruptedException;
    }

    private void withNode(Story story) throws IOException, InterruptedException {
        NodeConfig config =
                new NodeConfig(
                        "127.0.0.1",
                        0,
                        NodeClient.MASTER_KEY,
                        directory,
                        new HttpServer.Limits(BODY_BYTES_MAX, 64 << 10, 20_000, 20_000));
        try (Node node = Node.start(config, LuceneEngine::open);
                NodeClient client = new NodeClient(node.port())) {
            story.tell(client, node);
        }
    }

    private static long documents(NodeClient client, String uid)
            throws IOException, InterruptedException {
        return client.get("/indexes/" + uid + "/stats").get("numberOfDocuments").longValue();
    }

    private long payloadFiles() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("payloads"))) {
            return files.count();
        }
    }

    /** From the first document to a search, over a restart in between. */
    @Test
    void everythingIsThereAfterARestart() throws Exception {
        withNode(
                (client, _) -> {
                    client.done(
                            "POST",
                            "/indexes/books/documents",
                            "[{\"id\":1,\"title\":\"The Salt Ledger\",\"year\":1998},"
                                    + "{\"id\":2,\"title\":\"Glass Orchard\",\"year\":2004}]");
                    client.done(
                            "PATCH",
                            "/indexes/books/settings",
                            "{\"filterableAttributes\":[\"year\"],\"stopWords\":[\"the\"]}");
                    client.done("DELETE", "/indexes/books/documents/2", null);
                });
        withNode(
                (client, _) -> {
                    JsonNode found =
                            client.send(
                                            "POST",
                                            "/indexes/books/search",
                                            "{\"q\":\"salt\",\"filter\":\"year = 1998\"}")
                                    .body();
                    assertEquals("The Salt Ledger", found.at("/hits/0/title").stringValue());
                    assertEquals(1, documents(client, "books"));
                    assertEquals(
                            "[\"the\"]",
                            Json.text(client.get("/indexes/books/settings/stop-words")));
                    assertEquals("id", client.get("/indexes/books").get("primaryKey").asString());
                    JsonNode tasks = client.get("/tasks");
                    assertEquals(3, tasks.get("total").intValue());
                    long next = client.write("DELETE", "/indexes/books", null);
                    assertEquals(3, next, "task uids go on");
                    assertEquals("succeeded", client.await(next).get("status").stringValue());
                    assertEquals(404, client.send("GET", "/indexes/books", null).status());
                    assertEquals(4, client.get("/keys").get("total").intValue());
                });
    }

    @Test
    void namesMoveAndTasksFollowThem() throws Exception {
        withNode(
                (client, _) -> {
                    client.done("POST", "/indexes/red/documents", "[{\"id\":1}]");
                    client.done("POST", "/indexes/blue/documents", "[{\"id\":1},{\"id\":2}]");
                    client.done("POST", "/swap-indexes", "[{\"indexes\":[\"red\",\"blue\"]}]");
                    assertEquals(2, documents(client, "red"));
                    assertEquals(1, documents(client, "blue"));
                    client.done("PATCH", "/indexes/red", "{\"uid\":\"green\"}");
                    assertEquals(2, documents(client, "green"));
                    assertEquals(404, client.send("GET", "/indexes/red", null).status());
                    assertEquals(2, client.get("/tasks?indexUids=green").get("total").intValue());
                });
    }

    @Test
    void neighbouringWritesShareABatch() throws Exception {
        withNode(
                (client, _) -> {
                    long last = 0;
                    for (int i = 0; i < 30; i++) {
                        last =
                                client.write(
                                        "POST", "/indexes/many/documents", "[{\"id\":" + i + "}]");
                    }
                    client.await(last);
                    assertEquals(30, documents(client, "many"));
                    int batches = client.get("/batches?limit=100").get("total").intValue();
                    assertTrue(batches <= 30, batches + " batches");
                    assertEquals(
                            30,
                            client.get("/tasks?statuses=succeeded&limit=100")
                                    .get("total")
                                    .intValue());
                });
    }

    /** A refused task in the middle of a batch takes nothing with it. */
    @Test
    void aRefusedTaskLeavesItsNeighboursAlone() throws Exception {
        withNode(
                (client, _) -> {
                    client.done("POST", "/indexes/x/documents", "[{\"id\":0}]");
                    long good = client.write("POST", "/indexes/x/documents", "[{\"id\":1}]");
                    long bad =
                            client.write("POST", "/indexes/x/documents", "[{\"id\":2},{\"no\":1}]");
                    long after = client.write("POST", "/indexes/x/documents", "[{\"id\":3}]");
                    assertEquals("succeeded", client.await(after).get("status").stringValue());
                    assertEquals("succeeded", client.await(good).get("status").stringValue());
                    JsonNode failed = client.await(bad);
                    assertEquals("missing_document_id", failed.at("/error/code").stringValue());
                    assertEquals(0, failed.at("/details/indexedDocuments").intValue());
                    assertEquals(3, documents(client, "x"));
                    assertEquals(0, payloadFiles());
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json | [{\"id\":1}, | malformed_payload",
                "application/json | '' | missing_payload",
                "application/x-ndjson | {\"id\":1} nonsense | malformed_payload",
                "text/csv | id,n:number~1,abc | malformed_payload",
                "text/plain | [{\"id\":1}] | invalid_content_type"
            })
    void malformedPayloadsLeaveNothing(String contentType, String payload, String code)
            throws Exception {
        withNode(
                (client, _) -> {
                    NodeClient.Reply reply =
                            client.send(
                                    "POST",
                                    "/indexes/x/documents",
                                    contentType,
                                    payload.replace('~', '\n'));
                    assertEquals(code, reply.body().get("code").stringValue());
                    assertEquals(0, client.get("/tasks").get("total").intValue());
                    assertEquals(0, payloadFiles());
                });
    }

    @Test
    void aBodyBeyondTheLimitLeavesNothing() throws Exception {
        withNode(
                (client, _) -> {
                    String large = "[{\"id\":1,\"t\":\"" + "x".repeat(BODY_BYTES_MAX) + "\"}]";
                    NodeClient.Reply reply = client.send("POST", "/indexes/x/documents", large);
                    assertEquals(413, reply.status());
                    assertEquals("payload_too_large", reply.body().get("code").stringValue());
                    assertEquals(0, client.get("/tasks").get("total").intValue());
                    assertEquals(0, payloadFiles());
                });
    }

    /** A client that goes away in the middle of its documents: no task, nothing kept. */
    @Test
    void aHangUpLeavesNothing() throws Exception {
        withNode(
                (client, node) -> {
                    try (Socket socket =
                            new Socket(InetAddress.getLoopbackAddress(), node.port())) {
                        OutputStream out = socket.getOutputStream();
                        String head =
                                "POST /indexes/x/documents HTTP/1.1\r\nHost: x\r\n"
                                        + "Authorization: Bearer "
                                        + NodeClient.MASTER_KEY
                                        + "\r\nContent-Type: application/x-ndjson\r\n"
                                        + "Content-Length: 100000\r\n\r\n{\"id\":1}\n";
                        out.write(head.getBytes(StandardCharsets.US_ASCII));
                        out.flush();
                    }
                    while (payloadFiles() > 0) {
                        Thread.sleep(10);
                    }
                    client.done("POST", "/indexes/y/documents", "[{\"id\":1}]");
                    assertEquals(1, client.get("/tasks").get("total").intValue());
                    assertEquals(404, client.send("GET", "/indexes/x", null).status());
                });
    }

    @Test
    void documentsWithoutAKeyFailTheirTask() throws Exception {
        withNode(
                (client, _) -> {
                    long uid = client.write("POST", "/indexes/x/documents", "[{\"name\":\"a\"}]");
                    assertEquals(
                            "index_primary_key_no_candidate_found",
                            client.await(uid).at("/error/code").stringValue());
                    assertTrue(client.get("/indexes/x").get("primaryKey").isNull());
                });
    }

    @Test
    void theVersionSaysWhoAnswers() throws Exception {
        withNode(
                (client, _) ->
                        assertEquals(
                                "miroir-embedded",
                                client.get("/version").get("engine").stringValue()));
    }

    /** A new document takes the number of a deleted one, and with it its place among equals. */
    @Test
    void placesOfDeletedDocumentsAreTakenAgain() throws Exception {
        withNode(
                (client, _) -> {
                    String path = "/indexes/places/documents";
                    client.done("POST", path, "[{\"id\":1},{\"id\":2},{\"id\":3}]");
                    client.done("DELETE", path + "/2", null);
                    client.done("POST", path, "[{\"id\":4},{\"id\":5}]");
                    List<Integer> ids =
                            client.get(path)
                                    .get("results")
                                    .valueStream()
                                    .map(document -> document.get("id").intValue())
                                    .toList();
                    assertEquals(List.of(1, 4, 3, 5), ids);
                });
    }

    @Test
    void aCompactedIndexHoldsWhatItHeld() throws Exception {
        withNode(
                (client, _) -> {
                    for (int id = 0; id < 4; id++) {
                        String document = "[{\"id\":" + id + ",\"t\":\"word\"}]";
                        client.done("POST", "/indexes/small/documents", document);
                    }
                    client.done("DELETE", "/indexes/small/documents/1", null);
                    JsonNode task = client.done("POST", "/indexes/small/compact", null);
                    assertEquals("indexCompaction", task.get("type").stringValue());
                    assertEquals(3, documents(client, "small"));
                    assertEquals(3, client.get("/indexes/small/search?q=word").get("hits").size());
                });
    }

    /** Hits sorted up can't be merged with hits sorted down. */
    @Test
    void federatedQueriesWithOppositeRulesAreRefused() throws Exception {
        withNode(
                (client, _) -> {
                    client.done("POST", "/indexes/a/documents", "[{\"id\":1,\"n\":1}]");
                    client.done(
                            "PATCH",
                            "/indexes/a/settings",
                            "{\"sortableAttributes\":[\"n\"],\"rankingRules\":[\"sort\",\"words\"]}");
                    String query = "{\"indexUid\":\"a\",\"q\":\"x\",\"sort\":[\"n:%s\"]}";
                    String both = "{\"federation\":{},\"queries\":[" + query + "," + query + "]}";
                    NodeClient.Reply good =
                            client.send("POST", "/multi-search", both.formatted("asc", "asc"));
                    assertEquals(200, good.status(), good::toString);
                    NodeClient.Reply bad =
                            client.send("POST", "/multi-search", both.formatted("asc", "desc"));
                    assertEquals(400, bad.status(), bad::toString);
                    assertEquals(
                            "Inside `.queries[1]`: The results of queries #0 and #1 are"
                                    + " incompatible: \n"
                                    + "  1. `queries[0].sort[0]`, `a.rankingRules[0]`: ascending sort"
                                    + " rule(s) on field `n`\n"
                                    + "  2. `queries[1].sort[0]`, `a.rankingRules[0]`: descending sort"
                                    + " rule(s) on field `n`\n"
                                    + "  - cannot compare two sort rules in opposite directions\n",
                            bad.body().get("message").stringValue());
                });
    }

    /** Two nodes on one directory would each lose what the other writes. */
    @Test
    void aDirectoryHasOneNode() throws Exception {
        withNode(
                (_, _) ->
                        assertThrows(
                                OverlappingFileLockException.class, () -> withNode((_, _) -> {})));
    }
}
