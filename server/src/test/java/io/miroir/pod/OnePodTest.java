package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** One pod over two groups of two nodes: documents and searches travel through all layers. */
class OnePodTest {
    /** As it is where nothing else is said. */
    private static final int SEARCH_BYTES_MAX = 16_000_000;

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
    void aDocumentIsWrittenFoundChangedAndDeleted() {
        JsonNode task =
                client.done(
                        "POST",
                        "/indexes/movies/documents",
                        """
                        [{"id": 1, "title": "Carol"}, {"id": 2, "title": "Wonder Woman"},
                         {"id": 3, "title": "Life of Pi", "year": 2012}]
                        """);
        assertEquals("succeeded", task.path("status").asString(), task::toString);
        assertEquals(3, task.path("details").path("indexedDocuments").asInt(), task::toString);

        JsonNode found =
                client.call("POST", "/indexes/movies/search", "{\"q\": \"wonder\"}").body();
        assertEquals(1, found.path("hits").size(), found::toString);
        assertEquals("{\"id\":2,\"title\":\"Wonder Woman\"}", found.path("hits").get(0).toString());
        assertEquals(3, client.call("GET", "/indexes/movies/search").body().path("hits").size());

        JsonNode pi = client.call("GET", "/indexes/movies/documents/3").body();
        assertEquals("{\"id\":3,\"title\":\"Life of Pi\",\"year\":2012}", pi.toString());

        client.done("PUT", "/indexes/movies/documents", "[{\"id\": 3, \"year\": 2013}]");
        JsonNode changed = client.call("GET", "/indexes/movies/documents/3").body();
        assertEquals(2013, changed.path("year").asInt(), changed::toString);
        assertEquals("Life of Pi", changed.path("title").asString(), changed::toString);

        JsonNode gone = client.done("DELETE", "/indexes/movies/documents/1", "");
        assertEquals(1, gone.path("details").path("deletedDocuments").asInt(), gone::toString);
        assertEquals(404, client.call("GET", "/indexes/movies/documents/1").status());
        JsonNode stats = client.call("GET", "/indexes/movies/stats").body();
        assertEquals(2, stats.path("numberOfDocuments").asInt(), stats::toString);
        assertTrue(stats.path("fieldDistribution").path("_miroir_shard").isMissingNode());
    }

    @Test
    void settingsAreTheClientsAndNeverTheNodes() {
        JsonNode task =
                client.done(
                        "PATCH",
                        "/indexes/shop/settings",
                        "{\"filterableAttributes\": [\"price\"], \"stopWords\": [\"the\"]}");
        assertEquals("succeeded", task.path("status").asString(), task::toString);
        JsonNode settings = client.call("GET", "/indexes/shop/settings").body();
        assertEquals("[\"price\"]", settings.path("filterableAttributes").toString());
        assertEquals("[\"the\"]", settings.path("stopWords").toString());
        assertEquals(-1, settings.toString().indexOf("_miroir"), settings::toString);
        client.done("POST", "/indexes/shop/documents", "[{\"id\": 1, \"price\": 5}]");
        JsonNode found =
                client.call("POST", "/indexes/shop/search", "{\"filter\": \"price > 4\"}").body();
        assertEquals(1, found.path("hits").size(), found::toString);
    }

    /** Settings as documents, which are told in other words; searches by their own limit. */
    @Test
    void jsonBodiesMayBeAsLargeAsOthers() {
        client.done("POST", "/indexes", "{\"uid\": \"small\", \"primaryKey\": \"id\"}");
        String largest = "{}" + " ".repeat(TestPod.BODY_BYTES_MAX - 2);
        assertEquals(202, client.call("PATCH", "/indexes/small/settings", largest).status());
        String search = "{}" + " ".repeat(SEARCH_BYTES_MAX - 2);
        assertEquals(200, client.call("POST", "/indexes/small/search", search).status());
        HttpCalls.Reply beyond =
                client.stream("/indexes/small/search", "application/json", search + " ");
        assertEquals(413, beyond.status(), beyond.body()::toString);
        assertEquals("payload_too_large", code(beyond));
        assertEquals(
                "JSON payload has exceeded limit (16000000 bytes).",
                beyond.body().path("message").asString());
    }

    /** What a task keeps is in the log of the store, and that takes no more of one. */
    @Test
    void settingsThatNoTaskCanKeepAreRefusedBeforeNodesAreAsked() {
        client.done("POST", "/indexes", "{\"uid\": \"wordy\", \"primaryKey\": \"id\"}");
        StringJoiner words = new StringJoiner("\",\"", "{\"stopWords\":[\"", "\"]}");
        for (int i = 0; i < 50_000; i++) {
            words.add("word-%06d".formatted(i));
        }
        HttpCalls.Reply refused = client.call("PATCH", "/indexes/wordy/settings", words.toString());
        assertEquals(413, refused.status(), refused.body()::toString);
        assertEquals("payload_too_large", code(refused));
        client.done("PATCH", "/indexes/wordy/settings", "{\"stopWords\": [\"the\"]}");
        assertEquals(
                "[\"the\"]",
                client.call("GET", "/indexes/wordy/settings/stop-words").body().toString());
    }

    /** Nor of what else a task keeps; a primary key would be in each request for documents. */
    @Test
    void whatNoTaskCanKeepIsRefused() {
        client.done("POST", "/indexes", "{\"uid\": \"kept\", \"primaryKey\": \"id\"}");
        String key = "{\"uid\": \"unkept\", \"primaryKey\": \"" + "k".repeat(20_000) + "\"}";
        HttpCalls.Reply created = client.call("POST", "/indexes", key);
        assertEquals(413, created.status(), created.body()::toString);
        assertEquals(404, client.call("GET", "/indexes/unkept").status());
        String filter = "{\"filter\": \"id = '" + "a".repeat(1 << 20) + "'\"}";
        HttpCalls.Reply deleted = client.call("POST", "/indexes/kept/documents/delete", filter);
        assertEquals(413, deleted.status(), deleted.body()::toString);
        assertEquals("payload_too_large", code(deleted));
        int before = client.call("GET", "/tasks").body().path("total").asInt();
        String export = "{\"url\": \"u\", \"indexes\": {\"kept\": " + filter + "}}";
        HttpCalls.Reply exported = client.call("POST", "/export", export);
        assertEquals(413, exported.status(), exported.body()::toString);
        assertEquals("payload_too_large", code(exported));
        assertEquals(before, client.call("GET", "/tasks").body().path("total").asInt());
    }

    /** Where no rule but that of words is of relevance, one for everything has none at all. */
    @Test
    void aSearchForEverythingIsCountedBesideOneForWords() {
        client.done(
                "PATCH", "/indexes/ruled/settings", "{\"rankingRules\": [\"words\", \"sort\"]}");
        client.done(
                "POST",
                "/indexes/ruled/documents",
                "[{\"id\": 1, \"t\": \"hello\"}, {\"id\": 2, \"t\": \"world\"}]");
        String everything = "{\"indexUid\": \"ruled\", \"q\": \"\", \"matchingStrategy\": \"all\"}";
        String words = "{\"indexUid\": \"ruled\", \"q\": \"hello\"}";
        String allWords = everything.replace("\"\"", "\"hello\"");
        String plain = "{\"indexUid\": \"ruled\"}";
        for (String queries :
                List.of(
                        everything + "," + words,
                        everything + "," + allWords,
                        plain + "," + allWords,
                        plain + "," + words)) {
            HttpCalls.Reply found =
                    client.call(
                            "POST",
                            "/multi-search",
                            "{\"federation\": {}, \"queries\": [" + queries + "]}");
            assertEquals(200, found.status(), () -> queries + ": " + found.body());
            assertEquals(2, found.body().path("estimatedTotalHits").asInt(), queries);
            assertEquals(2, found.body().path("hits").size(), queries);
        }
    }

    /** They are passed on to nodes one by one; what is no id is counted, and matches nothing. */
    @Test
    void listsOfIdsMayBeLong() {
        client.done("POST", "/indexes/listed/documents", "[{\"id\":1},{\"id\":2},{\"id\":3}]");
        StringJoiner ids = new StringJoiner(",", "[\"1\",3,{},\"" + "a".repeat(1_000) + "\",", "]");
        for (int i = 0; i < 100_000; i++) {
            ids.add("\"absent-" + i + "\"");
        }
        JsonNode task =
                client.done("POST", "/indexes/listed/documents/delete-batch", ids.toString());
        assertEquals("succeeded", task.path("status").asString(), task::toString);
        assertEquals(100_004, task.path("details").path("providedIds").asInt());
        assertEquals(2, task.path("details").path("deletedDocuments").asInt());
        JsonNode left = client.call("GET", "/indexes/listed/documents").body().path("results");
        assertEquals("[{\"id\":2}]", left.toString());
    }

    /**
     * One Meilisearch deletes nothing either: the node that is sent it must not be the only one.
     */
    @Test
    void anEmptyIdFailsTheWholeDeletion() {
        client.done("POST", "/indexes/full/documents", "[{\"id\":1},{\"id\":2},{\"id\":3}]");
        JsonNode task = client.done("POST", "/indexes/full/documents/delete-batch", "[1,2,\"\",3]");
        assertEquals("failed", task.path("status").asString(), task::toString);
        assertEquals("internal", task.path("error").path("code").asString(), task::toString);
        assertEquals(4, task.path("details").path("providedIds").asInt(), task::toString);
        assertEquals(0, task.path("details").path("deletedDocuments").asInt(-1), task::toString);
        JsonNode left = client.call("GET", "/indexes/full/documents").body();
        assertEquals(3, left.path("total").asInt(), left::toString);
    }

    /** As one server reads it: bytes that pass through a pod mean the same behind it. */
    @Test
    void whatReadersOfJsonMakeOfOddDocumentsStays() {
        String odd =
                """
                {"id":%d,"a":1,"b":2,"a":3,"n":{"x":1,"x":2},"f":1.50,"e":1e2,
                "big":123456789012345678901234567890,"text":"\\ud83d\\ude00 é 日 \\u0041\\/"}
                """;
        String documents = "/indexes/odd/documents";
        client.done("POST", documents + "?primaryKey=id", "[" + odd.formatted(1) + "]");
        byte[] lines = utf8("\n\n" + odd.formatted(2) + "\n{\"id\":3}{\"id\":\n4}\n\n");
        HttpCalls.Reply sent = client.call("POST", documents, "application/x-ndjson", lines);
        client.finished(sent.body().path("taskUid").asLong(-1));
        for (int id = 1; id <= 2; id++) {
            String kept =
                    """
                    {"id":%d,"a":3,"b":2,"n":{"x":2},"f":1.5,"e":100.0,
                    "big":1.2345678901234568e29,"text":"😀 é 日 A/"}
                    """
                            .formatted(id);
            JsonNode found = client.call("GET", documents + "/" + id).body();
            assertEquals(Json.parse(kept).toString(), found.toString());
        }
        assertEquals(4, client.call("GET", documents).body().path("total").asInt());
    }

    /** Protocol, rule 1: nothing is sent of a request that can fail for a reason we can see. */
    @Test
    void whatCantBeWrittenIsRefusedAsAWhole() {
        client.done("POST", "/indexes", "{\"uid\": \"bad\", \"primaryKey\": \"id\"}");
        String documents = "/indexes/bad/documents";
        assertEquals(
                "malformed_payload",
                code(client.call("POST", documents, "[{\"id\": 1}, {\"id\": ")));
        assertEquals(
                "malformed_payload",
                code(
                        client.call(
                                "POST",
                                documents,
                                "application/x-ndjson",
                                utf8("{\"id\":1}\n{]"))));
        assertEquals(
                "malformed_payload",
                code(client.call("POST", documents, "text/csv", utf8("id,a\n1,2,3\n"))));
        assertEquals(
                "miroir_reserved_field",
                code(client.call("POST", documents, "[{\"id\": 1, \"_miroir_shard\": \"-\"}]")));
        HttpCalls.Reply large =
                client.call("POST", documents, "application/json", spaces(20_000_001));
        assertEquals(413, large.status());
        JsonNode noId = client.done("POST", documents, "[{\"id\": 1}, {\"name\": \"x\"}]");
        assertEquals("missing_document_id", noId.path("error").path("code").asString());
        assertEquals("failed", noId.path("status").asString());
        JsonNode noKey = client.done("POST", "/indexes/nokey/documents", "[{\"a\": 1}]");
        assertEquals(
                "index_primary_key_no_candidate_found",
                noKey.path("error").path("code").asString(),
                noKey::toString);
        JsonNode stats = client.call("GET", "/indexes/bad/stats").body();
        assertEquals(0, stats.path("numberOfDocuments").asInt(), stats::toString);
    }

    /** Protocol, rule 8: the key that the first documents choose holds, and is undone with them. */
    @Test
    void thePrimaryKeyIsInferredOnce() {
        client.done("POST", "/indexes/keys/documents", "[{\"sku_id\": 1, \"n\": 1}]");
        assertEquals(
                "sku_id", client.call("GET", "/indexes/keys").body().path("primaryKey").asString());
        JsonNode other =
                client.done("POST", "/indexes/keys/documents?primaryKey=n", "[{\"n\": 2}]");
        assertEquals(
                "index_primary_key_already_exists", other.path("error").path("code").asString());
        client.done("DELETE", "/indexes/keys", "");
        assertEquals(404, client.call("GET", "/indexes/keys").status());
        client.done("POST", "/indexes/keys/documents", "[{\"other_id\": 1}]");
        assertEquals(
                "other_id",
                client.call("GET", "/indexes/keys").body().path("primaryKey").asString());
    }

    @Test
    void aClientThatHangsUpWritesNothing() throws Exception {
        client.done("POST", "/indexes", "{\"uid\": \"gone\", \"primaryKey\": \"id\"}");
        long tasks = client.call("GET", "/tasks").body().path("total").asLong();
        for (int i = 0; i < 5; i++) {
            try (Socket socket =
                    new Socket(InetAddress.getLoopbackAddress(), pod.address().getPort())) {
                String request =
                        "POST /indexes/gone/documents HTTP/1.1\r\nHost: x\r\n"
                                + "Authorization: Bearer "
                                + TestPod.MASTER_KEY
                                + "\r\nContent-Type: application/json\r\n"
                                + "Content-Length: 1000\r\n\r\n[{\"id\": 1},";
                socket.getOutputStream().write(utf8(request));
                socket.getOutputStream().flush();
            }
        }
        // The lane is free, and nothing of it became a task.
        JsonNode task = client.done("POST", "/indexes/gone/documents", "[{\"id\": 2}]");
        assertEquals("succeeded", task.path("status").asString(), task::toString);
        assertEquals(tasks + 1, client.call("GET", "/tasks").body().path("total").asLong());
        assertEquals(404, client.call("GET", "/indexes/gone/documents/1").status());
    }

    @Test
    void aWriteWithAnIdempotencyKeyIsDoneOnce() {
        int misses = keysCounted("miss");
        int known = keysCounted("dedup");
        int conflicts = keysCounted("conflict");
        String first = client.withKey("key-1", "/indexes/once/documents", "[{\"id\": 1}]");
        assertEquals(first, client.withKey("key-1", "/indexes/once/documents", "[{\"id\": 1}]"));
        HttpCalls.Reply reused = client.post("key-1", "/indexes/once/documents", "[{\"id\": 2}]");
        assertEquals("miroir_idempotency_key_reused", code(reused));
        HttpCalls.Reply again = client.post("key-1", "/indexes/once/documents", "[{\"id\": 1}]");
        assertEquals("true", again.header("X-Miroir-Deduplicated"));
        assertEquals(misses + 1, keysCounted("miss"));
        assertEquals(known + 2, keysCounted("dedup"));
        assertEquals(conflicts + 1, keysCounted("conflict"));
    }

    /** Any write of an index can be sent again by who is not sure that it was taken. */
    @Test
    void everyWriteOfAnIndexIsDoneOnceByItsKey() {
        int misses = keysCounted("miss");
        int known = keysCounted("dedup");
        String create = "{\"uid\": \"keyed\", \"primaryKey\": \"id\"}";
        assertEquals(
                client.withKey("create", "/indexes", create),
                client.withKey("create", "/indexes", create));
        Map<String, String> key = Map.of("Idempotency-Key", "settings");
        String target = "/indexes/keyed/settings/sortable-attributes";
        JsonNode first = client.call("PUT", target, "[\"a\"]", key).body();
        JsonNode second = client.call("PUT", target, "[\"a\"]", key).body();
        assertEquals(first, second);
        assertEquals(
                client.withKey("swap", "/swap-indexes", "[{\"indexes\": [\"a\", \"b\"]}]"),
                client.withKey("swap", "/swap-indexes", "[{\"indexes\": [\"a\", \"b\"]}]"));
        assertEquals(misses + 3, keysCounted("miss"));
        assertEquals(known + 3, keysCounted("dedup"));
    }

    private int keysCounted(String outcome) {
        String metrics =
                new String(
                        new HttpCalls(pod.metrics(), "").call("GET", "/metrics").raw().body(),
                        StandardCharsets.UTF_8);
        String name = "miroir_idempotency_hits_total{outcome=\"" + outcome + "\",} ";
        return metrics.lines()
                .filter(line -> line.startsWith(name))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(name.length())))
                .sum();
    }

    @Test
    void aRestartedPodKnowsEverythingAgain() {
        client.done("POST", "/indexes/again/documents", "[{\"id\": 1}]");
        long tasks = client.call("GET", "/tasks").body().path("total").asLong();
        pod.restart();
        client = pod.client();
        client.awaitStatus("GET", "/_miroir/ready", 200);
        assertEquals(tasks, client.call("GET", "/tasks").body().path("total").asLong());
        JsonNode task = client.done("POST", "/indexes/again/documents", "[{\"id\": 2}]");
        assertEquals("succeeded", task.path("status").asString(), task::toString);
        assertEquals(2, client.call("GET", "/indexes/again/search").body().path("hits").size());
    }

    @Test
    void keysDecideWhoMayAskWhat() {
        HttpCalls stranger = new HttpCalls(pod.address(), "wrong");
        assertEquals("invalid_api_key", code(stranger.call("GET", "/indexes")));
        assertEquals("miroir_invalid_auth", code(client.call("GET", "/_miroir/topology")));
        JsonNode topology = pod.operator().call("GET", "/_miroir/topology").body();
        assertEquals(4, topology.path("nodes").size(), topology::toString);
        assertTrue(topology.path("fully_covered").asBoolean(), topology::toString);
        assertEquals(200, stranger.call("GET", "/health").status());
    }

    /** Shows: a dry run tells what would move, is refused with a reason, and changes nothing. */
    @Test
    void aChangeOfTheNodesIsPlanned() {
        client.done("POST", "/indexes/planned/documents", "[{\"id\": 1}, {\"id\": 2}]");
        JsonNode before = pod.operator().call("GET", "/_miroir/shards").body();

        Cli added = cluster("node", "add", "node-9", "--group", "0", "--dry-run");
        assertEquals(0, added.exit(), added::toString);
        assertTrue(added.out().contains("  node-9               is sent "), added::toString);
        assertTrue(added.out().contains("  node-0-1             lets go of "), added::toString);
        assertTrue(added.out().contains("Nothing was changed."), added::toString);

        JsonNode drained = plan("{\"change\": \"drain_node\", \"node\": \"node-1-0\"}").body();
        JsonNode index = drained.path("indexes").path("planned");
        assertEquals(32, index.path("copies").asInt(), drained::toString);
        assertEquals(
                index.path("frees").path("node-1-0"),
                index.path("gains").path("node-1-1"),
                drained::toString);
        assertEquals(
                "[[\"node-0-0\",\"node-0-1\"],[\"node-1-1\"]]", drained.path("groups").toString());
        assertEquals("[]", drained.path("obstacles").toString());

        Cli unknown = cluster("node", "drain", "node-9", "--dry-run");
        assertEquals(6, unknown.exit(), unknown::toString);
        assertTrue(unknown.err().contains("there is no node node-9."), unknown::toString);
        HttpCalls.Reply twice = plan("{\"change\": \"add_group\", \"nodes\": [\"node-0-0\"]}");
        assertEquals(409, twice.status(), twice.body()::toString);
        assertEquals("miroir_topology_refused", code(twice));
        assertEquals(400, plan("{\"change\": \"drain_node\"}").status());
        Cli nowhere = cluster("node", "add", "node-9", "--group", "0");
        assertEquals(6, nowhere.exit(), nowhere::toString);
        assertTrue(nowhere.err().contains("say its address"), nowhere::toString);
        Cli copies = cluster("group", "copies", "3");
        assertEquals(6, copies.exit(), copies::toString);
        assertTrue(copies.err().contains("group 0 has 2 nodes"), copies::toString);
        assertEquals(6, cluster("rebalance", "cancel").exit());
        assertEquals(0, cluster("rebalance", "status").exit());
        assertEquals(0, cluster("group", "remove", "1", "--dry-run").exit());

        Cli list = cluster("node", "list");
        assertEquals(0, list.exit(), list::toString);
        assertTrue(list.out().contains("  node-1-1             group 1"), list::toString);
        assertFalse(list.out().contains("node-9"), list::toString);
        JsonNode after = pod.operator().call("GET", "/_miroir/shards").body();
        assertEquals(before.path("indexes").path("planned"), after.path("indexes").path("planned"));
    }

    private static HttpCalls.Reply plan(String change) {
        return pod.operator().call("POST", "/_miroir/topology/plan", change);
    }

    private static Cli cluster(String... words) {
        List<String> command = new ArrayList<>(List.of("cluster"));
        command.addAll(List.of(words));
        command.addAll(
                List.of("--from", pod.address().toString(), "--admin-key", TestPod.ADMIN_KEY));
        return Cli.run(command.toArray(String[]::new));
    }

    /**
     * A capability or surface that is off has no route; whether the pod is ready is told always.
     */
    @Test
    void whatIsSwitchedOffIsNotThere() {
        String off = "multi_search: {enabled: false}\nadmin: {enabled: false}\n";
        try (TestPod bare = new TestPod(directory.resolve("bare"), nodes.addresses(), 1, off)) {
            bare.client().awaitStatus("GET", "/_miroir/ready", 200);
            HttpCalls.Reply search =
                    bare.client().call("POST", "/multi-search", "{\"queries\":[]}");
            assertEquals(404, search.status(), search.body()::toString);
            assertEquals(404, bare.operator().call("GET", "/_miroir/topology").status());
        }
        assertEquals(200, client.call("POST", "/multi-search", "{\"queries\":[]}").status());
    }

    /** Section 10 of the upstream plan, on the port for Prometheus and behind the admin key. */
    @Test
    void theCoreMetricsOfThePlanAreThere() {
        Set<String> core =
                Set.of(
                        "miroir_request_duration_seconds",
                        "miroir_requests_total",
                        "miroir_requests_in_flight",
                        "miroir_node_healthy",
                        "miroir_node_request_duration_seconds",
                        "miroir_node_errors_total",
                        "miroir_shard_coverage",
                        "miroir_degraded_shards_total",
                        "miroir_shard_distribution",
                        "miroir_task_processing_age_seconds",
                        "miroir_tasks_total",
                        "miroir_task_registry_size",
                        "miroir_scatter_fan_out_size",
                        "miroir_scatter_partial_responses_total",
                        "miroir_scatter_retries_total",
                        "miroir_rebalance_in_progress",
                        "miroir_rebalance_documents_migrated_total",
                        "miroir_rebalance_duration_seconds");
        Set<String> scraped = families(new HttpCalls(pod.metrics(), "").call("GET", "/metrics"));
        Set<String> asked = families(pod.operator().call("GET", "/_miroir/metrics"));
        Set<String> missing = new TreeSet<>(core);
        missing.removeAll(scraped);
        assertEquals(Set.of(), missing);
        // One that comes to life between the two is in the second only.
        scraped.removeAll(asked);
        assertEquals(Set.of(), scraped);
        assertEquals("miroir_invalid_auth", code(client.call("GET", "/_miroir/metrics")));
    }

    private static Set<String> families(HttpCalls.Reply reply) {
        return new String(reply.raw().body(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("# TYPE miroir_"))
                .map(line -> line.split(" ", -1)[2])
                .collect(Collectors.toSet());
    }

    /** What a client writes unescaped into its address is a value like any other. */
    @Test
    void oddCharactersInParametersAreNoBug() throws Exception {
        client.done("POST", "/indexes/odd/documents", "[{\"id\": 1, \"a|b\": 2}]");
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), pod.address().getPort())) {
            String request =
                    "GET /indexes/odd/documents/1?fields=a|b HTTP/1.1\r\nHost: x\r\n"
                            + "Authorization: Bearer "
                            + TestPod.MASTER_KEY
                            + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(utf8(request));
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.endsWith("{\"a|b\":2}"), answer);
        }
    }

    @Test
    void anIdempotencyKeyHasALimit() {
        String longest = "k".repeat(512);
        client.withKey(longest, "/indexes/long/documents", "[{\"id\": 1}]");
        HttpCalls.Reply refused =
                client.post(longest + "k", "/indexes/long/documents", "[{\"id\": 1}]");
        assertEquals("bad_request", code(refused));
    }

    private static String code(HttpCalls.Reply reply) {
        return reply.body().path("code").asString("");
    }

    private static byte[] spaces(int count) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) ' ');
        return bytes;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void everyMetricIsOnThePage() throws Exception {
        String page = Files.readString(Path.of("../docs/operations/metrics.md"));
        HttpCalls.Reply reply = pod.operator().call("GET", "/_miroir/metrics");
        String metrics = new String(reply.raw().body(), StandardCharsets.UTF_8);
        List<String> missing =
                Pattern.compile("(?m)^# TYPE (miroir_\\w+?)(_created)? ")
                        .matcher(metrics)
                        .results()
                        .map(type -> type.group(1))
                        .filter(name -> !page.contains("`" + name))
                        .toList();
        assertEquals(List.of(), missing);
        assertTrue(metrics.contains("miroir_task_store_rows{table=\"tasks\""), metrics);
    }
}
