package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.miroir.api.Json;
import io.miroir.capability.leader.dump.TarFiles;
import io.miroir.conformance.ConformancePack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** One dump of all nodes, which a single Meilisearch imports; snapshots; what is refused. */
class DumpTest {
    private static final int PODS = 3;
    private static final int DOCUMENTS = 600;
    private static final String SETTINGS =
            """
            {"searchableAttributes": ["title"], "filterableAttributes": ["n"],
             "sortableAttributes": ["n"], "displayedAttributes": ["id", "title", "n"],
             "faceting": {"maxValuesPerFacet": 7}, "synonyms": {"film": ["movie"]},
             "embedders": {"manual": {"source": "userProvided", "dimensions": 2}}}
            """;

    private static final String RULE = "/dynamic-search-rules/first";

    private static final String PIN =
            """
            {"description": "what is shown first", "precedence": 3,
             "conditions": {"query": {"words": "movie"}, "time": {"start": "2001-01-01T00:00:00Z"}},
             "actions": [{"selector": {"indexUid": "movies", "id": "77"},
                          "action": {"type": "pin", "position": 0}}]}
            """;

    private static final String WITHOUT_VECTOR =
            "[{\"id\": 9999, \"_vectors\": {\"manual\": null}}]";

    @TempDir Path directory;

    private TestNodes nodes;
    private final List<TestPod> pods = new ArrayList<>();
    private HttpCalls client;

    @BeforeEach
    void start() {
        nodes = new TestNodes(directory, 2, 2);
        pods.addAll(TestPod.startGroup(directory, nodes.addresses(), PODS, ""));
        client = pods.getFirst().client();
    }

    @AfterEach
    void stop() {
        pods.forEach(TestPod::close);
        nodes.close();
    }

    @Test
    void aDumpHasEverythingAndNothingOfOurs() {
        fill();
        long last = uid(client.call("POST", "/indexes/movies/documents", WITHOUT_VECTOR));
        // The write was answered, no more: the dump waits for it.
        JsonNode task = client.done("POST", "/dumps", "");
        assertEquals("succeeded", task.path("status").asString(), task::toString);
        assertEquals("dumpCreation", task.path("type").asString());
        assertTrue(task.path("uid").asLong() > last);
        assertEquals("succeeded", client.finished(last).path("status").asString());

        byte[] dump = download(task);
        Map<String, String> files = TarFiles.ofDump(dump);
        assertEquals(
                Set.of(
                        "metadata.json",
                        "keys.jsonl",
                        "webhooks.json",
                        "network.json",
                        "experimental-features.json",
                        "tasks/queue.jsonl",
                        "batches/queue.jsonl",
                        "indexes/",
                        "indexes/empty/metadata.json",
                        "indexes/empty/settings.json",
                        "indexes/empty/documents.jsonl",
                        "indexes/.meili_dsr/metadata.json",
                        "indexes/.meili_dsr/settings.json",
                        "indexes/.meili_dsr/documents.jsonl",
                        "indexes/movies/metadata.json",
                        "indexes/movies/settings.json",
                        "indexes/movies/documents.jsonl"),
                files.keySet());
        assertEquals("V6", json(files, "metadata.json").path("dumpVersion").asString());
        assertEquals(
                "id", json(files, "indexes/movies/metadata.json").path("primaryKey").asString());
        assertEquals(
                client.call("GET", "/indexes/movies/settings").body(),
                json(files, "indexes/movies/settings.json"));
        assertEquals(4 + 1, files.get("keys.jsonl").lines().count());

        assertEquals(
                client.call("GET", RULE).body(), json(files, "indexes/.meili_dsr/documents.jsonl"));

        List<String> lines = files.get("indexes/movies/documents.jsonl").lines().toList();
        assertEquals(DOCUMENTS + 1, lines.size());
        assertFalse(files.toString().contains("_miroir_"));
        // In the order in which they were written, all shards together.
        assertEquals(0, Json.parse(lines.getFirst()).path("id").asInt());
        assertEquals(299, Json.parse(lines.get(299)).path("id").asInt());
        assertEquals(9999, Json.parse(lines.getLast()).path("id").asInt());
        JsonNode vectors = Json.parse(lines.getFirst()).path("_vectors").path("manual");
        assertFalse(vectors.path("regenerate").asBoolean(true), lines::getFirst);
        assertEquals(2, vectors.path("embeddings").path(0).size(), lines::getFirst);
    }

    /** Its node hangs meanwhile; the next one is written all the same. */
    @Test
    void oneThatIsAtWorkIsCanceled() throws Exception {
        Path home = Files.createDirectory(directory.resolve("one"));
        try (FaultyNode node = new FaultyNode(home.resolve("node"));
                TestPod pod = new TestPod(home, List.of(List.of(node.address())), 1, "")) {
            HttpCalls one = pod.client();
            one.awaitStatus("GET", "/_miroir/ready", 200);
            one.done("POST", "/indexes/i/documents", "[{\"id\": 1}]");
            node.misbehave(FaultyNode.Fault.HANG, "/documents/fetch");
            long first = uid(one.call("POST", "/dumps", ""));
            one.await(
                    "GET",
                    "/tasks/" + first,
                    task -> task.body().path("status").asString("").equals("processing"));
            HttpCalls.Reply asked = one.call("POST", "/tasks/cancel?uids=" + first, "");
            assertEquals(200, asked.status(), asked.body()::toString);
            JsonNode canceled = one.finished(first);
            assertEquals("canceled", canceled.path("status").asString(), canceled::toString);
            assertEquals(asked.body().path("taskUid"), canceled.path("canceledBy"));
            node.behave();
            JsonNode second = one.done("POST", "/dumps", "");
            assertEquals("succeeded", second.path("status").asString(), second::toString);
            try (Stream<Path> files = Files.walk(home)) {
                String only = second.path("details").path("dumpUid").asString() + ".dump";
                assertEquals(
                        List.of(only),
                        files.map(file -> String.valueOf(file.getFileName()))
                                .filter(name -> name.endsWith(".dump"))
                                .toList());
            }
        }
    }

    /** The same searches give the same answers, as the cluster promises of its merges. */
    @Test
    void aSingleMeilisearchImportsIt() throws Exception {
        String program = System.getenv("MIROIR_TEST_MEILISEARCH");
        assumeTrue(program != null, "needs the real program");
        fill();
        client.done("POST", "/indexes/movies/documents", WITHOUT_VECTOR);
        byte[] dump = download(client.done("POST", "/dumps", ""));
        Path home = Files.createDirectory(directory.resolve("single"));
        Path file = Files.write(home.resolve("got.dump"), dump);
        try (RealNode node = new RealNode(program, home, "--import-dump", file.toString())) {
            HttpCalls single = new HttpCalls(node.address(), TestNode.KEY);
            for (String target :
                    List.of(
                            "/indexes/movies/settings",
                            "/indexes/empty/settings",
                            "/indexes/movies/documents?limit=1000&retrieveVectors=true")) {
                assertEquals(
                        client.call("GET", target).body(),
                        single.call("GET", target).body(),
                        target);
            }
            for (String search :
                    List.of(
                            "{\"q\": \"film\", \"limit\": 50}",
                            "{\"q\": \"\", \"sort\": [\"n:desc\"], \"limit\": 50}",
                            "{\"q\": \"number 12\", \"facets\": [\"n\"], \"limit\": 50}",
                            "{\"vector\": [1, 0], \"hybrid\": {\"embedder\": \"manual\"}}",
                            "{\"q\": \"movie\", \"filter\": \"n > 5\", \"offset\": 20}")) {
                assertEquals(search(client, search), search(single, search), search);
            }
            assertEquals(created(client), created(single));
            assertEquals(client.call("GET", RULE).body(), single.call("GET", RULE).body());
            String pinned = "{\"q\": \"movie\", \"limit\": 3, \"showRankingScoreDetails\": true}";
            JsonNode first = search(single, pinned).path("hits").path(0);
            assertEquals(77, first.path("id").asInt());
            assertEquals(search(client, pinned).path("hits").path(0), first);
            assertEquals(keys(client), keys(single));
        }
    }

    /** What a real Meilisearch 1.50 answered; embedded nodes have no snapshots. */
    @Test
    void theRecordedCaseOfDumpsAndSnapshotsPasses() throws Exception {
        ConformancePack.Report report =
                ConformancePack.load()
                        .only("155")
                        .replay(pods.getFirst().address(), TestPod.MASTER_KEY, Set.of("api"));
        boolean real = System.getenv("MIROIR_TEST_MEILISEARCH") != null;
        assertEquals(
                real ? List.of() : List.of("155-dumps-snapshots#3"),
                report.failed(),
                () -> String.join("\n", report.failures()));
    }

    @Test
    void snapshotsAreThoseOfAllNodes() {
        JsonNode task = client.done("POST", "/snapshots", "");
        assertEquals("snapshotCreation", task.path("type").asString());
        assertFalse(task.has("details"), task::toString);
        if (System.getenv("MIROIR_TEST_MEILISEARCH") != null) {
            assertEquals("succeeded", task.path("status").asString(), task::toString);
            for (int group = 0; group < 2; group++) {
                for (int n = 0; n < 2; n++) {
                    Path snapshots = directory.resolve("node-" + group + "-" + n + "/snapshots");
                    assertTrue(
                            Files.exists(snapshots.resolve("data.snapshot")), snapshots::toString);
                }
            }
        } else {
            assertEquals("failed", task.path("status").asString(), task::toString);
            String why = task.path("error").path("message").asString();
            assertTrue(why.contains("The embedded Miroir node has no snapshots."), why);
            assertTrue(why.contains("`node-0-0`"), why);
        }
    }

    @Test
    void whatIsRefused() {
        HttpCalls.Reply malformed = client.call("POST", "/export", "{\"url\": 7}");
        assertEquals("invalid_export_url", malformed.body().path("code").asString());
        for (String target : List.of("/dumps", "/snapshots", "/export")) {
            HttpCalls.Reply get = client.call("GET", target);
            assertEquals(405, get.status(), target);
            assertEquals("POST", get.header("Allow"), target);
            HttpCalls.Reply stranger =
                    client.with("stranger")
                            // While the pod has no view lease it lets nobody in for another reason.
                            .await("POST", target, "{}", reply -> reply.status() != 503);
            assertEquals("invalid_api_key", stranger.body().path("code").asString(), target);
        }
        String none = "/_miroir/dumps/20200101-000000000";
        HttpCalls.Reply unknown = pods.getFirst().operator().call("GET", none);
        assertEquals(404, unknown.status());
        assertEquals("dump_not_found", unknown.body().path("code").asString());
        assertEquals(401, client.call("GET", none).status());
    }

    private void fill() {
        client.done("POST", "/indexes", "{\"uid\": \"empty\"}");
        client.done("POST", "/indexes", "{\"uid\": \"movies\", \"primaryKey\": \"id\"}");
        client.done("PATCH", "/indexes/movies/settings", SETTINGS);
        for (int first = 0; first < DOCUMENTS; first += DOCUMENTS / 2) {
            ArrayNode documents = Json.array();
            for (int id = first; id < first + DOCUMENTS / 2; id++) {
                ObjectNode document = documents.addObject();
                document.put("id", id).put("title", "movie number " + id).put("n", id % 10);
                document.put("secret", "s" + id);
                document.putObject("_vectors").putArray("manual").add(1).add(id / 1000.0);
            }
            client.done("POST", "/indexes/movies/documents", Json.text(documents));
        }
        client.call("PATCH", "/experimental-features", "{\"dynamicSearchRules\": true}");
        client.done("PATCH", RULE, PIN);
        HttpCalls.Reply key =
                client.call(
                        "POST",
                        "/keys",
                        "{\"name\": \"own\", \"actions\": [\"search\"], \"indexes\": [\"mov*\"],"
                                + " \"expiresAt\": \"2042-04-02T00:42:42Z\"}");
        assertEquals(201, key.status(), key.body()::toString);
    }

    /** From every pod, though one alone has made it. */
    private byte[] download(JsonNode task) {
        String uid = task.path("details").path("dumpUid").asString("");
        assertTrue(uid.matches("\\d{8}-\\d{9}"), task::toString);
        List<byte[]> got = new ArrayList<>();
        for (TestPod pod : pods) {
            HttpCalls.Reply reply = pod.operator().call("GET", "/_miroir/dumps/" + uid);
            assertEquals(200, reply.status(), reply.body()::toString);
            got.add(reply.raw().body());
        }
        got.forEach(dump -> assertArrayEquals(got.getFirst(), dump));
        return got.getFirst();
    }

    private static long uid(HttpCalls.Reply reply) {
        assertEquals(202, reply.status(), reply.body()::toString);
        return reply.body().path("taskUid").asLong();
    }

    private static JsonNode json(Map<String, String> files, String name) {
        return Json.parse(files.get(name));
    }

    private static JsonNode search(HttpCalls calls, String body) {
        ObjectNode answer = (ObjectNode) calls.call("POST", "/indexes/movies/search", body).body();
        answer.remove(List.of("processingTimeMs", "requestUid"));
        return answer;
    }

    /** An import counts as an update. */
    private static List<String> created(HttpCalls calls) {
        JsonNode indexes = calls.call("GET", "/indexes").body().path("results");
        return indexes.valueStream()
                .map(index -> index.path("uid") + " " + index.path("createdAt"))
                .toList();
    }

    /** Their values follow from another master key there. */
    private static List<String> keys(HttpCalls calls) {
        List<String> keys = new ArrayList<>();
        for (JsonNode key : calls.call("GET", "/keys").body().path("results")) {
            ((ObjectNode) key).remove("key");
            keys.add(key.toString());
        }
        keys.sort(Comparator.naturalOrder());
        return keys;
    }
}
