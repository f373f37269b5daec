package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.api.rules.RuleList;
import io.miroir.conformance.ConformancePack;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Experimental features over a cluster: who knows of them, and what they open. */
class FeaturesTest {
    private static final String FEATURES = "/experimental-features";

    @TempDir static Path directory;

    private static TestNodes nodes;
    private static TestPod pod;
    private static HttpCalls client;

    @BeforeAll
    static void start() {
        nodes = new TestNodes(directory, 2, 2);
        pod = new TestPod(directory.resolve("pod"), nodes.addresses(), 1, "");
        client = pod.client();
        client.awaitStatus("GET", "/_miroir/ready", 200);
    }

    @AfterAll
    static void stop() {
        pod.close();
        nodes.close();
    }

    @Test
    void clientsSeeWhatMeilisearchShows() throws Exception {
        ConformancePack.Report report =
                ConformancePack.load()
                        .only(Set.of("153-experimental-features", "206-filter-contains"))
                        .replay(pod.address(), TestPod.MASTER_KEY, Set.of("api"));
        assertTrue(report.failed().isEmpty(), () -> String.join("\n", report.failures()));
    }

    /** A node that was away must not answer searches as if nothing had been switched. */
    @Test
    void aNodeThatComesBackIsTold() {
        TestNode away = nodes.node(0, 0);
        away.kill();
        client.call("PATCH", FEATURES, "{\"multimodal\": true}");
        away.start();
        HttpCalls node = new HttpCalls(away.address(), TestNode.KEY);
        node.await(
                "GET",
                FEATURES,
                reply -> reply.status() == 200 && reply.body().path("multimodal").asBoolean());
        client.call("PATCH", FEATURES, "{\"multimodal\": false}");
        client.awaitStatus("GET", "/_miroir/ready", 200);
    }

    /** Until it is told, another replica answers what it refuses. */
    @Test
    void aNodeThatWasNotToldYetIsPassedOver() {
        client.done("PATCH", "/indexes/told/settings", "{\"filterableAttributes\": [\"t\"]}");
        client.done("POST", "/indexes/told/documents", "[{\"id\": 1, \"t\": \"abc\"}]");
        client.call("PATCH", FEATURES, "{\"containsFilter\": true}");
        try {
            for (int n = 0; n < 2; n++) {
                new HttpCalls(nodes.node(0, n).address(), TestNode.KEY)
                        .call("PATCH", FEATURES, "{\"containsFilter\": false}");
            }
            // The query decides which replicas are asked.
            for (int limit = 1; limit < 9; limit++) {
                String body = "{\"filter\": \"t CONTAINS b\", \"limit\": " + limit + "}";
                HttpCalls.Reply found = client.call("POST", "/indexes/told/search", body);
                assertEquals(200, found.status(), () -> found.body().toString());
                assertEquals(1, found.body().path("hits").size());
            }
        } finally {
            client.call("PATCH", FEATURES, "{\"containsFilter\": false}");
        }
    }

    @Test
    void whatIsOffTellsHowItIsSwitchedOn() {
        assertOff("GET", "/chats", "", "listing the chats", "chat completions", 835);
        assertOff(
                "POST",
                "/chats/a/chat/completions",
                "{\"model\": \"m\", \"messages\": []}",
                "using the /chats chat completions route",
                "chat completions",
                835);
        assertOff(
                "POST",
                "/logs/stream",
                "{\"mode\": \"human\"}",
                "Modifying logs through the `/logs/*` routes",
                "logs route",
                721);
        assertOff(
                "POST",
                "/dynamic-search-rules",
                "{}",
                "Calling the `POST /dynamic-search-rules` route",
                "dynamic search rules",
                884);
        assertOff(
                "POST",
                "/render-template",
                "{\"template\": {\"kind\": \"inlineFragment\"}}",
                "calling the /render-template route",
                "render_route",
                888);
        assertOff(
                "POST",
                "/tasks/compact",
                "",
                "Using the /tasks/compact route",
                "task queue compaction route",
                883);
        assertOff(
                "GET",
                "/tasks/0/documents",
                "",
                "Getting the documents of an enqueued task",
                "get task documents route",
                808);
        assertOff(
                "PATCH",
                "/indexes/any/settings",
                "{\"embedders\": {\"a\": {\"source\": \"composite\", \"searchEmbedder\": {},"
                        + " \"indexingEmbedder\": {}}}}",
                "using `\"composite\"` as source",
                "composite embedders",
                816);
    }

    /** Switched on, they exist, and say why a cluster has nothing to show. */
    @Test
    void whatAClusterCantHaveIsRefusedWithAReason() {
        client.call(
                "PATCH",
                FEATURES,
                "{\"chatCompletions\": true, \"logsRoute\": true, \"renderRoute\": true}");
        try {
            String template =
                    "{\"template\": {\"kind\": \"documentTemplate\", \"indexUid\": \"any\"";
            assertEquals(
                    "invalid_render_template",
                    code(client.call("POST", "/render-template", template + "}}")));
            HttpCalls.Reply absent =
                    client.call("POST", "/render-template", template + ", \"embedder\": \"e\"}}");
            assertEquals(404, absent.status(), absent.body()::toString);
            assertEquals("index_not_found", code(absent));
            assertEquals(0, client.call("GET", "/chats").body().path("total").asInt());
            assertEquals("chat_not_found", code(client.call("GET", "/chats/a")));
            HttpCalls.Reply refused =
                    client.call("PATCH", "/chats/a/settings", "{\"source\": \"openAi\"}");
            assertEquals(400, refused.status());
            assertEquals("feature_not_enabled", code(refused));
            assertTrue(
                    refused.body().path("message").asString().startsWith("A Miroir cluster has no"),
                    refused.body()::toString);
            assertEquals(
                    "invalid_chat_completion_api_key",
                    code(client.call("PATCH", "/chats/a/settings", "{\"apiKey\": 1}")));
            assertEquals("feature_not_enabled", code(client.call("POST", "/logs/stderr", "{}")));
            assertEquals(204, client.call("DELETE", "/logs/stream").status());
            String chat = "/indexes/any/settings/chat";
            assertEquals("feature_not_enabled", code(client.call("PATCH", chat, "{}")));
            assertEquals(
                    "feature_not_enabled",
                    code(client.call("PATCH", "/indexes/any/settings", "{\"chat\": {}}")));
        } finally {
            client.call(
                    "PATCH",
                    FEATURES,
                    "{\"chatCompletions\": false, \"logsRoute\": false, \"renderRoute\": false}");
        }
    }

    /** The figures of one Meilisearch that holds everything. */
    @Test
    void metricsAreThoseOfTheCluster() {
        client.done("POST", "/indexes/counted/documents", "[{\"id\": 1}, {\"id\": 2}]");
        assertEquals("feature_not_enabled", code(client.call("GET", "/metrics")));
        client.call("PATCH", FEATURES, "{\"metrics\": true}");
        try {
            HttpCalls.Reply told = client.call("GET", "/metrics");
            assertEquals(200, told.status());
            String text = new String(told.raw().body(), StandardCharsets.UTF_8);
            for (String line :
                    List.of(
                            "meilisearch_index_docs_count{index=\"counted\",} 2.0",
                            "meilisearch_nb_tasks{kind=\"indexes\",value=\"counted\",} 1.0",
                            "meilisearch_nb_tasks{kind=\"statuses\",value=\"failed\",} 0.0",
                            "meilisearch_is_indexing 0.0",
                            "meilisearch_http_requests_total{method=\"POST\","
                                    + "path=\"/indexes/{uid}/documents\",status=\"202\",}",
                            "meilisearch_http_response_time_seconds_count{method=\"POST\"")) {
                assertTrue(text.contains(line), line + "\n" + text);
            }
        } finally {
            client.call("PATCH", FEATURES, "{\"metrics\": false}");
        }
    }

    /** Clients keep a network here; a cluster searches its own nodes and says so. */
    @Test
    void aNetworkIsKeptAndNoSearchIsForwarded() {
        client.done("POST", "/indexes/net/documents", "[{\"id\": 1}]");
        String own = search("{\"remote\": \"me\"}");
        assertEquals("feature_not_enabled", code(client.call("POST", "/multi-search", own)));
        client.call("PATCH", FEATURES, "{\"network\": true}");
        try {
            assertEquals(
                    "invalid_multi_search_remote", code(client.call("POST", "/multi-search", own)));
            JsonNode found =
                    client.call("POST", "/multi-search", search("{\"queryPosition\": 7}")).body();
            assertEquals(
                    7,
                    found.path("hits").path(0).path("_federation").path("queriesPosition").asInt(),
                    found::toString);
            assertAsksThisOne(false);
            client.call(
                    "PATCH",
                    "/network",
                    "{\"self\": \"me\", \"remotes\": {\"me\": {\"url\": \"http://me\"}}}");
            assertAsksThisOne(true);
            assertAliasAsksThisOne();
            String network =
                    "{\"self\": \"me\", \"remotes\": {\"me\": {\"url\": \"http://me\","
                            + " \"searchApiKey\": \"s\"}, \"far\": {\"url\": \"http://far\"}}}";
            JsonNode kept = client.call("PATCH", "/network", network).body();
            assertEquals("s", kept.at("/remotes/me/searchApiKey").asString(), kept::toString);
            assertEquals(kept, client.call("GET", "/network").body());
            JsonNode local = client.call("POST", "/multi-search", own).body();
            assertEquals("me", local.at("/hits/0/_federation/remote").asString(), local::toString);
            assertTrue(local.path("remoteErrors").isObject(), local::toString);
            for (HttpCalls.Reply refused :
                    List.of(
                            client.call("POST", "/multi-search", search("{\"remote\": \"far\"}")),
                            client.call("POST", "/indexes/net/search", "{\"useNetwork\": true}"),
                            client.call("POST", "/multi-search", everywhere("")),
                            client.call(
                                    "POST", "/multi-search", everywhere("\"federation\": {},")))) {
                assertEquals("miroir_not_implemented", code(refused), refused.body()::toString);
            }
            assertEquals(
                    "requires_enterprise_edition",
                    code(client.call("PATCH", "/network", "{\"leader\": \"me\"}")));
            // More than a command of the store has room for: it would be refused for ever.
            String large = network.replace("\"s\"", "\"" + "s".repeat(950_000) + "\"");
            assertEquals("payload_too_large", code(client.call("PATCH", "/network", large)));
            assertEquals(kept, client.call("GET", "/network").body());
            client.call("PATCH", "/network", "{\"self\": null, \"remotes\": null}");
            assertEquals(0, client.call("GET", "/network").body().path("remotes").size());
        } finally {
            client.call("PATCH", FEATURES, "{\"network\": false}");
        }
    }

    /** Before any node writes; the words are those of Meilisearch 1.50. */
    @Test
    void filtersOfEditsAndDeletionsAreCheckedAtOnce() {
        client.done("POST", "/indexes/filtered/documents", "[{\"id\": 1}]");
        String off =
                "Using `CONTAINS` in a filter requires enabling the `contains filter` experimental"
                        + " feature. See https://github.com/orgs/meilisearch/discussions/763\n"
                        + "3:11 a CONTAINS b";
        String deletion = "/indexes/filtered/documents/delete";
        assertRefused(deletion, "{\"filter\": \"a CONTAINS b\"}", "feature_not_enabled", off);
        String reserved =
                "`_miroir_shard` in `filter`: names that begin with `_miroir_` are reserved.";
        assertRefused(
                deletion,
                "{\"filter\": \"_miroir_shard EXISTS\"}",
                "miroir_reserved_field",
                reserved);
        String edit = "/indexes/filtered/documents/edit";
        String function = "{\"function\": \"doc.a = 1\", \"filter\": ";
        assertRefused(
                edit,
                function + "\"n = 1\"}",
                "feature_not_enabled",
                "Using the documents edit route requires enabling the `edit documents by function`"
                        + " experimental feature. See"
                        + " https://github.com/orgs/meilisearch/discussions/762");
        if (System.getenv("MIROIR_TEST_MEILISEARCH") != null) {
            client.call("PATCH", FEATURES, "{\"editDocumentsByFunction\": true}");
            assertRefused(
                    edit,
                    function + "\"a CONTAINS b\"}",
                    "feature_not_enabled",
                    "Index `filtered`: " + off);
            assertRefused(
                    edit,
                    function + "\"_miroir_shard EXISTS\"}",
                    "miroir_reserved_field",
                    reserved);
            client.call("PATCH", FEATURES, "{\"editDocumentsByFunction\": false}");
        }
        assertEquals(
                1, client.call("GET", "/indexes/filtered/documents").body().path("total").asInt());
    }

    private void assertRefused(String target, String body, String code, String message) {
        JsonNode refused = client.call("POST", target, body).body();
        assertEquals(message, refused.path("message").asString());
        assertEquals(code, refused.path("code").asString());
    }

    /** What Meilisearch 1.50 answers where nobody is in the network, or this instance alone. */
    private void assertAsksThisOne(boolean alone) {
        String query = "\"q\": \"\", \"limit\": 1, \"useNetwork\": true";
        JsonNode multi = client.call("POST", "/multi-search", everywhere("")).body();
        for (JsonNode answer :
                List.of(
                        client.call("POST", "/indexes/net/search", "{" + query + "}").body(),
                        client.call("GET", "/indexes/net/search?limit=1&useNetwork=true").body(),
                        multi.path("results").path(0))) {
            JsonNode hits = answer.path("hits");
            assertEquals(alone ? 1 : 0, answer.path("estimatedTotalHits").asInt(-1));
            assertEquals(alone ? 1 : 0, hits.size(), answer::toString);
            assertEquals(alone, answer.path("remoteErrors").isObject(), answer::toString);
            if (alone) {
                assertEquals(
                        Json.parse(
                                "{\"id\": 1, \"_federation\": {\"indexUid\": \"net\","
                                        + " \"queriesPosition\": 0, \"weightedRankingScore\": 1.0,"
                                        + " \"remote\": \"me\"}}"),
                        hits.path(0));
            }
        }
        JsonNode page =
                client.call("POST", "/indexes/net/documents/fetch", "{\"useNetwork\": true}")
                        .body();
        assertEquals(alone ? 1 : 0, page.path("total").asInt(-1), page::toString);
        assertEquals(alone ? 1 : 0, page.path("results").size(), page::toString);
        if (alone) {
            JsonNode one =
                    client.call("POST", "/multi-search", everywhere("\"federation\": {},")).body();
            assertEquals("me", one.at("/hits/0/_federation/remote").asString(), one::toString);
            assertTrue(one.path("remoteErrors").isObject(), one::toString);
        }
    }

    /** It is told that a hit comes from where the client searched. */
    private static void assertAliasAsksThisOne() {
        client.done("POST", "/indexes", "{\"uid\": \"bare\"}");
        String alias = "{\"name\": \"nets\", \"targets\": [\"bare\", \"net\"]}";
        assertEquals(201, pod.operator().call("POST", "/_miroir/aliases", alias).status());
        String query = "\"q\": \"\", \"useNetwork\": true}";
        JsonNode multi =
                client.call(
                                "POST",
                                "/multi-search",
                                "{\"queries\": [{\"indexUid\": \"nets\", " + query + "]}")
                        .body();
        for (JsonNode answer :
                List.of(
                        client.call("POST", "/indexes/nets/search", "{" + query).body(),
                        multi.path("results").path(0))) {
            assertTrue(answer.path("remoteErrors").isObject(), answer::toString);
            assertEquals(
                    Json.parse(
                            "{\"id\": 1, \"_federation\": {\"indexUid\": \"nets\","
                                    + " \"queriesPosition\": 0, \"weightedRankingScore\": 1.0,"
                                    + " \"remote\": \"me\"}}"),
                    answer.path("hits").path(0));
        }
    }

    /**
     * Rules go by the names that clients have for an index, and hold while they are switched on.
     */
    @Test
    void rulesPinByClientsNames() throws Exception {
        ConformancePack.Report report =
                ConformancePack.load()
                        .only(Set.of("244-search-rules", "246-federated-search-rules"))
                        .replay(pod.address(), TestPod.MASTER_KEY, Set.of("api"));
        assertTrue(report.failed().isEmpty(), () -> String.join("\n", report.failures()));
        client.call("PATCH", FEATURES, "{\"dynamicSearchRules\": true}");
        try {
            client.done("POST", "/indexes/ruled/documents", "[{\"id\": 1}, {\"id\": 2}]");
            String alias = "{\"name\": \"rules\", \"target\": \"ruled\"}";
            assertEquals(201, pod.operator().call("POST", "/_miroir/aliases", alias).status());
            client.done("PATCH", "/dynamic-search-rules/named", pinning("rules"));
            assertEquals(List.of(2, 1), found("ruled"));
            assertEquals(List.of(2, 1), found("rules"));
            String many = "{\"description\": \"" + "x".repeat(RuleList.BYTES_MAX) + "\"}";
            HttpCalls.Reply full = client.call("PATCH", "/dynamic-search-rules/many", many);
            assertEquals("miroir_overloaded", code(full), full.body()::toString);
            String metrics = metrics();
            assertTrue(metrics.contains("\nmiroir_search_rules 1.0\n"), metrics);
            assertTrue(metrics.contains("\nmiroir_search_rules_refused_total 1.0\n"), metrics);
            client.done("PATCH", "/dynamic-search-rules/named", pinning("others"));
            assertEquals(List.of(1, 2), found("ruled"));
            client.done("PATCH", "/dynamic-search-rules/named", pinning("ruled"));
            assertEquals(List.of(2, 1), found("rules"));
            assertPinnedInFederations();
            client.call("PATCH", FEATURES, "{\"dynamicSearchRules\": false}");
            assertEquals(List.of(1, 2), found("ruled"));
        } finally {
            client.call("PATCH", FEATURES, "{\"dynamicSearchRules\": true}");
            client.done("DELETE", "/dynamic-search-rules", "");
            client.call("PATCH", FEATURES, "{\"dynamicSearchRules\": false}");
        }
    }

    /** In each query by itself, also where an alias of several indexes is searched. */
    private static void assertPinnedInFederations() {
        client.done("POST", "/indexes/extra/documents", "[{\"id\": 3}]");
        String alias = "{\"name\": \"all\", \"targets\": [\"extra\", \"ruled\"]}";
        assertEquals(201, pod.operator().call("POST", "/_miroir/aliases", alias).status());
        assertEquals(List.of(2, 3, 1), found("all"));
        String both = "\"queries\": [{\"indexUid\": \"extra\"}, {\"indexUid\": \"ruled\"}]";
        JsonNode page =
                client.call(
                                "POST",
                                "/multi-search",
                                "{\"federation\": {\"limit\": 1, \"offset\": 0}, " + both + "}")
                        .body();
        assertEquals(3, page.path("estimatedTotalHits").asInt(), page::toString);
        assertEquals(2, page.at("/hits/0/id").asInt(), page::toString);
        assertEquals(1, page.at("/hits/0/_federation/queriesPosition").asInt(), page::toString);
        assertEquals(1.0, page.at("/hits/0/_federation/weightedRankingScore").asDouble());
    }

    private static String metrics() {
        return new String(
                new HttpCalls(pod.metrics(), "").call("GET", "/metrics").raw().body(),
                StandardCharsets.UTF_8);
    }

    private static String pinning(String index) {
        return "{\"actions\": [{\"selector\": {\"indexUid\": \""
                + index
                + "\", \"id\": \"2\"}, \"action\": {\"type\": \"pin\", \"position\": 0}}]}";
    }

    private static List<Integer> found(String index) {
        return client.call("POST", "/indexes/" + index + "/search", "{}")
                .body()
                .path("hits")
                .valueStream()
                .map(hit -> hit.path("id").asInt())
                .toList();
    }

    private static String everywhere(String federation) {
        return "{" + federation + "\"queries\": [{\"indexUid\": \"net\", \"useNetwork\": true}]}";
    }

    private static String search(String options) {
        return "{\"federation\": {}, \"queries\": [{\"indexUid\": \"net\","
                + " \"federationOptions\": "
                + options
                + "}]}";
    }

    private static void assertOff(
            String method, String target, String body, String doing, String title, int number) {
        HttpCalls.Reply reply = client.call(method, target, body);
        assertEquals(400, reply.status(), () -> target + reply.body());
        assertEquals("feature_not_enabled", code(reply));
        assertEquals(
                doing
                        + " requires enabling the `"
                        + title
                        + "` experimental feature. See"
                        + " https://github.com/orgs/meilisearch/discussions/"
                        + number,
                reply.body().path("message").asString());
    }

    private static String code(HttpCalls.Reply reply) {
        return reply.body().path("code").asString();
    }
}
