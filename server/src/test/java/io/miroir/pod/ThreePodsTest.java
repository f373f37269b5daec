package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Three pods of one group over two groups of one node each; their own ports are mutual TLS by a
 * shared secret, as the chart and the page for three VMs have it.
 */
class ThreePodsTest {
    private static final int PODS = 3;

    @TempDir Path directory;

    private TestNodes nodes;
    private final List<TestPod> pods = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        nodes = new TestNodes(directory, 2, 1);
        Path secret = Files.writeString(directory.resolve("secret"), "secret-of-these-pods-only");
        String keys = "secret_file: " + secret;
        pods.addAll(TestPod.startGroup(directory, nodes.addresses(), PODS, keys));
    }

    @AfterEach
    void stop() {
        pods.forEach(TestPod::close);
        nodes.close();
    }

    @Test
    void anyPodTakesWritesOfAnyIndexAndAllPodsKnowTheTasks() {
        List<String> uids = new ArrayList<>();
        // Six indexes: some lanes are surely another pod's, so bodies are passed on.
        for (int i = 0; i < 6; i++) {
            HttpCalls client = pods.get(i % PODS).client();
            JsonNode task =
                    client.done(
                            "POST",
                            "/indexes/i" + i + "/documents",
                            "[{\"id\": 1, \"n\": " + i + "}]");
            assertEquals("succeeded", task.path("status").asString(), task::toString);
            uids.add(task.path("uid").asString());
        }
        for (TestPod pod : pods) {
            HttpCalls client = pod.client();
            // Named ones are there at once, whichever pod has told of them.
            for (String named : List.of("uids", "batchUids")) {
                String list = "/tasks?" + named + "=" + String.join(",", uids);
                assertEquals(6, client.call("GET", list).body().path("total").asInt());
            }
            for (int i = 0; i < 6; i++) {
                String target = "/indexes/i" + i + "/documents/1";
                JsonNode document =
                        client.await("GET", target, reply -> reply.status() == 200).body();
                assertEquals(i, document.path("n").asInt());
            }
        }
    }

    /** Protocol, rule 9: once a task's end is told, every pod's reads see what it did. */
    @Test
    void whatIsToldOnOnePodIsSeenOnAll() {
        for (int i = 0; i < 8; i++) {
            HttpCalls client = pods.get(i % PODS).client();
            String index = "/indexes/told" + i;
            client.done("POST", index + "/documents", "[{\"id\": 1}]");
            for (TestPod pod : pods) {
                assertEquals(200, pod.client().leased(index + "/documents/1").status());
            }
            client.done("DELETE", index, "");
            for (TestPod pod : pods) {
                assertEquals(404, pod.client().leased(index).status());
            }
        }
    }

    /**
     * Whichever pods they come to: one makes the index, and the first documents of all are there.
     */
    @Test
    void ofClientsThatCreateTheSameIndexAtOnceOneIsTold() throws Exception {
        for (int i = 0; i < 3; i++) {
            String index = "{\"uid\": \"same" + i + "\", \"primaryKey\": \"id\"}";
            List<String> ends = new ArrayList<>();
            for (JsonNode task : throughAllPods("/indexes", _ -> index)) {
                ends.add(
                        task.path("status").asString()
                                + task.path("error").path("code").asString(""));
            }
            ends.sort(null);
            String second = "failedindex_already_exists";
            assertEquals(List.of(second, second, "succeeded"), ends);

            String documents = "/indexes/both" + i + "/documents";
            for (JsonNode task : throughAllPods(documents, pod -> "[{\"id\":" + pod + "}]")) {
                assertEquals("succeeded", task.path("status").asString(), task::toString);
            }
            JsonNode stored = pods.get(i % PODS).client().call("GET", documents).body();
            assertEquals(PODS, stored.path("total").asInt(), stored::toString);
        }
    }

    /** The tasks of POSTs that come to all pods at once, once they have ended. */
    private List<JsonNode> throughAllPods(String target, IntFunction<String> body)
            throws Exception {
        List<Future<JsonNode>> asked = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < PODS; i++) {
                int pod = i;
                HttpCalls client = pods.get(pod).client();
                asked.add(threads.submit(() -> client.done("POST", target, body.apply(pod))));
            }
        }
        List<JsonNode> tasks = new ArrayList<>();
        for (Future<JsonNode> task : asked) {
            tasks.add(task.get());
        }
        return tasks;
    }

    /** Protocol, rule 9: searches go on without a quorum, and say that they may be old. */
    @Test
    void aPodWithoutAQuorumSaysThatItsReadsMayBeOld() {
        HttpCalls client = pods.getLast().client();
        client.done("POST", "/indexes/alone/documents", "[{\"id\": 1}]");
        assertEquals("", client.call("GET", "/indexes/alone/search").header("X-Miroir-Degraded"));
        pods.removeFirst().close();
        pods.removeFirst().close();
        HttpCalls.Reply stale =
                client.await(
                        "GET",
                        "/indexes/alone/search",
                        reply -> reply.header("X-Miroir-Degraded").contains("stale-view"));
        assertEquals(1, stale.body().path("hits").size(), stale.body()::toString);
    }

    /** Whoever runs the lane: a client that is refused for now is told when to come back. */
    @Test
    void aWriteWithoutNodesIsToBeTriedAgainThroughAnyPod() {
        nodes.node(0, 0).kill();
        nodes.node(1, 0).kill();
        for (TestPod pod : pods) {
            HttpCalls.Reply refused =
                    pod.client().call("POST", "/indexes/i/documents", "[{\"id\": 1}]");
            assertEquals(503, refused.status(), refused.body()::toString);
            assertEquals("10", refused.header("Retry-After"));
        }
    }

    /** The pod that runs the lane decides on what is lost, whichever is asked (rule 18). */
    @Test
    void aLossIsAcceptedThroughAnyPod() {
        pods.getFirst().client().done("POST", "/indexes/i/documents", "[{\"id\": 1}]");
        for (TestPod pod : pods) {
            HttpCalls.Reply nothing = acceptLoss(pod, "i", "node-1-0", false);
            assertEquals(409, nothing.status(), nothing.body()::toString);
            String why = nothing.body().path("message").asString();
            assertTrue(why.contains("each shard is in sync on a node that may answer"), why);
        }
        // Node 1 misses a write, and node 0 is gone then: once all pods see that, any may be asked.
        nodes.node(1, 0).kill();
        pods.getFirst().client().done("POST", "/indexes/i/documents", "[{\"id\": 1}, {\"id\": 2}]");
        nodes.node(0, 0).kill();
        nodes.node(1, 0).start();
        for (TestPod pod : pods) {
            pod.operator()
                    .await(
                            "POST",
                            "/_miroir/shards/accept-loss",
                            lossOf("i", "node-1-0", true),
                            reply -> reply.status() == 200);
        }
        assertEquals(200, acceptLoss(pods.getLast(), "i", "node-1-0", false).status());
        double counted = 0;
        for (TestPod pod : pods) {
            counted += pod.metric("miroir_losses_accepted_total");
            pod.client().await("GET", "/indexes/i/search", reply -> reply.status() == 200);
        }
        assertEquals(1, counted);
    }

    private static HttpCalls.Reply acceptLoss(
            TestPod pod, String index, String node, boolean dryRun) {
        return pod.operator()
                .call("POST", "/_miroir/shards/accept-loss", lossOf(index, node, dryRun));
    }

    private static String lossOf(String index, String node, boolean dryRun) {
        return "{\"index\": \"%s\", \"node\": \"%s\", \"dry_run\": %b}"
                .formatted(index, node, dryRun);
    }

    /** Protocol, rule 1: a body that turns out too large is refused whoever runs the lane. */
    @Test
    void aBodyBeyondTheLimitWritesNothingThroughAnyPod() {
        HttpCalls first = pods.getFirst().client();
        first.done("POST", "/indexes", "{\"uid\": \"large\", \"primaryKey\": \"id\"}");
        String document = "{\"id\": 1, \"t\": \"" + "word ".repeat(2_000) + "\"}\n";
        String documents = document.repeat(TestPod.BODY_BYTES_MAX / document.length());
        // One byte too many, and nothing after it that a closing connection could lose.
        String body = documents + "\n".repeat(TestPod.BODY_BYTES_MAX + 1 - documents.length());
        for (TestPod pod : pods) {
            HttpCalls.Reply large =
                    pod.client().stream("/indexes/large/documents", "application/x-ndjson", body);
            assertEquals(413, large.status(), large.body()::toString);
            assertEquals("payload_too_large", large.body().path("code").asString());
        }
        assertEquals(1, first.call("GET", "/tasks").body().path("total").asInt());
        JsonNode stats = first.call("GET", "/indexes/large/stats").body();
        assertEquals(0, stats.path("numberOfDocuments").asInt(), stats::toString);
    }

    /** Protocol, rules 2 to 5: the next owner goes on where a lost one stopped. */
    @Test
    void whenAPodStopsOthersTakeItsLanesAndNothingAcknowledgedIsLost() throws Exception {
        List<Long> acknowledged = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            HttpCalls.Reply reply =
                    pods.get(1)
                            .client()
                            .call("POST", "/indexes/i" + i + "/documents", "[{\"id\": 1}]");
            assertEquals(202, reply.status(), reply.body()::toString);
            acknowledged.add(reply.body().path("taskUid").asLong());
        }
        pods.removeFirst().close();
        HttpCalls client = pods.getLast().client();
        for (long task : acknowledged) {
            JsonNode done = client.finished(task);
            assertEquals("succeeded", done.path("status").asString(), done::toString);
        }
        for (int i = 0; i < 12; i++) {
            client.await(
                    "POST",
                    "/indexes/i" + i + "/documents",
                    "[{\"id\": 2}]",
                    r -> r.status() == 202);
        }
        for (int i = 0; i < 12; i++) {
            client.await("GET", "/indexes/i" + i + "/documents/2", r -> r.status() == 200);
        }
    }

    /** Protocol, rule 7: names move once all before them is done, whoever runs the lanes. */
    @Test
    void namesMoveAsOneAlsoWhenAPodIsLost() {
        List<Long> swaps = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String one = "one" + i;
            String other = "other" + i;
            HttpCalls client = pods.get(1 + i % 2).client();
            accepted(client, "POST", "/indexes/" + one + "/documents", "[{\"id\": 1}]");
            accepted(client, "POST", "/indexes/" + other + "/documents", "[{\"id\": 2}]");
            swaps.add(
                    accepted(
                            client,
                            "POST",
                            "/swap-indexes",
                            "[{\"indexes\": [\"" + one + "\", \"" + other + "\"]}]"));
        }
        pods.removeFirst().close();
        HttpCalls client = pods.getLast().client();
        for (long swap : swaps) {
            JsonNode done = client.finished(swap);
            assertEquals("succeeded", done.path("status").asString(), done::toString);
        }
        for (int i = 0; i < 8; i++) {
            String one = "/indexes/one" + i + "/documents/";
            String other = "/indexes/other" + i + "/documents/";
            for (TestPod pod : pods) {
                assertEquals(200, pod.client().leased(one + "2").status());
                assertEquals(404, pod.client().leased(one + "1").status());
                assertEquals(200, pod.client().leased(other + "1").status());
            }
            // What is written now is of the index that has the name now.
            client.await(
                    "POST",
                    "/indexes/one" + i + "/documents",
                    "[{\"id\": 3}]",
                    reply -> reply.status() == 202);
            client.await("GET", one + "3", reply -> reply.status() == 200);
            assertEquals(404, client.call("GET", other + "3").status());
        }
    }

    private static long accepted(HttpCalls client, String verb, String target, String body) {
        HttpCalls.Reply reply = client.call(verb, target, body);
        assertEquals(202, reply.status(), reply.body()::toString);
        return reply.body().path("taskUid").asLong();
    }

    @Test
    void writesThroughAllPodsAtOnceAreAllThere() throws Exception {
        AtomicInteger ids = new AtomicInteger();
        pods.get(0).client().done("POST", "/indexes/all/documents", "[{\"id\": 0}]");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> writers = new ArrayList<>();
            for (int writer = 0; writer < 6; writer++) {
                HttpCalls client = pods.get(writer % PODS).client();
                writers.add(
                        threads.submit(
                                () -> {
                                    for (int i = 0; i < 10; i++) {
                                        int id = ids.incrementAndGet();
                                        client.done(
                                                "POST",
                                                "/indexes/all/documents",
                                                "[{\"id\": " + id + "}]");
                                    }
                                    return 0;
                                }));
            }
            for (Future<Integer> writer : writers) {
                writer.get();
            }
        }
        JsonNode stats = pods.get(1).client().call("GET", "/indexes/all/stats").body();
        assertEquals(61, stats.path("numberOfDocuments").asInt(), stats::toString);
    }
}
