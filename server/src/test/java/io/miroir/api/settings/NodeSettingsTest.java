package io.miroir.api.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class NodeSettingsTest {
    private static final String RESERVED =
            """
            {"attributePatterns": ["_miroir_shard", "_miroir_seq"],
             "features": {"facetSearch": false, "filter": {"equality": true, "comparison": true}}}\
            """;

    /**
     * Shows: a new index's nodes differ from Meilisearch's defaults in these five settings only.
     */
    @Test
    void derivesFromDefaults() {
        ObjectNode client = Settings.defaults();
        ObjectNode before = client.deepCopy();
        ObjectNode node = NodeSettings.derive(client);
        assertEquals(before, client);
        assertEquals(Json.parse("[" + RESERVED + "]"), node.get("filterableAttributes"));
        assertEquals(Json.parse("[\"_miroir_seq\"]"), node.get("sortableAttributes"));
        assertEquals("_miroir_seq:asc", node.get("rankingRules").path(7).asString());
        assertEquals(8, node.get("rankingRules").size());
        assertEquals(10_000, node.path("faceting").path("maxValuesPerFacet").asInt());
        assertEquals(client.get("searchableAttributes"), node.get("searchableAttributes"));
        for (String changed :
                new String[] {
                    "filterableAttributes", "sortableAttributes", "rankingRules", "faceting"
                }) {
            node.set(changed, client.get(changed));
        }
        assertEquals(client, node);
    }

    /** Shows: what a client set stays, nothing is hidden from the merge, a larger cut is kept. */
    @Test
    void keepsWhatTheClientSet() {
        ObjectNode client =
                changed(
                        """
                        {"filterableAttributes": ["brand", {"attributePatterns": ["*"],
                           "features": {"facetSearch": true,
                             "filter": {"equality": false, "comparison": false}}}],
                         "sortableAttributes": ["price"], "rankingRules": ["words", "price:desc"],
                         "displayedAttributes": ["title"], "searchableAttributes": ["title"],
                         "faceting": {"maxValuesPerFacet": 50000}}
                        """);
        ObjectNode node = NodeSettings.derive(client);
        assertEquals(Json.parse("[\"*\"]"), node.get("displayedAttributes"));
        assertEquals(Json.parse("[\"title\"]"), node.get("searchableAttributes"));
        assertEquals(Json.parse(RESERVED), node.get("filterableAttributes").path(0));
        assertEquals(
                client.get("filterableAttributes").path(1),
                node.get("filterableAttributes").path(2));
        assertEquals(Json.parse("[\"price\",\"_miroir_seq\"]"), node.get("sortableAttributes"));
        assertEquals(
                Json.parse("[\"words\",\"price:desc\",\"_miroir_seq:asc\"]"),
                node.get("rankingRules"));
        assertEquals(50_000, node.path("faceting").path("maxValuesPerFacet").asInt());
    }

    /** Shows: reserved fields stay out of default document templates only (protocol, rule 13). */
    @Test
    void keepsReservedFieldsFromEmbeddings() {
        ObjectNode client = Settings.defaults();
        client.set(
                "embedders",
                Json.parse(
                        """
                        {"a": {"source": "openAi"},
                         "b": {"source": "ollama", "documentTemplate": "{{doc.title}}"},
                         "c": {"source": "userProvided", "dimensions": 2},
                         "d": {"source": "rest", "indexingFragments": {"x": {"value": "v"}}},
                         "e": {"source": "composite",
                               "indexingEmbedder": {"source": "huggingFace"}}}
                        """));
        // As clients see it, and may give it back.
        JsonNode shown = Settings.shownWhole(client).path("embedders");
        assertEquals(client.path("embedders").size(), shown.size());
        client.withObject("embedders").set("f", shown.path("a"));
        JsonNode embedders = NodeSettings.derive(client).get("embedders");
        String template = embedders.path("a").path("documentTemplate").asString();
        assertEquals(true, template.contains("if start != \"_miroir_\""), template);
        assertEquals(embedders.path("a"), embedders.path("f"));
        assertEquals(
                shown.path("e"),
                ClientSettings.of(NodeSettings.derive(client)).path("embedders").path("e"));
        assertEquals("{{doc.title}}", embedders.path("b").path("documentTemplate").asString());
        assertEquals(client.path("embedders").path("c"), embedders.path("c"));
        assertEquals(
                Json.parse(
                        """
                        {"source": "rest", "indexingFragments": {"x": {"value": "v"}}, "headers": {}}
                        """),
                embedders.path("d"));
        assertEquals(
                template,
                embedders.path("e").path("indexingEmbedder").path("documentTemplate").asString());
    }

    /** Shows: nodes are told what clients say nothing of, so that they keep nothing else. */
    @Test
    void saysWhatEmbeddersHaveByDefault() {
        ObjectNode client = changed("{\"embedders\": {\"a\": {\"source\": \"openAi\"}}}");
        JsonNode embedder = NodeSettings.derive(client).path("embedders").path("a");
        assertEquals("text-embedding-3-small", embedder.path("model").asString());
        assertEquals(400, embedder.path("documentTemplateMaxBytes").asInt());
        ObjectNode composite = Settings.defaults();
        composite.set(
                "embedders",
                Json.parse(
                        """
                        {"e": {"source": "composite", "searchEmbedder": {"source": "openAi"},
                               "indexingEmbedder": {"model": "m"}}}
                        """));
        JsonNode parts = NodeSettings.derive(composite).path("embedders").path("e");
        assertEquals(
                Json.parse("{\"source\": \"openAi\", \"model\": \"text-embedding-3-small\"}"),
                parts.path("searchEmbedder"));
        // Nodes refuse one without a source.
        assertEquals(Json.parse("{\"model\": \"m\"}"), parts.path("indexingEmbedder"));
    }

    /** Shows: a client can't set anything about reserved fields. */
    @Test
    void refusesReservedNames() {
        NodeSettings.refuseReserved(Settings.defaults());
        for (String settings :
                new String[] {
                    "{\"rankingRules\":[\"words\",\"_miroir_seq:asc\"]}",
                    "{\"filterableAttributes\":[{\"attributePatterns\":[\"_miroir_*\"]}]}",
                    "{\"distinctAttribute\":\"_miroir_shard\"}"
                }) {
            ApiException refusal =
                    assertThrows(
                            ApiException.class,
                            () -> NodeSettings.refuseReserved(Json.parseObject(settings)));
            assertEquals(ErrorCode.MIROIR_RESERVED_FIELD, refusal.code());
        }
    }

    private static ObjectNode changed(String changes) {
        return Settings.apply(Settings.defaults(), SettingsUpdate.parse(Json.parse(changes)));
    }
}
