package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.keys.TestTokens;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Keys and tenant tokens on one pod over two nodes. */
class KeysTest {
    @TempDir Path directory;

    private TestNodes nodes;
    private TestPod pod;
    private HttpCalls client;

    @BeforeEach
    void start() {
        nodes = new TestNodes(directory, 1, 2);
        pod = new TestPod(directory, nodes.addresses(), 1, "");
        client = pod.client();
        client.awaitStatus("GET", "/_miroir/ready", 200);
        client.await("GET", "/keys", reply -> reply.body().path("total").asInt() == 4);
    }

    @AfterEach
    void stop() {
        pod.close();
        nodes.close();
    }

    @Test
    void theFirstKeysAreMadeOnceAndDeletedOnesStayAway() {
        List<JsonNode> first = list();
        assertEquals(
                List.of(
                        "Default Search API Key",
                        "Default Admin API Key",
                        "Default Read-Only Admin API Key",
                        "Default Chat API Key"),
                first.stream().map(key -> key.path("name").asString()).toList());
        String admin = first.get(1).path("key").asString();
        assertEquals(200, client.with(admin).call("GET", "/keys").status());
        client.call("DELETE", "/keys/" + first.get(1).path("uid").asString());
        pod.restart();
        client = pod.client();
        client.awaitStatus("GET", "/_miroir/ready", 200);
        assertEquals(
                List.of(first.get(0), first.get(2), first.get(3)),
                list(),
                "the others are what they were");
        assertEquals(403, client.with(admin).call("GET", "/keys").status());
    }

    /** A rule holds whatever the client filters by, also for the document that others are like. */
    @Test
    void aTokenSeesWhatItsRuleLetsItSee() {
        client.done("POST", "/indexes", "{\"uid\": \"d\", \"primaryKey\": \"id\"}");
        client.done(
                "PATCH",
                "/indexes/d/settings",
                "{\"filterableAttributes\": [\"team\"], \"embedders\":"
                        + " {\"e\": {\"source\": \"userProvided\", \"dimensions\": 2}}}");
        client.done(
                "POST",
                "/indexes/d/documents",
                IntStream.range(0, 8)
                        .mapToObj(
                                i ->
                                        "{\"id\": %d, \"team\": \"%s\", \"_vectors\": {\"e\": [1, %d]}}"
                                                .formatted(i, i % 2 == 0 ? "even" : "odd", i))
                        .toList()
                        .toString());
        JsonNode key =
                client.call(
                                "POST",
                                "/keys",
                                "{\"actions\": [\"search\"], \"indexes\": [\"d\"],"
                                        + " \"expiresAt\": null}")
                        .body();
        HttpCalls even = token(key, "{\"*\": {\"filter\": \"team = even\"}}");
        assertEquals(4, hits(even.call("POST", "/indexes/d/search", "{}")));
        assertEquals(
                0, hits(even.call("POST", "/indexes/d/search", "{\"filter\": \"team = odd\"}")));
        assertEquals(
                4,
                hits(
                        even.call(
                                "POST",
                                "/indexes/d/search",
                                "{\"filter\": \"team = odd OR team = even\"}")));
        String similar = "{\"id\": %d, \"embedder\": \"e\"}";
        assertEquals(3, hits(even.call("POST", "/indexes/d/similar", similar.formatted(2))));
        HttpCalls.Reply hidden = even.call("POST", "/indexes/d/similar", similar.formatted(3));
        assertEquals("not_found_similar_id", hidden.body().path("code").asString());

        // A rule that is no filter shows nothing instead of everything, on every route.
        HttpCalls broken = token(key, "{\"*\": {\"filter\": 5}}");
        for (String request :
                List.of(
                        "/indexes/d/search {}",
                        "/indexes/d/facet-search {\"facetName\": \"team\"}",
                        "/indexes/d/similar " + similar.formatted(2),
                        "/multi-search {\"queries\": [{\"indexUid\": \"d\"}]}",
                        "/multi-search {\"federation\": {}, \"queries\": [{\"indexUid\": \"d\"}]}")) {
            String[] words = request.split(" ", 2);
            HttpCalls.Reply refused = broken.call("POST", words[0], words[1]);
            assertEquals(400, refused.status(), () -> request + " " + refused.body());
            if (request.startsWith("/multi-search")) {
                assertEquals(
                        "Inside `.queries[0]`: Invalid syntax for the filter parameter: `expected"
                                + " String, Array, found: 5`.",
                        refused.body().path("message").asString(),
                        request);
            }
        }
        HttpCalls second = token(key, "{\"d\": {\"filter\": [\"team = even\", \"team =\"]}}");
        HttpCalls.Reply refused =
                second.call(
                        "POST",
                        "/multi-search",
                        "{\"federation\": {}, \"queries\": [{\"indexUid\": \"d\","
                                + " \"filter\": \"team = odd\"}]}");
        assertEquals("invalid_search_filter", refused.body().path("code").asString());
        assertTrue(
                refused.body().path("message").asString().startsWith("Inside `.queries[0]`: Was"),
                refused.body()::toString);
    }

    /** A key of some indexes sees their tasks only, and cancels and deletes no others. */
    @Test
    void aKeyOfSomeIndexesSeesTheirTasks() {
        client.done("POST", "/indexes", "{\"uid\": \"a\"}");
        client.done("POST", "/indexes", "{\"uid\": \"b\"}");
        client.call("DELETE", "/tasks?statuses=failed");
        String value =
                client.call(
                                "POST",
                                "/keys",
                                "{\"actions\": [\"tasks.*\"], \"indexes\": [\"a\"],"
                                        + " \"expiresAt\": null}")
                        .body()
                        .path("key")
                        .asString();
        HttpCalls some = client.with(value);
        JsonNode page = some.call("GET", "/tasks").body();
        assertEquals(1, page.path("results").size(), page::toString);
        assertEquals("a", page.path("results").path(0).path("indexUid").asString());
        assertEquals(1, some.call("GET", "/batches").body().path("results").size());
        assertEquals(0, some.call("GET", "/tasks?indexUids=b").body().path("results").size());
        long own = page.path("results").path(0).path("uid").asLong();
        assertEquals(200, some.call("GET", "/tasks/" + own).status());
        assertEquals(404, some.call("GET", "/tasks/" + (own + 1)).status());
        JsonNode deletion = some.call("DELETE", "/tasks?statuses=succeeded").body();
        JsonNode details = client.finished(deletion.path("taskUid").asLong()).path("details");
        assertEquals(1, details.path("deletedTasks").asInt(), details::toString);
        assertNotEquals(404, client.call("GET", "/tasks/" + (own + 1)).status());
    }

    private HttpCalls token(JsonNode key, String rules) {
        return client.with(
                TestTokens.of(key.path("uid").asString(), key.path("key").asString(), rules));
    }

    private static int hits(HttpCalls.Reply reply) {
        assertEquals(200, reply.status(), reply.body()::toString);
        return reply.body().path("hits").size();
    }

    private List<JsonNode> list() {
        return client.call("GET", "/keys").body().path("results").valueStream().toList();
    }
}
