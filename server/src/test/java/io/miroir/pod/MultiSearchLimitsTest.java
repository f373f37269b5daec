package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plan §13.11: what one request with several queries may ask, and what all answers may take. */
class MultiSearchLimitsTest {
    private static final int QUERIES_MAX = 40;
    private static final int DOCUMENTS = 100;

    /** A search that shows all documents takes about a tenth of it. */
    private static final int ANSWER_BYTES = 1_200_000;

    @TempDir Path directory;

    private FaultyNode node;
    private TestPod pod;
    private HttpCalls client;

    @BeforeEach
    void start() {
        node = new FaultyNode(directory.resolve("node"));
        pod =
                new TestPod(
                        directory.resolve("pod"),
                        List.of(List.of(node.address())),
                        1,
                        "multi_search: {max_queries_per_batch: "
                                + QUERIES_MAX
                                + ", per_query_timeout_ms: 4500}\n"
                                + "scatter: {max_answer_bytes: "
                                + ANSWER_BYTES
                                + ", node_timeout_ms: 9000}\n");
        client = pod.client();
        client.awaitStatus("GET", "/_miroir/ready", 200);
        StringBuilder documents = new StringBuilder("[");
        for (int id = 0; id < DOCUMENTS; id++) {
            documents
                    .append(id == 0 ? "" : ",")
                    .append("{\"id\":%d,\"t\":\"%s\"}".formatted(id, "w".repeat(1000)));
        }
        client.done("POST", "/indexes/i/documents", documents.append("]").toString());
        // The first search of a JVM may take longer than a query may here.
        client.call("POST", "/indexes/i/search", "{\"limit\": 1}");
    }

    @AfterEach
    void stop() {
        pod.close();
        node.close();
    }

    private HttpCalls.Reply multi(int queries, int limit, String federation) {
        String query = "{\"indexUid\": \"i\", \"limit\": " + limit + "}";
        if (!federation.isEmpty()) {
            query = "{\"indexUid\": \"i\"}";
        }
        return client.call(
                "POST",
                "/multi-search",
                "{"
                        + federation
                        + "\"queries\": ["
                        + String.join(",", Collections.nCopies(queries, query))
                        + "]}");
    }

    private String metrics() {
        return new String(
                new HttpCalls(pod.metrics(), "").call("GET", "/metrics").raw().body(),
                StandardCharsets.UTF_8);
    }

    private static void assertCode(int status, String code, HttpCalls.Reply reply) {
        assertEquals(status, reply.status(), reply.body()::toString);
        assertEquals(code, reply.body().path("code").asString(), reply.body()::toString);
    }

    @Test
    void aRequestMayHaveSoManyQueries() {
        assertEquals(200, multi(QUERIES_MAX, 1, "").status());
        assertEquals(200, multi(QUERIES_MAX, 1, "\"federation\": {\"limit\": 1},").status());
        assertCode(400, "miroir_too_many_queries", multi(QUERIES_MAX + 1, 1, ""));
        assertCode(
                400,
                "miroir_too_many_queries",
                multi(QUERIES_MAX + 1, 1, "\"federation\": {\"limit\": 1},"));
        String metrics = metrics();
        assertTrue(metrics.contains("miroir_multisearch_batches_total 2.0"), metrics);
        assertTrue(metrics.contains("miroir_multisearch_queries_per_batch_sum 80.0"), metrics);
        assertTrue(metrics.contains("miroir_multisearch_partial_failures_total 0.0"), metrics);
    }

    /** One query that fails fails the request, as in Meilisearch, and says which it was. */
    @Test
    void aQueryThatTakesTooLongIsNamed() {
        node.misbehave(FaultyNode.Fault.HANG, "/search");
        HttpCalls.Reply late = multi(1, 1, "");
        assertCode(504, "miroir_query_timeout", late);
        assertTrue(late.body().path("message").asString().contains(".queries[0]"), late::toString);
        node.misbehave(FaultyNode.Fault.HANG, "/multi-search");
        assertCode(504, "miroir_query_timeout", multi(1, 1, "\"federation\": {},"));
        assertTrue(metrics().contains("miroir_multisearch_partial_failures_total 2.0"));
        node.behave();
        assertEquals(200, multi(1, 1, "").status());
    }

    /** Many queries with large answers are refused before they fill the memory, and leave none. */
    @Test
    void manyLargeAnswersAreRefusedTogether() {
        assertEquals(200, multi(2, DOCUMENTS, "").status());
        assertCode(503, "miroir_overloaded", multi(QUERIES_MAX, DOCUMENTS, ""));
        String metrics = metrics();
        assertTrue(metrics.contains("miroir_node_answer_bytes 0.0"), metrics);
        assertTrue(!metrics.contains("miroir_node_answer_refusals_total 0.0"), metrics);
        // The node is none the worse for it, and the next request has all the room.
        assertEquals(200, multi(2, DOCUMENTS, "").status());
        String all = "{\"limit\": " + DOCUMENTS + "}";
        for (int i = 0; i < 30; i++) {
            assertEquals(200, client.call("POST", "/indexes/i/search", all).status());
            assertEquals(200, client.call("POST", "/indexes/i/documents/fetch", all).status());
        }
    }
}
