package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.miroir.api.Json;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Documents in the place of their keys: they may be on other nodes than the hit. */
class ForeignKeysTest {
    private static final String SETTING = "/indexes/books/settings/foreign-keys";

    private static TestNodes nodes;
    private static TestPod pod;
    private static HttpCalls client;

    @BeforeAll
    static void start(@TempDir Path directory) {
        nodes = new TestNodes(directory, 1, 2);
        pod = new TestPod(directory.resolve("pod"), nodes.addresses(), 1, "");
        client = pod.client();
        client.awaitStatus("GET", "/_miroir/ready", 200);
        client.call("PATCH", "/experimental-features", "{\"foreignKeys\": true}");
        client.done("PATCH", "/indexes/authors/settings", "{\"displayedAttributes\": [\"name\"]}");
        client.done(
                "POST",
                "/indexes/authors/documents?primaryKey=id",
                "[{\"id\": 1, \"name\": \"Iris\", \"born\": 1919}, {\"id\": \"le\", \"name\": \"Ursula\"}]");
        client.done(
                "POST",
                "/indexes/books/documents?primaryKey=id",
                """
                [{"id": 1, "title": "sea", "author": 1},
                 {"id": 2, "title": "sea", "author": ["le", 1]},
                 {"id": 3, "title": "sea", "author": {"id": "le"}},
                 {"id": 4, "title": "sea", "author": "nobody"},
                 {"id": 5, "title": "sea", "author": "no key"},
                 {"id": 6, "title": "sea"}]
                """);
        client.done(
                "PUT",
                SETTING,
                "[{\"foreignIndexUid\": \"authors\", \"fieldName\": \"author\"},"
                        + " {\"foreignIndexUid\": \"authors\", \"fieldName\": \"author.id\"}]");
    }

    @AfterAll
    static void stop() {
        pod.close();
        nodes.close();
    }

    @Test
    void hitsHaveTheDocumentsThatTheirKeysLeadTo() {
        String iris = "{\"name\": \"Iris\"}";
        String ursula = "{\"name\": \"Ursula\"}";
        JsonNode expected =
                Json.parse(
                        "[%s, [%s, %s], {\"id\": %s}, {}, \"no key\"]"
                                .formatted(iris, ursula, iris, ursula));
        String query = "{\"q\": \"sea\"}";
        assertEquals(expected, authors(client.call("POST", "/indexes/books/search", query)));
        String queries = "\"queries\": [{\"indexUid\": \"books\", \"q\": \"sea\"}]}";
        JsonNode apart = client.call("POST", "/multi-search", "{" + queries).body();
        assertEquals(expected, authors(apart.path("results").path(0)));
        assertEquals(
                expected,
                authors(client.call("POST", "/multi-search", "{\"federation\": {}, " + queries)));
    }

    @Test
    void whatIsNoIndexIsToldAndWithoutTheFeatureKeysStay() {
        client.done(
                "PUT",
                "/indexes/lost/settings/foreign-keys",
                "[{\"foreignIndexUid\": \"x\", \"fieldName\": \"author\"}]");
        client.done("POST", "/indexes/lost/documents", "[{\"id\": 1, \"author\": 1}]");
        HttpCalls.Reply refused = client.call("POST", "/indexes/lost/search", "{}");
        assertEquals("Index `x` not found.", refused.body().path("message").asString());
        client.call("PATCH", "/experimental-features", "{\"foreignKeys\": false}");
        try {
            JsonNode hits = client.call("POST", "/indexes/lost/search", "{}").body().path("hits");
            assertEquals(1, hits.path(0).path("author").asInt());
            JsonNode all = client.call("GET", "/indexes/books/settings").body();
            assertFalse(all.has("foreignKeys"), all::toString);
            assertEquals(2, client.call("GET", SETTING).body().size());
            HttpCalls.Reply off = client.call("PUT", SETTING, "[]");
            assertEquals("feature_not_enabled", off.body().path("code").asString());
        } finally {
            client.call("PATCH", "/experimental-features", "{\"foreignKeys\": true}");
        }
    }

    /** As one Meilisearch, which looks at the keys of an index before all else of a search. */
    @Test
    void anIndexThatIsMissingIsToldFirst() {
        HttpCalls.Reply single = client.call("POST", "/indexes/none/search", "{\"filter\": [1]}");
        assertEquals(404, single.status(), single.body()::toString);
        assertEquals("Index `none` not found.", single.body().path("message").asString());
        String queries =
                "\"queries\": [{\"indexUid\": \"books\", \"sort\": [\"x:asc\"], \"limit\": 1},"
                        + " {\"indexUid\": \"none\", \"filter\": [1]}]}";
        HttpCalls.Reply together =
                client.call("POST", "/multi-search", "{\"federation\": {}, " + queries);
        assertEquals(404, together.status(), together.body()::toString);
        assertEquals("Index `none` not found.", together.body().path("message").asString());
        HttpCalls.Reply apart =
                client.call(
                        "POST",
                        "/multi-search",
                        "{" + queries.replace("\"sort\": [\"x:asc\"], ", ""));
        assertEquals(404, apart.status(), apart.body()::toString);
        assertEquals(
                "Inside `.queries[1]`: Index `none` not found.",
                apart.body().path("message").asString());
    }

    @Test
    void theSettingIsThatOfTheClient() {
        JsonNode all = client.call("GET", "/indexes/books/settings").body();
        assertEquals(client.call("GET", SETTING).body(), all.path("foreignKeys"));
        HttpCalls.Reply refused = client.call("PUT", SETTING, "[{\"fieldName\": \"a\"}]");
        assertEquals("invalid_settings_foreign_keys", refused.body().path("code").asString());
        client.done("PUT", "/indexes/other/settings/foreign-keys", "[]");
        client.done("DELETE", "/indexes/other/settings/foreign-keys", "");
        JsonNode other = client.call("GET", "/indexes/other/settings/foreign-keys").body();
        assertEquals(Json.array(), other);
    }

    /** In the order of the ids of the books. */
    private static JsonNode authors(HttpCalls.Reply reply) {
        assertEquals(200, reply.status(), reply.body()::toString);
        return authors(reply.body());
    }

    private static JsonNode authors(JsonNode answer) {
        var authors = Json.array();
        answer.path("hits")
                .valueStream()
                .sorted((a, b) -> a.path("id").asInt() - b.path("id").asInt())
                .filter(hit -> hit.has("author"))
                .forEach(hit -> authors.add(hit.get("author")));
        return authors;
    }
}
