package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** One pod over two groups of one node, of which the second misbehaves. */
@Timeout(300)
class FaultsTest {
    private static final String SHARDS = "/_miroir/shards";

    /** Writes that may wait for one index: a quarter of all requests. */
    private static final int WAITING_MAX = 4;

    @TempDir Path directory;

    private FaultyNode first;
    private FaultyNode second;
    private TestPod pod;
    private HttpCalls client;

    @BeforeEach
    void start() {
        first = new FaultyNode(directory.resolve("first"));
        second = new FaultyNode(directory.resolve("second"));
        pod =
                new TestPod(
                        directory.resolve("pod"),
                        List.of(List.of(first.address()), List.of(second.address())),
                        1,
                        "scatter:\n  node_timeout_ms: 2000\n" + TestPod.WITHOUT_REPAIR,
                        environment());
        client = pod.client();
        client.awaitStatus("GET", "/_miroir/ready", 200);
        client.done("POST", "/indexes/i/documents", "[{\"id\": 1, \"t\": \"one\"}]");
    }

    /** Few requests at a time; and half a second is not too late for a health check. */
    private static Map<String, String> environment() {
        Map<String, String> environment =
                new HashMap<>(
                        TestPod.secretsAnd(
                                "MIROIR__SERVER__MAX_CONCURRENT_REQUESTS",
                                String.valueOf(4 * WAITING_MAX)));
        environment.put("MIROIR__HEALTH__INTERVAL_MS", "3000");
        environment.put("MIROIR__HEALTH__TIMEOUT_MS", "3000");
        return environment;
    }

    @AfterEach
    void stop() {
        pod.close();
        first.close();
        second.close();
    }

    private boolean secondIsOut() {
        JsonNode shards =
                pod.operator().call("GET", SHARDS).body().path("indexes").path("i").path("shards");
        return shards.toString().contains("\"node-1-0\":\"out\"");
    }

    /** A node in trouble costs a second request, never the search. */
    @ParameterizedTest
    @EnumSource(
            value = FaultyNode.Fault.class,
            names = {"ERROR", "GARBAGE", "LIST", "HANG", "CLOSE"})
    void searchesOutliveANodeThatFails(FaultyNode.Fault fault) {
        second.misbehave(fault, "/search");
        int before = second.searches();
        for (int i = 0; second.searches() == before; i++) {
            // Different queries prefer different groups: one of them meets the node.
            HttpCalls.Reply reply =
                    client.call(
                            "POST",
                            "/indexes/i/search",
                            "{\"filter\": null, \"limit\": "
                                    + (20 + i)
                                    + ", \"q\": \"one"
                                    + " ".repeat(i % 30)
                                    + "\"}");
            assertEquals(200, reply.status(), reply.body()::toString);
            assertEquals(1, reply.body().path("hits").size(), reply.body()::toString);
            assertEquals("", reply.header("X-Miroir-Degraded"));
        }
    }

    /** Slow is not dead: it is read and written to as others, and nothing is told of it. */
    @Test
    void aNodeThatAnswersHalfASecondLateIsUsed() {
        second.beSlow(Duration.ofMillis(500));
        for (int id = 2; id < 4; id++) {
            HttpCalls.Reply reply =
                    client.call("POST", "/indexes/i/documents", "[{\"id\": " + id + "}]");
            assertEquals("", reply.header("X-Miroir-Degraded"), reply::toString);
            JsonNode task = client.finished(reply.body().path("taskUid").asLong());
            assertEquals("succeeded", task.path("status").asString(), task::toString);
        }
        int before = second.searches();
        for (int i = 0; second.searches() == before; i++) {
            // Different queries prefer different groups.
            String query = "{\"q\": \"" + " ".repeat(i % 30) + "\"}";
            HttpCalls.Reply reply = client.call("POST", "/indexes/i/search", query);
            assertEquals("", reply.header("X-Miroir-Degraded"), reply::toString);
            assertEquals(3, reply.body().path("hits").size(), reply::toString);
        }
        assertFalse(secondIsOut());
        JsonNode topology = pod.operator().call("GET", "/_miroir/topology").body();
        assertEquals(0, topology.path("degraded_node_count").asInt(9), topology::toString);
    }

    /** A node that holds up writes of an index holds up no searches, and is out for that index. */
    @Test
    @Tag("nightly")
    void aNodeThatAnswersHalfAMinuteLateHoldsUpOneWriteAtMost() {
        second.beSlow(Duration.ofSeconds(30));
        for (int id = 2; id < 6; id++) {
            JsonNode task = client.done("POST", "/indexes/i/documents", "[{\"id\": " + id + "}]");
            assertEquals("succeeded", task.path("status").asString(), task::toString);
            HttpCalls.Reply reply =
                    client.call("POST", "/indexes/i/search", "{\"limit\": " + (20 + id) + "}");
            assertEquals("", reply.header("X-Miroir-Degraded"), reply::toString);
            assertEquals(id, reply.body().path("hits").size(), reply::toString);
        }
        assertTrue(secondIsOut());
        second.behave();
        // A pod that may bring it back does.
        pod.close();
        pod =
                new TestPod(
                        directory.resolve("pod"),
                        List.of(List.of(first.address()), List.of(second.address())),
                        1,
                        "");
        pod.operator().await("GET", SHARDS, _ -> !secondIsOut());
        Cli verified = Cli.verify(pod);
        assertEquals(0, verified.exit(), verified::toString);
    }

    /**
     * An index whose node is slow takes only so many writes, says when to come again, and leaves
     * the others theirs.
     */
    @Test
    void anIndexThatIsSlowTakesNoOthersWrites() throws Exception {
        client.done("POST", "/indexes/slow/documents", "[{\"id\": 0}]");
        String physical =
                pod.operator()
                        .call("GET", SHARDS)
                        .body()
                        .path("indexes")
                        .path("slow")
                        .path("physical_uid")
                        .asString();
        second.misbehave(FaultyNode.Fault.HELD, physical + "/documents");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> writes = new ArrayList<>();
            writes.add(threads.submit(() -> writeSlow(0)));
            while (second.faults() == 0) {
                Thread.sleep(5);
            }
            for (int id = 1; id <= WAITING_MAX; id++) {
                int one = id;
                writes.add(threads.submit(() -> writeSlow(one)));
            }
            while (pod.metric("miroir_lane_waiting_writes") < WAITING_MAX) {
                Thread.sleep(5);
            }
            HttpCalls.Reply full = client.call("POST", "/indexes/slow/documents", "[{\"id\": 9}]");
            assertEquals(503, full.status(), full::toString);
            assertEquals("miroir_overloaded", full.body().path("code").asString());
            assertEquals("10", full.header("Retry-After"));
            for (int id = 2; id < 6; id++) {
                JsonNode task =
                        client.done("POST", "/indexes/i/documents", "[{\"id\": " + id + "}]");
                assertEquals("succeeded", task.path("status").asString(), task::toString);
            }
            assertTrue(writes.stream().noneMatch(Future::isDone));
            second.behave();
            for (Future<Integer> write : writes) {
                assertEquals(202, write.get());
            }
        }
        assertFalse(secondIsOut());
    }

    private int writeSlow(int id) {
        return pod.client()
                .call("POST", "/indexes/slow/documents", "[{\"id\": " + id + "}]")
                .status();
    }

    /** Protocol, rule 4: a lost answer is looked for among the node's tasks, by metadata. */
    @Test
    void aWriteWhoseAnswerIsLostIsFoundOnTheNode() throws InterruptedException {
        second.misbehave(FaultyNode.Fault.DO_AND_CLOSE, "/documents");
        JsonNode task = client.done("POST", "/indexes/i/documents", "[{\"id\": 2}]");
        assertEquals("succeeded", task.path("status").asString(), task::toString);
        second.behave();
        assertFalse(secondIsOut());

        // Nor is a task lost of which a node talks nonsense for a while.
        second.misbehave(FaultyNode.Fault.LIST, "/tasks");
        HttpCalls.Reply reply = client.call("POST", "/indexes/i/documents", "[{\"id\": 3}]");
        while (second.faults() < 3) {
            Thread.sleep(5);
        }
        second.behave();
        task = client.finished(reply.body().path("taskUid").asLong());
        assertEquals("succeeded", task.path("status").asString(), task::toString);
        assertFalse(secondIsOut());
    }

    /** Protocol, rules 2 and 4: who may have missed a write is out by its bind, and never read. */
    @Test
    void aNodeThatMissedAWriteIsOutAndNotReadAgain() {
        second.misbehave(FaultyNode.Fault.CLOSE, "/documents");
        HttpCalls.Reply reply =
                client.call("PUT", "/indexes/i/documents", "[{\"id\": 1, \"t\": \"two\"}]");
        assertEquals(202, reply.status(), reply.body()::toString);
        assertTrue(reply.header("X-Miroir-Degraded").startsWith("group=1"), reply::toString);
        client.finished(reply.body().path("taskUid").asLong());
        second.behave();
        assertTrue(secondIsOut());

        for (int i = 0; i < 20; i++) {
            // Queries that prefer the second group find the document in the first.
            String query = "{\"q\": \"two" + " ".repeat(i) + "\"}";
            HttpCalls.Reply found = client.call("POST", "/indexes/i/search", query);
            JsonNode hit = found.body().path("hits").path(0);
            assertEquals("two", hit.path("t").asString(""), found::toString);
        }
        pod.restart();
        pod.client().awaitStatus("GET", "/_miroir/ready", 200);
        client = pod.client();
        assertTrue(secondIsOut());
    }

    /** Protocol, rules 1 and 2: a node that is gone in the middle of a body has nothing of it. */
    @Test
    void aNodeThatDiesInTheMiddleOfABatchHasNothingOfIt() {
        StringBuilder batch = new StringBuilder("[");
        for (int id = 0; id < 20_000; id++) {
            batch.append(id == 0 ? "" : ",")
                    .append("{\"id\":")
                    .append(id)
                    .append(",\"t\":\"one of many, long enough to fill buffers on the way\"}");
        }
        second.misbehave(FaultyNode.Fault.CUT, "/documents");
        JsonNode task = client.done("POST", "/indexes/i/documents", batch.append("]").toString());
        assertEquals("succeeded", task.path("status").asString(), task::toString);
        assertEquals(20_000, task.path("details").path("indexedDocuments").asInt(), task::toString);
        second.behave();
        assertTrue(secondIsOut());
        HttpCalls held = new HttpCalls(second.address(), TestNode.KEY);
        JsonNode results = held.call("GET", "/indexes").body().path("results");
        String physical = results.path(0).path("uid").asString();
        assertEquals(
                1,
                held.call("GET", "/indexes/" + physical + "/stats")
                        .body()
                        .path("numberOfDocuments")
                        .asInt(),
                "only the document from before");
        assertEquals(
                20_000,
                client.call("GET", "/indexes/i/documents?limit=0").body().path("total").asInt());
    }

    /** Protocol, rule 3: without a quorum nothing is sent, and nothing becomes a task. */
    @Test
    void withoutAnyNodeAWriteIsRefusedAndASearchSaysSo() {
        first.kill();
        second.kill();
        long tasks = client.call("GET", "/tasks").body().path("total").asLong();
        HttpCalls.Reply write = client.call("POST", "/indexes/i/documents", "[{\"id\": 3}]");
        assertEquals(503, write.status(), write.body()::toString);
        assertEquals("miroir_no_quorum", write.body().path("code").asString());
        assertEquals(tasks, client.call("GET", "/tasks").body().path("total").asLong());
        HttpCalls.Reply search = client.call("POST", "/indexes/i/search", "{\"q\": \"one\"}");
        assertEquals("miroir_shard_unavailable", search.body().path("code").asString());
        // Who routes to pods sends clients here still, so that they hear of it.
        client.await("GET", "/_miroir/ready", reply -> !isCovered(reply));
        assertEquals(200, client.call("GET", "/_miroir/ready").status());
        first.start();
        second.start();
        // Ready is a pod that reaches one group: the other may be found later.
        pod.operator()
                .await(
                        "GET",
                        "/_miroir/topology",
                        reply -> reply.body().path("degraded_node_count").asInt(-1) == 0);
        JsonNode done = client.done("POST", "/indexes/i/documents", "[{\"id\": 3}]");
        assertEquals("succeeded", done.path("status").asString(), done::toString);
        assertFalse(secondIsOut());
    }

    private static boolean isCovered(HttpCalls.Reply reply) {
        return reply.body().path("fully_covered").asBoolean(true);
    }

    /** The promise of the tour: a node that dies costs no search, and writes go on. */
    @Test
    void aNodeThatDiesUnderLoadCostsNoSearch() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        List<String> failed = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> searching =
                    threads.submit(
                            () -> {
                                int count = 0;
                                while (!stop.get()) {
                                    String query = "{\"q\": \"one" + " ".repeat(count % 40) + "\"}";
                                    HttpCalls.Reply reply =
                                            client.call("POST", "/indexes/i/search", query);
                                    if (reply.body().path("hits").size() != 1) {
                                        failed.add(reply.status() + " " + reply.body());
                                    }
                                    count++;
                                }
                                return count;
                            });
            for (int id = 10; id < 30; id++) {
                if (id == 15) {
                    second.kill();
                }
                JsonNode task =
                        client.done("POST", "/indexes/i/documents", "[{\"id\": " + id + "}]");
                assertEquals("succeeded", task.path("status").asString(), task::toString);
            }
            stop.set(true);
            assertTrue(searching.get() > 0);
        }
        assertEquals(List.of(), failed);
        assertEquals(
                21,
                client.call("GET", "/indexes/i/documents?limit=0").body().path("total").asInt());
    }
}
