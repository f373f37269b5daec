package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.miroir.api.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Indexes go to another Meilisearch as they are for clients, whatever becomes of the leader. */
class ExportTest {
    private static final int PODS = 3;
    private static final int DOCUMENTS = 120;
    private static final String SETTINGS =
            """
            {"searchableAttributes": ["title"], "filterableAttributes": ["n"],
             "sortableAttributes": ["n"], "synonyms": {"film": ["movie"]},
             "embedders": {"manual": {"source": "userProvided", "dimensions": 2}}}
            """;

    @TempDir Path directory;

    private TestNodes nodes;
    private TestNodes others;
    private HttpCalls other;
    private final List<TestPod> pods = new ArrayList<>();
    private HttpCalls client;

    @BeforeEach
    void start() {
        nodes = new TestNodes(directory, 1, 2);
        others = new TestNodes(directory.resolve("other"), 1, 1);
        other = new HttpCalls(address(), TestNode.KEY);
        pods.addAll(TestPod.startGroup(directory, nodes.addresses(), PODS, ""));
        client = pods.getFirst().client();
    }

    @AfterEach
    void stop() {
        pods.forEach(TestPod::close);
        nodes.close();
        others.close();
    }

    @Test
    void theOtherHasWhatClientsSee() {
        fill();
        JsonNode task = export("{}");
        assertEquals("succeeded", task.path("status").asString(), task::toString);
        assertEquals("export", task.path("type").asString());
        assertTrue(task.path("indexUid").isNull());
        assertEquals(
                Json.parse(
                        """
                        {"empty": {"filter": null, "overrideSettings": false, "matched_documents": 0},
                         "movies": {"filter": null, "overrideSettings": false,
                                    "matched_documents": 120}}
                        """),
                task.path("details").path("indexes"));
        assertEquals("nodXXXXX...", task.path("details").path("apiKey").asString());
        assertFalse(task.toString().contains(TestNode.KEY));
        settle();
        for (String target :
                List.of(
                        "/indexes/movies/settings",
                        "/indexes/empty/settings",
                        "/indexes/movies/documents?limit=1000&retrieveVectors=true")) {
            assertEquals(
                    client.call("GET", target).body(), other.call("GET", target).body(), target);
        }
        JsonNode fields = other.call("GET", "/indexes/movies/stats").body();
        assertFalse(fields.toString().contains("_miroir"), fields::toString);
        assertEquals(
                "id", other.call("GET", "/indexes/movies").body().path("primaryKey").asString());
        assertTrue(other.call("GET", "/indexes/empty").body().path("primaryKey").isNull());
    }

    /** One that is there keeps its settings, unless it is said otherwise. */
    @Test
    void settingsAreOverriddenWhereThatIsAsked() {
        fill();
        other.done("POST", "/indexes", "{\"uid\": \"movies\"}");
        other.done("PATCH", "/indexes/movies/settings", "{\"stopWords\": [\"the\"]}");
        JsonNode some =
                export("{\"movies\": {\"filter\": \"n > 7\"}, \"none*\": {\"filter\": \"x = 1\"}}");
        assertEquals("succeeded", some.path("status").asString(), some::toString);
        JsonNode told = some.path("details").path("indexes");
        assertEquals(24, told.path("movies").path("matched_documents").asInt(), some::toString);
        assertEquals(1, told.size(), some::toString);
        settle();
        assertEquals(List.of("the"), stopWords());
        assertEquals(
                24, other.call("GET", "/indexes/movies/documents").body().path("total").asInt());
        JsonNode all = export("{\"mov*\": {\"overrideSettings\": true}}");
        assertEquals("succeeded", all.path("status").asString(), all::toString);
        settle();
        assertEquals(List.of(), stopWords());
        assertEquals(
                DOCUMENTS,
                other.call("GET", "/indexes/movies/documents").body().path("total").asInt());
    }

    /** The words are those of Meilisearch 1.50. */
    @Test
    void whatIsWrongFailsTheTask() {
        fill();
        assertFails(
                body("{}").put("apiKey", "wrong"),
                "internal",
                "Failed to export documents to remote server invalid_api_key (auth): The provided"
                        + " API key is invalid."
                        + " <https://docs.meilisearch.com/errors#invalid_api_key>");
        assertFails(
                body("{\"movies\": {\"filter\": \"zz > 1\"}}"),
                "invalid_document_filter",
                "Index `movies`: Attribute `zz` is not filterable. Available filterable attribute"
                        + " patterns are: `n`.\n1:3 zz > 1");
        assertFails(
                body("{\"movies\": {\"filter\": \"n >\"}}"),
                "invalid_document_filter",
                "Index `movies`: Was expecting a value but instead got nothing.\n4:4 n >");
        assertFails(
                body("{\"movies\": {\"filter\": 1}}"),
                "invalid_document_filter",
                "Index `movies`: Invalid syntax for the filter parameter: `expected String, Array,"
                        + " found: 1`.");
        assertFails(
                body("{\"movies\": {\"filter\": \"n CONTAINS a\"}}"),
                "feature_not_enabled",
                "Index `movies`: Using `CONTAINS` in a filter requires enabling the `contains"
                        + " filter` experimental feature. See"
                        + " https://github.com/orgs/meilisearch/discussions/763\n"
                        + "3:11 n CONTAINS a");
        assertFails(
                body("{\"movies\": {\"filter\": \"_miroir_shard = a\"}}"),
                "miroir_reserved_field",
                "`_miroir_shard` in `filter`: names that begin with `_miroir_` are reserved.");
        assertFails(
                body("{}").put("url", ""), "internal", "bad uri: /indexes/empty is missing scheme");
        assertFails(
                body("{}").put("url", "http://10.0.0.1"),
                "internal",
                "bad uri: Rejected URI: `10.0.0.1` is a local address, and in none of"
                        + " `server.export_ip_networks`");
        assertEquals(0, other.call("GET", "/indexes").body().path("total").asInt());
    }

    /** Nobody is there: it would be asked for a quarter of an hour. */
    @Test
    void oneThatIsAtWorkIsCanceled() {
        fill();
        String nobody = "http://127.0.0.1:" + TestPorts.one();
        long first = begin(body("{}").put("url", nobody));
        long second = begin(body("{}"));
        client.await(
                "GET",
                "/tasks/" + first,
                task -> task.body().path("status").asString("").equals("processing"));
        long dump = uid(client.call("POST", "/dumps", ""), 202);
        JsonNode dumped = client.finished(dump);
        assertEquals("succeeded", dumped.path("status").asString(), dumped::toString);
        JsonNode canceling =
                client.finished(
                        uid(client.call("POST", "/tasks/cancel?uids=" + first + "," + dump), 200));
        assertEquals(1, canceling.path("details").path("canceledTasks").asInt());
        assertEquals(2, canceling.path("details").path("matchedTasks").asInt());
        JsonNode canceled = client.finished(first);
        assertEquals("canceled", canceled.path("status").asString(), canceled::toString);
        assertEquals(canceling.path("uid"), canceled.path("canceledBy"));
        assertTrue(canceled.path("error").isNull(), canceled::toString);
        JsonNode after = client.finished(second);
        assertEquals("succeeded", after.path("status").asString(), after::toString);
    }

    /** That its source goes meanwhile is no excuse. */
    @Test
    void whatTheOtherRefusesFailsThoughTheIndexIsGone() throws Exception {
        fill();
        try (Front front = new Front(address())) {
            front.opens.set(true);
            front.refuses.set(() -> client.done("DELETE", "/indexes/movies", ""));
            JsonNode task = client.finished(begin(body("{}").put("url", front.url())));
            assertEquals("failed", task.path("status").asString(), task::toString);
            assertEquals(
                    "The remote server answered 400 without an error of Meilisearch.",
                    task.path("error").path("message").asString());
        }
    }

    /**
     * The leader goes when it has made an index on the other side, and not set it yet. For the next
     * one the index is there, as one that must keep its settings would be.
     */
    @Test
    void theNextLeaderGoesOn() throws Exception {
        fill();
        try (Front front = new Front(address())) {
            long task = begin(body("{}").put("url", front.url()));
            client.await("GET", "/health", _ -> front.asked("PATCH /indexes/movies/settings"));
            TestPod leader = awaitLeader();
            leader.close();
            pods.remove(leader);
            client = pods.getFirst().client();
            front.opens.set(true);
            JsonNode ended = client.finished(task);
            assertEquals("succeeded", ended.path("status").asString(), ended::toString);
            assertEquals(
                    DOCUMENTS,
                    ended.path("details")
                            .path("indexes")
                            .path("movies")
                            .path("matched_documents")
                            .asInt());
            settle();
            String settings = "/indexes/movies/settings";
            assertEquals(client.call("GET", settings).body(), other.call("GET", settings).body());
            // What was done is not done again, and each index is made once.
            assertEquals(1, front.count("PATCH /indexes/empty/settings"));
            assertEquals(2, front.count("POST /indexes"));
            assertTrue(front.compressed.get());
        }
    }

    /** Stands before the other one and is in trouble when settings of movies are sent. */
    private static final class Front implements AutoCloseable {
        private final List<String> requests = new CopyOnWriteArrayList<>();
        private final AtomicBoolean opens = new AtomicBoolean();
        private final AtomicBoolean compressed = new AtomicBoolean();

        /** Run before documents are refused, if it is there. */
        private final AtomicReference<Runnable> refuses = new AtomicReference<>();

        private final AtomicReference<HttpServer> server = new AtomicReference<>();
        private final HttpCalls behind;

        Front(URI other) throws IOException {
            this.behind = new HttpCalls(other, TestNode.KEY);
            HttpServer http =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            http.createContext("/", this::answer);
            http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            http.start();
            server.set(http);
        }

        String url() {
            return "http://127.0.0.1:" + server.get().getAddress().getPort() + "/";
        }

        boolean asked(String request) {
            return requests.contains(request);
        }

        long count(String request) {
            return requests.stream().filter(request::equals).count();
        }

        private void answer(HttpExchange exchange) throws IOException {
            try (exchange) {
                String method = exchange.getRequestMethod();
                String path = exchange.getRequestURI().getPath();
                byte[] body = exchange.getRequestBody().readAllBytes();
                requests.add(method + " " + path);
                if (path.equals("/indexes/movies/settings") && !opens.get()) {
                    exchange.sendResponseHeaders(503, -1);
                    return;
                }
                Runnable before = refuses.get();
                if (path.endsWith("/documents") && before != null) {
                    before.run();
                    exchange.sendResponseHeaders(400, -1);
                    return;
                }
                if ("gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))) {
                    compressed.set(true);
                    body = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
                }
                String type = exchange.getRequestHeaders().getFirst("Content-Type");
                HttpCalls.Reply reply =
                        behind.call(method, path, type == null ? "application/json" : type, body);
                byte[] told = reply.raw().body();
                exchange.sendResponseHeaders(reply.status(), told.length == 0 ? -1 : told.length);
                exchange.getResponseBody().write(told);
            }
        }

        @Override
        public void close() {
            server.get().stop(0);
        }
    }

    private TestPod awaitLeader() {
        List<TestPod> found = new ArrayList<>();
        client.await(
                "GET",
                "/health",
                _ -> {
                    pods.stream().filter(ExportTest::leads).forEach(found::add);
                    return !found.isEmpty();
                });
        return found.getFirst();
    }

    private static boolean leads(TestPod pod) {
        JsonNode store = pod.operator().call("GET", "/_miroir/topology").body().path("store");
        return store.path("role").asString().equalsIgnoreCase("leader");
    }

    private void fill() {
        client.done("POST", "/indexes", "{\"uid\": \"empty\"}");
        client.done("POST", "/indexes", "{\"uid\": \"movies\", \"primaryKey\": \"id\"}");
        client.done("PATCH", "/indexes/movies/settings", SETTINGS);
        ArrayNode documents = Json.array();
        for (int id = 0; id < DOCUMENTS; id++) {
            ObjectNode document = documents.addObject();
            document.put("id", id).put("title", "movie number " + id).put("n", id % 10);
            document.putObject("_vectors").putArray("manual").add(1).add(id / 1000.0);
        }
        client.done("POST", "/indexes/movies/documents", Json.text(documents));
    }

    private URI address() {
        return others.addresses().getFirst().getFirst();
    }

    private ObjectNode body(String indexes) {
        ObjectNode body =
                Json.object().put("url", address().toString()).put("apiKey", TestNode.KEY);
        body.put("payloadSize", "5 KiB");
        if (!indexes.equals("{}")) {
            body.set("indexes", Json.parse(indexes));
        }
        return body;
    }

    private long begin(ObjectNode body) {
        return uid(client.call("POST", "/export", Json.text(body)), 200);
    }

    private JsonNode export(String indexes) {
        return client.finished(begin(body(indexes)));
    }

    private void assertFails(ObjectNode body, String code, String message) {
        JsonNode task = client.finished(begin(body));
        assertEquals("failed", task.path("status").asString(), task::toString);
        assertEquals(message, task.path("error").path("message").asString());
        assertEquals(code, task.path("error").path("code").asString());
    }

    private static long uid(HttpCalls.Reply reply, int status) {
        assertEquals(
                status,
                reply.status(),
                () -> new String(reply.raw().body(), StandardCharsets.UTF_8));
        return reply.body().path("taskUid").asLong();
    }

    /** The other one has done all that it was asked for. */
    private void settle() {
        JsonNode open =
                other.await(
                                "GET",
                                "/tasks?statuses=enqueued,processing",
                                reply -> reply.body().path("total").asInt(-1) == 0)
                        .body();
        assertEquals(0, open.path("total").asInt());
        JsonNode failed = other.call("GET", "/tasks?statuses=failed").body();
        assertEquals(0, failed.path("total").asInt(), failed::toString);
    }

    private List<String> stopWords() {
        return other.call("GET", "/indexes/movies/settings")
                .body()
                .path("stopWords")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }
}
