package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Written through one pod, read through another at once: three pods over two groups of one node, of
 * which the second is slow to begin what it took.
 */
class SessionsOnPodsTest {
    private static final int PODS = 3;

    /** Enough that some prefer either group. */
    private static final int QUERIES = 24;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Map<String, String> SESSION =
            Map.of("X-Miroir-Session", "5f0c4a52-7a0b-4a52-9d8e-6a4f2f1f0c11");

    @TempDir Path directory;

    private FaultyNode first;
    private FaultyNode second;
    private final List<TestPod> pods = new ArrayList<>();

    @BeforeEach
    void start() {
        first = new FaultyNode(directory.resolve("first"));
        second = new FaultyNode(directory.resolve("second"));
        pods.addAll(
                TestPod.startGroup(
                        directory,
                        List.of(List.of(first.address()), List.of(second.address())),
                        PODS,
                        "",
                        // A busy machine takes longer to settle what was written.
                        "session_pinning: {max_wait_ms: 60000}\n"));
        pods.getFirst().client().done("POST", "/indexes/i/documents", "[{\"id\": 1}]");
    }

    @AfterEach
    void stop() {
        pods.forEach(TestPod::close);
        first.close();
        second.close();
    }

    private HttpCalls.Reply write(int pod, String index, String documents) {
        HttpCalls.Reply reply =
                pods.get(pod)
                        .client()
                        .call("POST", "/indexes/" + index + "/documents", documents, SESSION);
        assertEquals(202, reply.status(), reply.body()::toString);
        assertEquals(SESSION.get("X-Miroir-Session"), reply.header("X-Miroir-Session"));
        return reply;
    }

    private HttpCalls.Reply search(int pod, int query, Map<String, String> headers) {
        String body = "{\"filter\": null, \"limit\": " + (30 + query) + "}";
        return pods.get(pod).client().leased("POST", "/indexes/i/search", body, headers);
    }

    private static int hits(HttpCalls.Reply reply) {
        assertEquals(200, reply.status(), reply.body()::toString);
        return reply.body().path("hits").size();
    }

    /** The race that sessions are for: the write is acknowledged, and one group lacks it yet. */
    @Test
    void aSessionReadsItsWriteOnAnyPodWhileAGroupIsSlow() {
        second.misbehave(FaultyNode.Fault.LATE, "/documents");
        HttpCalls.Reply write = write(0, "i", "[{\"id\": 2}]");
        int behind = 0;
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        // Without a session some reads meet the group that lacks it, unless its node seems slow.
        for (int query = 0; query < QUERIES || behind == 0; query++) {
            assertTrue(System.nanoTime() < giveUpNanos, "no read is behind");
            assertEquals(2, hits(search(1 + query % 2, query, SESSION)), "query " + query);
            behind += hits(search(1 + query % 2, query, Map.of())) == 1 ? 1 : 0;
        }
        second.behave();
        JsonNode task = pods.get(2).client().finished(write.body().path("taskUid").asLong());
        assertEquals("succeeded", task.path("status").asString(), task::toString);
        for (int query = 0; query < QUERIES; query++) {
            assertEquals(2, hits(search(query % PODS, query, SESSION)), "query " + query);
        }
    }

    /** No session is needed: who holds a write's receipt sees that write. */
    @Test
    void aReceiptShowsItsWriteOnAnyPodAndToAnybody() {
        second.misbehave(FaultyNode.Fault.LATE, "/documents");
        HttpCalls.Reply write =
                pods.getFirst().client().call("POST", "/indexes/i/documents", "[{\"id\": 2}]");
        Map<String, String> shown = Map.of("X-Miroir-Receipt", write.header("X-Miroir-Receipt"));
        for (int query = 0; query < QUERIES; query++) {
            HttpCalls.Reply read = search(1 + query % 2, query, shown);
            assertEquals(2, hits(read), "query " + query);
        }
        for (int pod = 0; pod < PODS; pod++) {
            HttpCalls client = pods.get(pod).client();
            assertEquals(200, client.leased("GET", "/indexes/i/documents/2", "", shown).status());
            JsonNode stats = client.leased("GET", "/indexes/i/stats", "", shown).body();
            assertEquals(2, stats.path("numberOfDocuments").asInt(), stats::toString);
            assertEquals(2, documents(client, "{}", shown));
        }
        second.behave();
    }

    private static int documents(HttpCalls client, String body, Map<String, String> headers) {
        return client.leased("POST", "/indexes/i/documents/fetch", body, headers)
                .body()
                .path("total")
                .asInt();
    }

    /** What creates its index is seen too: before, there is none to be read. */
    @Test
    void aSessionReadsTheIndexThatItsFirstDocumentsMake() {
        for (int i = 0; i < 6; i++) {
            String index = "new" + i;
            HttpCalls.Reply write = write(i % PODS, index, "[{\"id\": 1}]");
            HttpCalls other = pods.get((i + 1) % PODS).client();
            HttpCalls.Reply read =
                    other.leased("POST", "/indexes/" + index + "/search", "{}", SESSION);
            assertEquals(1, hits(read));
            Map<String, String> shown =
                    Map.of("X-Miroir-Receipt", write.header("X-Miroir-Receipt"));
            assertEquals(200, other.leased("GET", "/indexes/" + index, "", shown).status());
        }
    }

    /** Each query of a request waits for its own index, and for all that was written to it. */
    @Test
    void aMultiSearchSeesTheWritesOfAllItsIndexes() {
        pods.getFirst().client().done("POST", "/indexes/j/documents", "[{\"id\": 1}]");
        second.misbehave(FaultyNode.Fault.LATE, "/documents");
        write(0, "i", "[{\"id\": 2}]");
        // Another write of the session, to another index, must not hide the first.
        HttpCalls.Reply last = write(1, "j", "[{\"no\": \"key\"}]");
        JsonNode failed = pods.get(1).client().finished(last.body().path("taskUid").asLong());
        assertEquals("failed", failed.path("status").asString(), failed::toString);
        String queries = "\"queries\": [{\"indexUid\": \"i\"}, {\"indexUid\": \"j\"}]";
        HttpCalls reader = pods.get(2).client();
        JsonNode apart =
                reader.leased("POST", "/multi-search", "{" + queries + "}", SESSION).body();
        assertEquals(2, apart.path("results").path(0).path("hits").size(), apart::toString);
        assertEquals(1, apart.path("results").path(1).path("hits").size(), apart::toString);
        JsonNode one =
                reader.leased(
                                "POST",
                                "/multi-search",
                                "{\"federation\": {}, " + queries + "}",
                                SESSION)
                        .body();
        assertEquals(3, one.path("hits").size(), one::toString);
        second.behave();
    }

    @Test
    void aSessionReadsItsSettingsOnAnyPod() {
        for (int i = 0; i < 6; i++) {
            String attribute = "a" + i;
            HttpCalls.Reply change =
                    pods.get(i % PODS)
                            .client()
                            .call(
                                    "PUT",
                                    "/indexes/i/settings/sortable-attributes",
                                    "[\"" + attribute + "\"]",
                                    SESSION);
            assertEquals(202, change.status(), change.body()::toString);
            HttpCalls other = pods.get((i + 1) % PODS).client();
            String settings = "/indexes/i/settings/sortable-attributes";
            JsonNode shown = other.leased("GET", settings, "", SESSION).body();
            assertEquals("[\"" + attribute + "\"]", shown.toString());
            String sorted = "{\"sort\": [\"" + attribute + ":asc\"]}";
            assertEquals(200, other.leased("POST", "/indexes/i/search", sorted, SESSION).status());
        }
    }

    /** A pod that can't ask the others what the session wrote does not pretend to know. */
    @Test
    void aPodWithoutContactReadsForNoSession() {
        pods.removeFirst().close();
        pods.removeFirst().close();
        HttpCalls client = pods.getFirst().client();
        HttpCalls.Reply refused = client.get("/indexes/i/search", SESSION);
        assertEquals(503, refused.status(), refused.body()::toString);
        assertEquals("miroir_stale_view", refused.body().path("code").asString());
        assertFalse(client.get("/indexes/i/search", Map.of()).body().path("hits").isEmpty());
    }
}
