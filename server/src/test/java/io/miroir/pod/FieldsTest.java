package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code /indexes/{uid}/fields}: each node knows some fields, clients see all of them once. */
class FieldsTest {
    private static final String FIELDS = "/indexes/shop/fields";

    @TempDir Path directory;

    private TestNodes nodes;
    private TestPod pod;
    private HttpCalls client;

    @BeforeEach
    void start() {
        nodes = new TestNodes(directory, 1, 2);
        pod = new TestPod(directory.resolve("pod"), nodes.addresses(), 1, "");
        client = pod.client();
        client.awaitStatus("GET", "/_miroir/ready", 200);
        client.done(
                "PATCH",
                "/indexes/shop/settings",
                """
                {"searchableAttributes": ["title", "maker"], "displayedAttributes": ["title"],
                 "filterableAttributes": ["maker", {"attributePatterns": ["pri*"],
                    "features": {"facetSearch": false, "filter": {"comparison": true}}}],
                 "sortableAttributes": ["price"], "rankingRules": ["words", "year:desc", "sort"],
                 "distinctAttribute": "sku",
                 "localizedAttributes": [{"attributePatterns": ["title"], "locales": ["fra"]}],
                 "faceting": {"sortFacetValuesBy": {"maker": "count"}}}
                """);
        // Documents on all shards, each with a field of its own besides.
        StringBuilder documents = new StringBuilder("[");
        for (int id = 0; id < 40; id++) {
            documents.append(id == 0 ? "" : ",").append(document(id));
        }
        client.done("POST", "/indexes/shop/documents", documents.append("]").toString());
    }

    private static String document(int id) {
        return "{\"id\": %d, \"title\": \"t\", \"maker\": {\"name\": \"m\"}, \"price\": 1,"
                        .formatted(id)
                + " \"year\": 2000, \"sku\": \"s\", \"own_%02d\": 1}".formatted(id);
    }

    @AfterEach
    void stop() {
        pod.close();
        nodes.close();
    }

    @Test
    void allFieldsAreThereOnceAndPagesFollowTheirNames() {
        JsonNode all = client.call("POST", FIELDS, "{\"limit\": 100}").body();
        List<String> names = names(all);
        assertEquals(47, names.size(), names::toString);
        assertEquals(47, all.path("total").asInt());
        assertEquals(names.stream().sorted().distinct().toList(), names);
        assertTrue(names.containsAll(List.of("id", "maker", "maker.name", "own_00", "own_39")));
        JsonNode page = client.call("POST", FIELDS, "{\"offset\": 1, \"limit\": 3}").body();
        assertEquals(names.subList(1, 4), names(page));
        assertEquals(47, page.path("total").asInt());
        assertEquals(20, names(client.call("POST", FIELDS, "{}").body()).size());
    }

    @Test
    void whatSettingsDoWithAFieldIsTold() {
        assertEquals(
                "{\"name\":\"maker.name\",\"displayed\":{\"enabled\":false},"
                        + "\"searchable\":{\"enabled\":true},\"sortable\":{\"enabled\":false},"
                        + "\"distinct\":{\"enabled\":false},\"rankingRule\":{\"enabled\":false},"
                        + "\"filterable\":{\"enabled\":true,\"sortBy\":\"alpha\","
                        + "\"facetSearch\":true,\"equality\":true,\"comparison\":true},"
                        + "\"localized\":{\"locales\":[]}}",
                one("maker.name").toString());
        JsonNode price = one("price");
        assertTrue(price.path("sortable").path("enabled").asBoolean());
        assertEquals(
                "{\"enabled\":true,\"sortBy\":\"alpha\",\"facetSearch\":false,\"equality\":true,"
                        + "\"comparison\":true}",
                price.path("filterable").toString());
        assertEquals("desc", one("year").path("rankingRule").path("order").asString());
        assertTrue(one("sku").path("distinct").path("enabled").asBoolean());
        assertEquals("count", one("maker").path("filterable").path("sortBy").asString());
        assertEquals("[\"Fra\"]", one("title").path("localized").path("locales").toString());
    }

    @Test
    void filtersAreThoseOfMeilisearch() {
        assertEquals(
                List.of("price", "year"), filtered("\"attributePatterns\": [\"pri*\", \"year\"]"));
        assertEquals(List.of("title"), filtered("\"displayed\": true"));
        assertEquals(List.of("maker", "maker.name", "price"), filtered("\"filterable\": true"));
        assertEquals(List.of("price"), filtered("\"filterable\": true, \"sortable\": true"));
        assertEquals(
                "invalid_index_fields_filter",
                code(client.call("POST", FIELDS, "{\"filter\": {\"nope\": 1}}")));
        assertEquals(
                "invalid_index_fields_filter_displayed",
                code(client.call("POST", FIELDS, "{\"filter\": {\"displayed\": 1}}")));
        assertEquals("invalid_index_limit", code(client.call("POST", FIELDS, "{\"limit\": -1}")));
        assertEquals("index_not_found", code(client.call("POST", "/indexes/no/fields", "{}")));
    }

    private JsonNode one(String name) {
        JsonNode found =
                client.call(
                                "POST",
                                FIELDS,
                                "{\"filter\": {\"attributePatterns\": [\"" + name + "\"]}}")
                        .body()
                        .path("results");
        assertEquals(1, found.size(), found::toString);
        return found.path(0);
    }

    private List<String> filtered(String filter) {
        return names(client.call("POST", FIELDS, "{\"filter\": {" + filter + "}}").body());
    }

    private static List<String> names(JsonNode page) {
        return page.path("results")
                .valueStream()
                .map(field -> field.path("name").asString())
                .toList();
    }

    private static String code(HttpCalls.Reply reply) {
        return reply.body().path("code").asString();
    }
}
