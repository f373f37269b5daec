package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests that few clients make. What a Meilisearch 1.50 answers was found by asking one and a
 * cluster the same.
 */
class OddRequestsTest {
    private static final String SEARCH = "POST /indexes/d/search ";

    private static TestNodes nodes;
    private static TestPod pod;
    private static HttpCalls client;

    @BeforeAll
    static void start(@TempDir Path directory) {
        nodes = new TestNodes(directory, 1, 2);
        pod = new TestPod(directory.resolve("pod"), nodes.addresses(), 1, "");
        client = pod.client();
        client.awaitStatus("GET", "/_miroir/ready", 200);
        client.done(
                "PATCH",
                "/indexes/d/settings",
                """
                {"filterableAttributes": ["genre", "title"], "sortableAttributes": ["id", "_geo"],
                 "embedders": {"e": {"source": "userProvided", "dimensions": 1}}}
                """);
        client.done(
                "POST",
                "/indexes/d/documents",
                "[{\"id\": 1, \"genre\": \"a\", \"title\": \"t\", \"_vectors\": {\"e\": [1]}},"
                        + " {\"id\": 2, \"genre\": \"b\", \"title\": \"t\", \"_vectors\": {\"e\": [2]}}]");
    }

    @AfterAll
    static void stop() {
        pod.close();
        nodes.close();
    }

    @Test
    void whatIsOddIsAnswered() {
        assertEquals(2, ok("GET /indexes/d/search?facets=,").path("hits").size());
        assertEquals(2, ok("GET /indexes/d/search?locales=").path("hits").size());
        assertEquals(0, ok("GET /indexes/d/documents?ids=,").path("results").size());
        assertEquals(0, ok("GET /tasks?types=,").path("total").asInt());
        assertEquals(ok("GET /tasks").path("total"), ok("GET /tasks?indexUids=d,*").path("total"));
        assertEquals(0, ok("GET /tasks/+0").path("uid").asInt());
        assertEquals(1, ok("GET /indexes/d/documents?ids=1,,9").path("results").size());
        ok(
                "POST /multi-search {\"queries\": [{\"indexUid\": \"d\","
                        + " \"showPerformanceDetails\": null}]}");
    }

    /** Bounds of ours, each with the last that is taken and the first that is not. */
    @Test
    void whatOneRequestMayNameIsBounded() {
        String key = "Idempotency-Key";
        assertEquals(202, naming("POST", key, "k".repeat(512)).status());
        assertRefused("bad_request", "than 512", naming("POST", key, "k".repeat(513)));

        String session = "X-Miroir-Session";
        assertEquals(200, naming("GET", session, "s".repeat(256)).status());
        assertRefused("miroir_invalid_session", "257", naming("GET", session, "s".repeat(257)));

        String receipt = "X-Miroir-Receipt";
        HttpCalls.Reply written = client.call("POST", "/indexes/d/documents", "[{\"id\": 1}]");
        String shown = written.header(receipt);
        String same = String.join(",", Collections.nCopies(17, shown));
        assertEquals(200, naming("GET", receipt, same).status(), "one, however often");
        assertRefused(
                "miroir_invalid_receipt",
                "at most 16",
                naming("GET", receipt, numbered(17, Integer::toString)));

        assertEquals(202, swaps(512).status());
        assertRefused("bad_request", "At most 512", swaps(513));
    }

    private static HttpCalls.Reply naming(String method, String header, String value) {
        String target = method.equals("GET") ? "/indexes/d/search" : "/indexes/bounded/documents";
        return client.call(method, target, method.equals("GET") ? "" : "[]", Map.of(header, value));
    }

    private static HttpCalls.Reply swaps(int count) {
        String swaps = numbered(count, i -> "{\"indexes\": [\"a%d\", \"b%d\"]}".formatted(i, i));
        return client.call("POST", "/swap-indexes", "[" + swaps + "]");
    }

    private static String numbered(int count, IntFunction<String> text) {
        return IntStream.range(0, count).mapToObj(text).collect(Collectors.joining(","));
    }

    private static void assertRefused(String code, String words, HttpCalls.Reply reply) {
        assertEquals(400, reply.status(), reply.body()::toString);
        assertEquals(code, reply.body().path("code").asString());
        String message = reply.body().path("message").asString();
        assertTrue(message.contains(words), message);
    }

    @Test
    void whatIsWrongIsRefusedInTheSameWords() {
        refused(
                "POST /indexes/d/documents/fetch {\"sort\": [\"_geoPoint(1):asc\"]}",
                "invalid_document_sort");
        refused("GET /indexes/d/search?filter=null", "invalid_search_filter");
        refused("GET /indexes/d/documents?filter=null", "invalid_document_filter");
        refused(
                "GET /indexes/d/search?rankingScoreThreshold=%201",
                "invalid_search_ranking_score_threshold");
        refused("GET /indexes/d/documents?sort=-1&filter=0", "invalid_document_sort");
        refused("GET /indexes/d/documents?useNetwork=true", "invalid_document_use_network");
        refused("POST /indexes/d/documents/fetch {\"useNetwork\": true}", "feature_not_enabled");
        refused(
                "POST /indexes/d/similar {\"id\": \" \", \"embedder\": \"e\", \"offset\": \"x\"}",
                "invalid_similar_offset");
        refused("GET /indexes/d/similar?id=&embedder=e", "invalid_similar_id");
        refused("POST /indexes/a%20b/fields {}", "index_not_found");
        refused(
                "POST /indexes/d/documents?csvDelimiter=%C3%A9 [{\"id\": 1}]",
                "invalid_document_csv_delimiter");
        JsonNode number = refused(SEARCH + "{\"q\": 1e300}", "invalid_search_q");
        assertEquals(
                "Invalid value type at `.q`: expected a string, but found a number: `1e+300`",
                number.path("message").asString());
    }

    /** Of two faults the one is told that Meilisearch finds first. */
    @Test
    void filtersOfAFederationAreReadBeforeAllElse() {
        String filter = "{\"indexUid\": \"d\", \"filter\": \"genre =\"}";
        for (String other :
                List.of(
                        "{\"indexUid\": \"d\", \"page\": 1}",
                        "{\"indexUid\": \"d\", \"sort\": [\"no:asc\"]}",
                        "{\"indexUid\": \"none\"}")) {
            refused(
                    "POST /multi-search {\"federation\": {}, \"queries\": [%s, %s]}"
                            .formatted(other, filter),
                    "invalid_search_filter");
        }
        refused(
                "POST /multi-search {\"federation\": {}, \"queries\": [{\"indexUid\": \"none\"},"
                        + " {\"indexUid\": \"d\", \"sort\": [\"no:asc\"]}]}",
                "invalid_search_sort");
    }

    /** Nodes have fields of ours; no client finds, sorts or counts by them. */
    @Test
    void reservedFieldsAreOutOfReach() {
        for (String body :
                List.of(
                        "{\"filter\": \"_miroir_shard EXISTS\"}",
                        "{\"sort\": [\"_miroir_seq:asc\"]}",
                        "{\"distinct\": \"_miroir_shard\"}",
                        "{\"attributesToHighlight\": [\"_miroir_shard\"]}")) {
            refused(SEARCH + body, "miroir_reserved_field");
        }
        refused(
                "POST /indexes/d/facet-search {\"facetName\": \"_miroir_shard\"}",
                "miroir_reserved_field");
        refused(
                "POST /indexes/d/documents/fetch {\"sort\": [\"_miroir_seq:asc\"]}",
                "miroir_reserved_field");
        refused(
                "POST /multi-search {\"federation\": {}, \"queries\": [{\"indexUid\": \"d\","
                        + " \"filter\": \"_miroir_shard EXISTS\"}]}",
                "miroir_reserved_field");
    }

    @Test
    void bodiesAreJsonByTheNameOfTheirTypeAndHaveNoMark() {
        for (String type : List.of("text/json", "application/geo+json; charset=utf-8")) {
            byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
            assertEquals(200, client.call("POST", "/indexes/d/search", type, body).status(), type);
        }
        byte[] plain = "{}".getBytes(StandardCharsets.UTF_8);
        assertEquals(415, client.call("POST", "/indexes/d/search", "text/plain", plain).status());
        refused(SEARCH + "\uFEFF{}", "malformed_payload");
    }

    @Test
    void additionsReadWhatOthersWrite() {
        byte[] csv = "\uFEFFid,a\n1,2".getBytes(StandardCharsets.UTF_8);
        JsonNode task = client.call("POST", "/indexes/csv/documents", "text/csv", csv).body();
        JsonNode done = client.finished(task.path("taskUid").asLong());
        assertEquals("succeeded", done.path("status").asString(), done::toString);
        JsonNode skipped = ok("POST /indexes/csv/documents?skipCreation=True [{\"id\": 7}]");
        client.finished(skipped.path("taskUid").asLong());
        refused("GET /indexes/csv/documents/7", "document_not_found");
        JsonNode compaction = ok("POST /indexes/none/compact");
        JsonNode failed = client.finished(compaction.path("taskUid").asLong());
        assertTrue(failed.path("details").isObject(), failed::toString);
    }

    @Test
    void whatIsAskedOfDocumentsIsCheckedAsOneServerDoes() {
        assertEquals(
                1L << 40,
                ok("GET /indexes/d/documents?offset=1099511627776&limit=2147483648")
                        .path("offset")
                        .asLong());
        assertEquals(
                2,
                ok("POST /indexes/d/documents/fetch {\"limit\": 9007199254740993}")
                        .path("results")
                        .size());
        refused("POST /indexes/none/documents/fetch {\"filter\": \"==\"}", "index_not_found");
        refused("POST /indexes/d/documents/fetch {\"filter\": \"==\"}", "invalid_document_filter");
        assertEquals(
                "Using `CONTAINS` in a filter requires enabling the `contains filter` experimental"
                        + " feature. See https://github.com/orgs/meilisearch/discussions/763\n"
                        + "3:11 a CONTAINS b",
                refused(
                                "POST /indexes/d/documents/delete {\"filter\": \"a CONTAINS b\"}",
                                "feature_not_enabled")
                        .path("message")
                        .asString());
        refused(
                "POST /indexes/d/documents/delete {\"filter\": \"_vectors EXISTS\"}",
                "feature_not_enabled");
    }

    /**
     * A filter is read, and features are looked at, before it is known whether there is an index.
     */
    @Test
    void theIndexOfASearchIsLookedForLast() {
        refused("POST /indexes/none/search {\"filter\": \"a =\"}", "invalid_search_filter");
        refused("GET /indexes/none/search?filter=a%20CONTAINS%20b", "feature_not_enabled");
        refused("POST /indexes/none/search {\"useNetwork\": false}", "feature_not_enabled");
        refused(
                "POST /multi-search {\"queries\": [{\"indexUid\": \"d\"},"
                        + " {\"indexUid\": \"none\", \"filter\": [1]}]}",
                "invalid_search_filter");
        refused("POST /indexes/none/search {\"sort\": [\"a\"]}", "index_not_found");
        refused(
                "POST /indexes/none/facet-search {\"facetName\": \"a\", \"filter\": \"a =\"}",
                "index_not_found");
    }

    /** Shows: one server knows an attribute that only other documents have, whatever is found. */
    @Test
    void attributesOfOtherDocumentsAreKnownToASearchForOne() {
        client.done(
                "PATCH",
                "/indexes/sizes/settings",
                "{\"filterableAttributes\": [\"id\", \"size\"]}");
        client.done(
                "POST",
                "/indexes/sizes/documents?primaryKey=id",
                "[{\"id\": 0, \"size\": \"l\"},"
                        + numbered(20, i -> "{\"id\": %d}".formatted(i + 1))
                        + "]");
        for (int id = 0; id <= 20; id++) {
            String filter = "{\"filter\": \"id = %d\", ".formatted(id);
            JsonNode counted =
                    ok("POST /indexes/sizes/search " + filter + "\"facets\": [\"size\"]}");
            JsonNode sizes = counted.path("facetDistribution").path("size");
            assertEquals(id == 0 ? "{\"l\":1}" : "{}", sizes.toString(), counted::toString);
            for (String format : List.of("attributesToHighlight", "attributesToCrop")) {
                String query = filter + "\"" + format + "\": [\"size\"]}";
                String federated =
                        "{\"federation\": {}, \"queries\": [{\"indexUid\": \"sizes\", "
                                + query.substring(1)
                                + "]}";
                for (String request :
                        List.of("indexes/sizes/search " + query, "multi-search " + federated)) {
                    JsonNode found = ok("POST /" + request);
                    JsonNode form = found.path("hits").path(0).path("_formatted");
                    assertEquals(
                            Integer.toString(id), form.path("id").asString(""), found::toString);
                }
            }
            JsonNode unknown =
                    ok(
                            "POST /indexes/sizes/search "
                                    + filter
                                    + "\"attributesToHighlight\": [\"none\"]}");
            assertFalse(unknown.path("hits").path(0).has("_formatted"), unknown::toString);
        }
    }

    /** Shows: what a client is told of its queries themselves, as Meilisearch 1.50 tells it. */
    @Test
    void queriesAreToldIfTheClientAsks() {
        client.done("POST", "/indexes", "{\"uid\": \"keyless\"}");
        assertTold("{'query': 'a', 'indexUid': 'd', 'primaryKey': 'id'}", "d", "'q': 'a'");
        assertTold("{'query': '', 'indexUid': 'd', 'primaryKey': 'id'}", "d", "'q': ''");
        assertTold("{'indexUid': 'd', 'primaryKey': 'id'}", "d", "'q': null");
        assertTold("{'query': 'a', 'indexUid': 'keyless'}", "keyless", "'q': 'a'");
        assertTold("{'indexUid': 'keyless'}", "keyless", "'limit': 1");
        JsonNode got = told("GET", "/indexes/d/search?q=a", "");
        assertEquals("a", got.path("metadata").path("query").asString(), got::toString);
    }

    private static void assertTold(String expected, String index, String query) {
        JsonNode told = Json.parse(expected.replace('\'', '"'));
        JsonNode alone = told("POST", "/indexes/" + index + "/search", "{" + query + "}");
        assertEquals(told, withoutUid(alone.path("metadata")));
        String queries = "'queries': [{'indexUid': '" + index + "', " + query + "}]}";
        JsonNode apart = told("POST", "/multi-search", "{" + queries);
        assertEquals(told, withoutUid(apart.path("results").path(0).path("metadata")));
        if (!query.contains("limit")) {
            JsonNode together = told("POST", "/multi-search", "{'federation': {}, " + queries);
            assertEquals(told, withoutUid(together.path("metadata").path(0)));
        }
    }

    private static JsonNode told(String method, String path, String body) {
        return client.call(
                        method,
                        path,
                        body.replace('\'', '"'),
                        Map.of("Meili-Include-Metadata", "true"))
                .body();
    }

    private static JsonNode withoutUid(JsonNode metadata) {
        ObjectNode rest = (ObjectNode) metadata;
        assertFalse(rest.remove("queryUid").asString().isEmpty());
        return rest;
    }

    /** Shows: of two faults, that of the parameters or the body is told before that of the name. */
    @Test
    void theNameOfTheIndexIsLookedAtLast() {
        for (String[] wrong :
                new String[][] {
                    {"POST", "search {\"offset\": -1}", "invalid_search_offset"},
                    {"GET", "search?limit=x", "invalid_search_limit"},
                    {"POST", "facet-search {\"q\": 1}", "invalid_search_q"},
                    {"POST", "similar {\"id\": 1}", "bad_request"},
                    {"GET", "documents?limit=x", "invalid_document_limit"},
                    {"POST", "documents?csvDelimiter=xx []", "invalid_document_csv_delimiter"},
                    {"PUT", "settings/stop-words {}", "invalid_settings_stop_words"},
                    {"GET", "stats?sizeFormat=x", "invalid_stats_size_format"}
                }) {
            refused(wrong[0] + " /indexes/b@d/" + wrong[1], wrong[2]);
        }
        for (String right :
                List.of(
                        "POST /indexes/b@d/search {}",
                        "GET /indexes/b@d/search",
                        "POST /indexes/b@d/facet-search {\"facetName\": \"a\"}",
                        "POST /indexes/b@d/similar {\"id\": 1, \"embedder\": \"e\"}",
                        "GET /indexes/b@d/documents",
                        "GET /indexes/b@d/documents/1",
                        "POST /indexes/b@d/documents []",
                        "DELETE /indexes/b@d/documents",
                        "DELETE /indexes/b@d/documents/1",
                        "GET /indexes/b@d",
                        "DELETE /indexes/b@d",
                        "GET /indexes/b@d/settings",
                        "PATCH /indexes/b@d/settings {}",
                        "GET /indexes/b@d/stats",
                        "POST /indexes/b@d/compact")) {
            refused(right, "invalid_index_uid");
        }
    }

    private static JsonNode ok(String request) {
        HttpCalls.Reply reply = call(request);
        assertTrue(reply.status() < 300, () -> request + reply.body());
        return reply.body();
    }

    private static JsonNode refused(String request, String code) {
        HttpCalls.Reply reply = call(request);
        assertEquals(code, reply.body().path("code").asString(), () -> request + reply.body());
        return reply.body();
    }

    private static HttpCalls.Reply call(String request) {
        String[] words = request.split(" ", 3);
        return words.length < 3
                ? client.call(words[0], words[1])
                : client.call(words[0], words[1], words[2]);
    }
}
