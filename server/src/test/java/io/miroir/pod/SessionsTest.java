package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Sessions and receipts on one pod over two groups of one node, both of which can be slow. */
class SessionsTest {
    private static final int QUERIES = 16;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Map<String, String> SESSION = Map.of("X-Miroir-Session", "s");

    @TempDir Path directory;

    private FaultyNode first;
    private FaultyNode second;
    private TestPod pod;
    private HttpCalls client;

    @BeforeEach
    void nodes() {
        first = new FaultyNode(directory.resolve("first"));
        second = new FaultyNode(directory.resolve("second"));
    }

    private void start(String pinning) {
        pod =
                new TestPod(
                        directory.resolve("pod"),
                        List.of(List.of(first.address()), List.of(second.address())),
                        1,
                        "session_pinning: {" + pinning + "}\n");
        client = pod.client();
        client.awaitStatus("GET", "/_miroir/ready", 200);
        client.done("POST", "/indexes/i/documents", "[{\"id\": 1}]");
    }

    @AfterEach
    void stop() {
        pod.close();
        first.close();
        second.close();
    }

    private HttpCalls.Reply write(String documents) {
        HttpCalls.Reply reply = client.call("POST", "/indexes/i/documents", documents, SESSION);
        assertEquals(202, reply.status(), reply.body()::toString);
        return reply;
    }

    private HttpCalls.Reply search(int query) {
        String body = "{\"filter\": null, \"limit\": " + (30 + query) + "}";
        return client.call("POST", "/indexes/i/search", body, SESSION);
    }

    private String metrics() {
        return new String(
                new HttpCalls(pod.metrics(), "").call("GET", "/metrics").raw().body(),
                StandardCharsets.UTF_8);
    }

    private void awaitMetrics(Predicate<String> wanted) {
        new HttpCalls(pod.metrics(), "")
                .await(
                        "GET",
                        "/metrics",
                        reply ->
                                wanted.test(
                                        new String(reply.raw().body(), StandardCharsets.UTF_8)));
    }

    private static void assertCode(String code, HttpCalls.Reply reply) {
        assertEquals(code, reply.body().path("code").asString(), reply.body()::toString);
    }

    /** Nobody has the write in time: the answer would be an old one, so there is none. */
    @Test
    void aReadThatWaitedInVainIsRefusedAndGoodLater() {
        start("max_wait_ms: 300");
        first.misbehave(FaultyNode.Fault.LATE, "/documents");
        second.misbehave(FaultyNode.Fault.LATE, "/documents");
        write("[{\"id\": 2}]");
        HttpCalls.Reply refused = search(0);
        assertEquals(503, refused.status(), refused.body()::toString);
        assertCode("miroir_write_pending", refused);
        assertTrue(metrics().contains("miroir_session_wait_timeout_total 1.0"));
        // Other sessions and other indexes wait for nothing.
        assertEquals(
                200,
                client.call("POST", "/indexes/i/search", "{}", Map.of("X-Miroir-Session", "t"))
                        .status());
        first.behave();
        // It waits in vain again until the node has begun the write.
        HttpCalls.Reply read = search(0);
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        while (read.status() == 503 && System.nanoTime() < giveUpNanos) {
            read = search(0);
        }
        assertEquals(2, read.body().path("hits").size(), read.body()::toString);
        second.behave();
    }

    /** The node that had the write dies: the read waits for the other one, and never shows less. */
    @Test
    void whenThePinnedGroupDiesTheReadWaitsForAnother() throws Exception {
        start("max_wait_ms: 60000");
        second.misbehave(FaultyNode.Fault.LATE, "/documents");
        write("[{\"id\": 2}]");
        assertEquals(2, search(0).body().path("hits").size());
        first.kill();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpCalls.Reply>> reads = new ArrayList<>();
            for (int query = 0; query < QUERIES; query++) {
                int limit = query;
                reads.add(threads.submit(() -> search(limit)));
            }
            awaitMetrics(text -> text.contains("miroir_session_waiting_reads " + QUERIES + ".0"));
            second.behave();
            for (Future<HttpCalls.Reply> read : reads) {
                JsonNode body = read.get().body();
                assertEquals(2, body.path("hits").size(), body::toString);
            }
        }
        assertTrue(metrics().contains("miroir_session_waiting_reads 0.0"));
    }

    /** The second strategy: one group for all reads, and none of them waits. */
    @Test
    void aPinnedSessionReadsFromOneGroupAndDoesNotWait() {
        start("wait_strategy: route_pin, max_wait_ms: 0");
        first.misbehave(FaultyNode.Fault.LATE, "/documents");
        second.misbehave(FaultyNode.Fault.LATE, "/documents");
        write("[{\"id\": 2}]");
        int before = second.searches();
        for (int query = 0; query < QUERIES; query++) {
            assertEquals(1, search(query).body().path("hits").size(), "not applied yet");
        }
        assertEquals(before, second.searches(), "the other group was not asked");
        assertTrue(metrics().contains("miroir_session_pin_enforced_total " + QUERIES + ".0"));
        first.kill();
        pod.operator()
                .await(
                        "GET",
                        "/_miroir/topology",
                        reply -> reply.body().toString().contains("\"down\""));
        // The pin is void: any group is better than none.
        assertEquals(200, search(0).status());
        assertTrue(second.searches() > before);
        first.start();
        first.behave();
        second.behave();
    }

    @Test
    void aSessionOfADeletedIndexIsToldThatItIsGone() {
        start("max_wait_ms: 60000");
        // What became of the write is not told, so that it is pending when its index goes.
        first.misbehave(FaultyNode.Fault.ERROR, "/tasks");
        second.misbehave(FaultyNode.Fault.ERROR, "/tasks");
        HttpCalls.Reply write = write("[{\"id\": 2}]");
        assertEquals(202, client.call("DELETE", "/indexes/i", "", SESSION).status());
        assertCode("index_not_found", search(0));
        Map<String, String> shown = Map.of("X-Miroir-Receipt", write.header("X-Miroir-Receipt"));
        assertCode("index_not_found", client.get("/indexes/i/documents/2", shown));
        first.behave();
        second.behave();
        // Made anew, it has nothing of the former one to show.
        write("[{\"id\": 3}]");
        assertEquals(1, search(0).body().path("hits").size());
        assertEquals(404, client.get("/indexes/i/documents/2", shown).status());
    }

    /** A write that fails has nothing to show, and keeps nobody waiting. */
    @Test
    void aWriteThatFailsKeepsNoReadWaiting() {
        start("max_wait_ms: 60000");
        HttpCalls.Reply write =
                client.call(
                        "POST", "/indexes/i/documents/delete", "{\"filter\": \"n = 1\"}", SESSION);
        assertEquals(202, write.status(), write.body()::toString);
        assertEquals(1, search(0).body().path("hits").size());
        JsonNode task = client.finished(write.body().path("taskUid").asLong());
        assertEquals("failed", task.path("status").asString(), task::toString);
        write("[{\"no\": \"id\"}]");
        assertEquals(1, search(0).body().path("hits").size());
    }

    /** Reads that wait leave room for those that don't: two of four slots. */
    @Test
    void onlySoManyReadsWait() throws Exception {
        pod =
                new TestPod(
                        directory.resolve("pod"),
                        List.of(List.of(first.address()), List.of(second.address())),
                        1,
                        "session_pinning: {max_wait_ms: 60000}\n",
                        TestPod.secretsAnd("MIROIR__SERVER__MAX_CONCURRENT_REQUESTS", "8"));
        client = pod.client();
        client.awaitStatus("GET", "/_miroir/ready", 200);
        client.done("POST", "/indexes/i/documents", "[{\"id\": 1}]");
        first.misbehave(FaultyNode.Fault.LATE, "/documents");
        second.misbehave(FaultyNode.Fault.LATE, "/documents");
        write("[{\"id\": 2}]");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<HttpCalls.Reply> one = threads.submit(() -> search(1));
            Future<HttpCalls.Reply> two = threads.submit(() -> search(2));
            awaitMetrics(text -> text.contains("miroir_session_waiting_reads 2.0"));
            HttpCalls.Reply refused = search(3);
            assertEquals(503, refused.status(), refused.body()::toString);
            assertCode("miroir_overloaded", refused);
            first.behave();
            assertEquals(2, one.get().body().path("hits").size());
            assertEquals(2, two.get().body().path("hits").size());
        }
        second.behave();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "X-Miroir-Session, \"has spaces\", miroir_invalid_session",
                "X-Miroir-Session, LONG, miroir_invalid_session",
                "X-Miroir-Receipt, garbage, miroir_invalid_receipt",
                "X-Miroir-Receipt, 00000000-1-0000, miroir_invalid_receipt",
                "X-Miroir-Receipt, MANY, miroir_invalid_receipt"
            })
    void whatIsNoSessionAndNoReceiptIsRefused(String header, String value, String code) {
        start("enabled: true");
        String sent =
                switch (value) {
                    case "LONG" -> "x".repeat(257);
                    case "MANY" -> manyReceipts();
                    default -> value;
                };
        HttpCalls.Reply read = client.get("/indexes/i/search", Map.of(header, sent));
        assertEquals(400, read.status(), read.body()::toString);
        assertCode(code, read);
        // A receipt says nothing to a write; a session does.
        HttpCalls.Reply write =
                client.call("POST", "/indexes/i/documents", "[{\"id\": 2}]", Map.of(header, sent));
        assertEquals(header.endsWith("Session") ? 400 : 202, write.status());
    }

    private static String manyReceipts() {
        StringBuilder many = new StringBuilder("0");
        for (int i = 1; i < 17; i++) {
            many.append(", ").append(i);
        }
        return many.toString();
    }

    /** Switched off, the header is as any other that nobody knows. */
    @Test
    void withoutSessionsTheHeaderMeansNothing() {
        start("enabled: false");
        first.misbehave(FaultyNode.Fault.LATE, "/documents");
        second.misbehave(FaultyNode.Fault.LATE, "/documents");
        HttpCalls.Reply write = write("[{\"id\": 2}]");
        assertEquals("", write.header("X-Miroir-Session"));
        assertEquals(1, search(0).body().path("hits").size());
        first.behave();
        second.behave();
        // A receipt is none of sessions.
        Map<String, String> shown = Map.of("X-Miroir-Receipt", write.header("X-Miroir-Receipt"));
        assertEquals(200, client.get("/indexes/i/documents/2", shown).status());
    }
}
