package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
        client.done(
                "PATCH",
                "/indexes/authors/settings",
                "{\"displayedAttributes\": [\"name\"], \"filterableAttributes\": [\"name\"]}");
        client.done(
                "PATCH",
                "/indexes/books/settings",
                "{\"filterableAttributes\": [\"author\", \"title\", \"many\"]}");
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
                        + " {\"foreignIndexUid\": \"authors\", \"fieldName\": \"author.id\"},"
                        + " {\"foreignIndexUid\": \"crowd\", \"fieldName\": \"many\"}]");
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
            assertEquals(3, client.call("GET", SETTING).body().size());
            HttpCalls.Reply off = client.call("PUT", SETTING, "[]");
            assertEquals("feature_not_enabled", off.body().path("code").asString());
        } finally {
            client.call("PATCH", "/experimental-features", "{\"foreignKeys\": true}");
        }
    }

    /** Shows: a filter looks into another index, whichever nodes have its documents. */
    @Test
    void filtersLookIntoOtherIndexes() {
        String iris = "\"filter\": \"_foreign(author, name = iris)\"";
        assertEquals(List.of(1, 2), ids("/indexes/books/search", "{" + iris + "}"));
        assertEquals(List.of(1, 2), ids("/indexes/books/documents/fetch", "{" + iris + "}"));
        assertEquals(
                List.of(2),
                ids(
                        "/indexes/books/search",
                        "{\"filter\": [\"_foreign(author, name = iris)\", [\"_foreign(author,"
                                + " name = ursula)\", \"title = land\"]]}"));
        assertEquals(
                List.of(3, 4, 5, 6),
                ids("/indexes/books/search", "{" + iris.replace("_foreign", "NOT _foreign") + "}"));
        String query = "{\"indexUid\": \"books\", " + iris + "}";
        assertEquals(
                List.of(1, 2),
                ids("/multi-search", "{\"federation\": {}, \"queries\": [" + query + "]}"));
        JsonNode apart =
                client.call("POST", "/multi-search", "{\"queries\": [" + query + "]}").body();
        assertEquals(2, apart.at("/results/0/hits").size(), apart::toString);
        JsonNode facets =
                client.call(
                                "POST",
                                "/indexes/books/facet-search",
                                "{\"facetName\": \"title\", " + iris + "}")
                        .body();
        assertEquals(2, facets.at("/facetHits/0/count").asInt(), facets::toString);
    }

    /** The words are those of Meilisearch 1.50. */
    @Test
    void whatIsWrongWithSuchFiltersIsTold() {
        client.done(
                "POST",
                "/indexes/crowd/documents?primaryKey=id",
                IntStream.range(0, 101)
                        .mapToObj(i -> "{\"id\": %d, \"few\": %s}".formatted(i, i < 100))
                        .collect(Collectors.joining(",", "[", "]")));
        client.done("PUT", "/indexes/crowd/settings/filterable-attributes", "[\"id\", \"few\"]");
        assertEquals(List.of(), ids("/indexes/books/search", filter("_foreign(many, few = true)")));
        refused(
                "_foreign(many, id >= 0)",
                "invalid_search_filter",
                "Index `crowd`: Foreign filter is retrieving too many documents, foreign filters"
                        + " can't retrieve more than 100 documents per index");
        refused(
                "_foreign(many, few = true) OR _foreign(many, few = false)",
                "invalid_search_filter",
                "Index `crowd`: Foreign filter is retrieving too many documents, foreign filters"
                        + " can't retrieve more than 100 documents per index");
        refused(
                "title = sea AND _foreign(title, a = 1)",
                "invalid_search_filter",
                "Index `books`: Field `title` is not a foreign key");
        refused(
                "_foreign(author, _foreign(author, name = x))",
                "invalid_search_filter",
                "Index `books`: Nested foreign filters are not supported");
        refused(
                "title = sea AND _foreign(author, born = 1)",
                "invalid_document_filter",
                "Index `authors`: Attribute `born` is not filterable. Available filterable attribute"
                        + " patterns are: `name`.\n34:38 _foreign(author, born = 1)");
        HttpCalls.Reply deletion =
                client.call(
                        "POST", "/indexes/books/documents/delete", filter("_foreign(a, b = 1)"));
        assertEquals("invalid_document_filter", deletion.body().path("code").asString());
        client.call("PATCH", "/experimental-features", "{\"foreignKeys\": false}");
        try {
            refused(
                    "_foreign(author, name = x)",
                    "feature_not_enabled",
                    "using a foreign filter requires enabling the `foreign_keys` experimental"
                            + " feature. See https://github.com/orgs/meilisearch/discussions/873\n"
                            + "10:16 _foreign(author, name = x)");
        } finally {
            client.call("PATCH", "/experimental-features", "{\"foreignKeys\": true}");
        }
    }

    private static void refused(String filter, String code, String message) {
        JsonNode told = client.call("POST", "/indexes/books/search", filter(filter)).body();
        assertEquals(message, told.path("message").asString());
        assertEquals(code, told.path("code").asString());
    }

    private static String filter(String expression) {
        return "{\"filter\": \"" + expression + "\"}";
    }

    private static List<Integer> ids(String target, String body) {
        JsonNode answer = client.call("POST", target, body).body();
        JsonNode found = answer.path(answer.has("hits") ? "hits" : "results");
        assertTrue(found.isArray(), answer::toString);
        return found.valueStream().map(hit -> hit.path("id").asInt()).sorted().toList();
    }

    /** Shows: an index that no key of the page leads to need not be there. */
    @Test
    void anIndexThatNothingIsWantedOfMayBeMissing() {
        client.done(
                "PUT",
                "/indexes/keyed/settings/foreign-keys",
                "[{\"foreignIndexUid\": \"gone\", \"fieldName\": \"author\"}]");
        client.done(
                "POST",
                "/indexes/keyed/documents?primaryKey=id",
                "[{\"id\": 1}, {\"id\": 2, \"author\": [\"no key\", 7]}]");
        assertEquals(List.of(1, 2), ids("/indexes/keyed/search", "{}"));
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
