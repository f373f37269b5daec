package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cluster.LaneOwner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Three pods of one group over two groups of one node each; their own ports are mutual TLS by a
 * shared secret, as the chart and the page for three VMs have it.
 */
class ThreePodsTest {
    private static final int PODS = 3;
    private static final int WRITES_APART = 6;

    @TempDir static Path directory;

    private static FaultyNode first;
    private static FaultyNode second;
    private static final List<TestPod> pods = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        TestNodes nodes = new TestNodes(directory, 2, 1);
        first = new FaultyNode(nodes.node(0, 0));
        second = new FaultyNode(nodes.node(1, 0));
        // By their keys nodes know who asks.
        pods.addAll(
                startPods(
                        directory,
                        List.of(List.of(first.address()), List.of(second.address())),
                        "",
                        ThreePodsTest::environment));
    }

    /** Each has all keys, as pods know each other by them, too, and shows nodes its own. */
    private static Map<String, String> environment(int pod) {
        List<String> keys =
                IntStream.range(0, PODS).mapToObj(other -> nodeKey((pod + other) % PODS)).toList();
        Map<String, String> environment = new HashMap<>(TestPod.SECRETS);
        environment.remove("MIROIR_NODE_MASTER_KEY");
        try {
            Path file = Files.write(directory.resolve("node-keys-" + pod), keys);
            environment.put("MIROIR__NODE_MASTER_KEY_FILE", file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return environment;
    }

    private static String nodeKey(int pod) {
        return TestNode.KEY + "-" + pod;
    }

    static List<TestPod> startPods(
            Path directory,
            List<List<URI>> groups,
            String more,
            IntFunction<Map<String, String>> environment)
            throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), "secret-of-these-pods-only");
        String keys = "secret_file: " + secret;
        return TestPod.startGroup(directory, groups, PODS, keys, more, environment);
    }

    @AfterAll
    static void stop() {
        pods.forEach(TestPod::close);
        first.close();
        second.close();
    }

    /**
     * A pod and a node don't hear each other, and all others do: whoever runs the lane, what is
     * acknowledged is found through all pods, and what the node missed comes back to it.
     */
    @Test
    void aPodAndANodeThatDontHearEachOtherLoseNothing() {
        List<String> ids = List.of("pod-0", "pod-1", "pod-2");
        Map<String, String> indexes = new TreeMap<>();
        for (int i = 0; indexes.size() < PODS; i++) {
            indexes.putIfAbsent(LaneOwner.of("apart" + i, ids), "apart" + i);
        }
        for (String index : indexes.values()) {
            pods.getFirst().client().done("POST", documentsOf(index), "[{\"id\": 0}]");
        }
        second.misbehaveTo(FaultyNode.Fault.CLOSE, nodeKey(1));
        for (int id = 1; id <= WRITES_APART; id++) {
            for (String index : indexes.values()) {
                JsonNode task =
                        pods.get(id % PODS)
                                .client()
                                .done("POST", documentsOf(index), "[{\"id\": " + id + "}]");
                assertEquals("succeeded", task.path("status").asString(), task::toString);
            }
        }
        assertTrue(second.faults() > 0);
        indexes.forEach(
                (owner, index) -> {
                    String states = shardsOf(index).toString();
                    boolean out = states.contains("\"node-1-0\":\"out\"");
                    assertEquals(owner.equals("pod-1"), out, () -> owner + ": " + states);
                    for (TestPod pod : pods) {
                        HttpCalls.Reply found =
                                pod.client().leased("/indexes/" + index + "/search");
                        assertEquals("", found.header("X-Miroir-Degraded"), found::toString);
                        int hits = found.body().path("hits").size();
                        assertEquals(1 + WRITES_APART, hits, found::toString);
                    }
                });
        second.behave();
        String last = indexes.get("pod-1");
        pods.getFirst()
                .operator()
                .await("GET", "/_miroir/shards", _ -> isInSync(shardsOf(last).toString()));
        Cli verified = Cli.verify(pods.getFirst());
        assertEquals(0, verified.exit(), verified::toString);
    }

    private static boolean isInSync(String states) {
        return !states.contains("\"out\"") && !states.contains("\"lagging\"");
    }

    private static JsonNode shardsOf(String index) {
        JsonNode shards = pods.getFirst().operator().call("GET", "/_miroir/shards").body();
        return shards.path("indexes").path(index).path("shards");
    }

    private static String documentsOf(String index) {
        return "/indexes/" + index + "/documents";
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
        JsonNode tasks = first.call("GET", "/tasks?indexUids=large").body();
        assertEquals(1, tasks.path("total").asInt(), tasks::toString);
        JsonNode stats = first.call("GET", "/indexes/large/stats").body();
        assertEquals(0, stats.path("numberOfDocuments").asInt(), stats::toString);
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
