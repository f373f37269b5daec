package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.core.routing.Separators;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.copy.CopyMarks;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One pod over two groups of one node, of which the second was away and comes back: what it missed
 * is copied to it (protocol, rule 14).
 */
class RepairTest {
    private static final int DOCUMENTS = 300;

    /** More than are looked at again while writes wait. */
    private static final int MANY = 4_000;

    /** That a copy puts in one request. */
    private static final int SENT_AT_ONCE = 1_000;

    @TempDir Path directory;

    private TestNodes nodes;
    private TestPod pod;
    private HttpCalls client;

    @BeforeEach
    void start() {
        nodes = new TestNodes(directory, 2, 1);
        pod = new TestPod(directory.resolve("pod"), nodes.addresses(), 1, "");
        client = pod.client();
        client.awaitStatus("GET", "/_miroir/ready", 200);
        client.done(
                "PATCH",
                "/indexes/i/settings",
                "{\"filterableAttributes\": [\"n\"],"
                        + " \"embedders\": {\"own\": {\"source\": \"userProvided\","
                        + " \"dimensions\": 2}}}");
        client.done("POST", "/indexes/i/documents", documents(0, DOCUMENTS, "first"));
    }

    @AfterEach
    void stop() {
        pod.close();
        nodes.close();
    }

    private static String documents(int from, int to, String text) {
        ArrayNode all = Json.array();
        for (int id = from; id < to; id++) {
            ObjectNode one = all.addObject().put("id", id).put("n", id).put("t", text);
            one.putObject("_vectors").putArray("own").add(id).add(0.5);
            one.putObject("deep").put("exact", "12345678901234567890").putNull("none");
        }
        return Json.text(all);
    }

    /** What happens while the second node is away: additions, updates, replacements, deletions. */
    private void write() {
        client.done("POST", "/indexes/i/documents", documents(DOCUMENTS, DOCUMENTS + 50, "later"));
        client.done("PUT", "/indexes/i/documents", "[{\"id\": 3, \"t\": \"updated\"}]");
        client.done("POST", "/indexes/i/documents", documents(10, 20, "replaced"));
        client.done("POST", "/indexes/i/documents/delete-batch", "[30, 31, 32]");
        client.done("POST", "/indexes/i/documents/delete", "{\"filter\": \"n 100 TO 120\"}");
        client.done("PATCH", "/indexes/i/settings", "{\"sortableAttributes\": [\"n\"]}");
    }

    private void awaitInSync() {
        pod.operator()
                .await(
                        "GET",
                        "/_miroir/shards",
                        reply -> {
                            String states = reply.body().toString();
                            return !states.contains("\"out\"")
                                    && !states.contains("\"lagging\"")
                                    && !states.contains("\"unverified\"");
                        });
    }

    private String physicalUid() {
        return pod.operator()
                .call("GET", "/_miroir/shards")
                .body()
                .path("indexes")
                .path("i")
                .path("physical_uid")
                .asString();
    }

    /** All documents of a node by id, reserved fields and vectors included. */
    private Map<String, JsonNode> held(int group) {
        HttpCalls node = new HttpCalls(nodes.node(group, 0).address(), TestNode.KEY);
        JsonNode results =
                node.call(
                                "POST",
                                "/indexes/" + physicalUid() + "/documents/fetch",
                                "{\"limit\": 100000, \"retrieveVectors\": true}")
                        .body()
                        .path("results");
        Map<String, JsonNode> held = new TreeMap<>();
        results.forEach(one -> held.put(one.path("id").toString(), one));
        assertTrue(
                results.valueStream().allMatch(one -> one.has(Separators.SEQ_FIELD)),
                results::toString);
        return held;
    }

    private void assertEqualNodes() {
        Map<String, JsonNode> first = held(0);
        Map<String, JsonNode> second = held(1);
        assertEquals(first.keySet(), second.keySet());
        first.forEach((id, document) -> assertEquals(document, second.get(id), id));
        for (int group = 0; group < 2; group++) {
            HttpCalls node = new HttpCalls(nodes.node(group, 0).address(), TestNode.KEY);
            JsonNode settings = node.call("GET", "/indexes/" + physicalUid() + "/settings").body();
            assertTrue(settings.path("embedders").has("own"), settings::toString);
        }
    }

    private void assertSearchesAreComplete(int expected) {
        for (int i = 0; i < 8; i++) {
            // Different queries prefer different groups.
            String query = "{\"limit\": 1000, \"q\": \"" + " ".repeat(i) + "\"}";
            JsonNode hits = client.call("POST", "/indexes/i/search", query).body().path("hits");
            Set<String> ids = new HashSet<>();
            hits.forEach(hit -> ids.add(hit.path("id").toString()));
            assertEquals(hits.size(), ids.size(), "a document twice");
            assertEquals(expected, ids.size());
        }
    }

    private static Cli acceptLoss(TestPod pod, String... more) {
        List<String> command =
                new ArrayList<>(List.of("cluster", "shard", "accept-loss", "i", "node-1-0"));
        command.addAll(List.of(more));
        command.addAll(
                List.of("--from", pod.address().toString(), "--admin-key", TestPod.ADMIN_KEY));
        return Cli.run(command.toArray(String[]::new));
    }

    private void awaitStatuses(String first, String second) {
        pod.operator()
                .await(
                        "GET",
                        "/_miroir/topology",
                        reply ->
                                reply.body()
                                        .path("nodes")
                                        .valueStream()
                                        .map(node -> node.path("status").asString())
                                        .toList()
                                        .equals(List.of(first, second)));
    }

    /** Shows: when who had the last writes is gone for ever an operator says that they are lost. */
    @Test
    void whatOnlyANodeHadThatDoesNotComeBackIsGivenUp() {
        Cli nothing = acceptLoss(pod);
        assertEquals(6, nothing.exit(), nothing::toString);
        assertTrue(nothing.err().contains("is in sync on a node that may"), nothing::toString);
        nodes.node(1, 0).kill();
        client.done("POST", "/indexes/i/documents", documents(0, DOCUMENTS + 50, "lost"));
        nodes.node(0, 0).kill();
        nodes.node(1, 0).start();
        awaitStatuses("down", "healthy");

        Cli told = acceptLoss(pod, "--dry-run");
        assertEquals(0, told.exit(), told::toString);
        assertTrue(told.out().contains("would count: node-1-0, "), told::toString);
        assertTrue(told.out().contains(DOCUMENTS + " documents"), told::toString);
        assertTrue(told.out().contains("given up:    node-0-0, "), told::toString);
        assertTrue(told.out().contains("does not answer, in sync"), told::toString);
        assertEquals(503, client.call("POST", "/indexes/i/documents", "[{\"id\": 1}]").status());
        assertFalse(isCovered());

        Cli done = acceptLoss(pod);
        assertEquals(0, done.exit(), done::toString);
        assertSearchesAreComplete(DOCUMENTS);
        assertTrue(isCovered());
        client.done("POST", "/indexes/i/documents", documents(DOCUMENTS, DOCUMENTS + 1, "later"));
        nodes.node(0, 0).start();
        awaitInSync();
        assertEqualNodes();
        assertEquals("first", held(0).get("3").path("t").asString());
    }

    private boolean isCovered() {
        JsonNode topology = pod.operator().call("GET", "/_miroir/topology").body();
        return topology.path("fully_covered").asBoolean();
    }

    private static final int AFTER_WRITES = DOCUMENTS + 50 - 3 - 21;

    @Test
    void aNodeThatMissedWritesGetsThemAndIsReadAgain() {
        nodes.node(1, 0).kill();
        write();
        nodes.node(1, 0).start();
        assertSearchesAreComplete(AFTER_WRITES);

        awaitInSync();

        assertEqualNodes();
        assertSearchesAreComplete(AFTER_WRITES);
        // It alone answers now.
        nodes.node(0, 0).kill();
        client.await(
                "POST",
                "/indexes/i/search",
                "{\"limit\": 1000}",
                reply -> reply.body().path("hits").size() == AFTER_WRITES);
        nodes.node(0, 0).start();
    }

    /**
     * Shows: a request of an earlier copy, which the node takes when it is read, is undone; by a
     * pod that brings no replica back the node is not read with it either.
     */
    @Test
    void whatAnEarlierCopySentComesLateAndIsUndone() {
        nodes.node(1, 0).kill();
        client.done("PUT", "/indexes/i/documents", "[{\"id\": 3, \"t\": \"updated\"}]");
        nodes.node(1, 0).start();
        awaitInSync();

        ObjectNode late = ((ObjectNode) held(1).get("3")).put("t", "late");
        HttpCalls past = new HttpCalls(nodes.node(1, 0).address(), TestNode.KEY);
        String mark = CopyMarks.copy(1, ShardSet.all(16));
        String target = "/indexes/" + physicalUid() + "/documents?customMetadata=" + mark;
        past.done("POST", target, Json.text(Json.array().add(late)));

        past.await(
                "GET",
                "/indexes/" + physicalUid() + "/documents/3",
                reply -> reply.body().path("t").asString("").equals("updated"));
        awaitInSync();
        assertEqualNodes();

        restart(TestPod.WITHOUT_REPAIR);
        past.done("POST", target, Json.text(Json.array().add(late)));
        pod.operator()
                .await(
                        "GET",
                        "/_miroir/shards",
                        reply -> reply.body().toString().contains("\"node-1-0\":\"out\""));
        JsonNode read = client.call("GET", "/indexes/i/documents/3").body();
        assertEquals("updated", read.path("t").asString(), read::toString);
    }

    /** Of what the node has, only what differs is sent. */
    @Test
    void whatTheNodeHasAlreadyIsNotCopied() {
        nodes.node(1, 0).kill();
        client.done("PUT", "/indexes/i/documents", "[{\"id\": 3, \"t\": \"updated\"}]");
        nodes.node(1, 0).start();

        awaitInSync();

        assertEqualNodes();
        assertEquals(1.0, metric("miroir_repair_documents_copied_total"));
    }

    @Test
    void aNodeThatLostItsDiskIsFilledAnew() {
        nodes.node(1, 0).kill();
        write();
        Disks.empty(directory.resolve("node-1-0"));
        nodes.node(1, 0).start();

        awaitInSync();

        assertEqualNodes();
        assertSearchesAreComplete(AFTER_WRITES);
    }

    /**
     * Shows: a copy of much that its pod leaves in the middle goes on where it was, and is made
     * sure of by another pass (protocol, rule 14).
     */
    @Test
    void aCopyOfMuchGoesOnAfterARestart() {
        restart("replica_repair: {max_documents_per_second: 1000}\n");
        nodes.node(1, 0).kill();
        client.done("POST", "/indexes/i/documents", documents(DOCUMENTS, MANY, "much"));
        Disks.empty(directory.resolve("node-1-0"));
        nodes.node(1, 0).start();
        HttpCalls node = new HttpCalls(nodes.node(1, 0).address(), TestNode.KEY);
        String stats = "/indexes/" + physicalUid() + "/stats";
        // The first of them are known to be there when more are sent.
        node.await(
                "GET",
                stats,
                reply -> reply.body().path("numberOfDocuments").asInt(0) >= 2 * SENT_AT_ONCE);

        restart("");

        awaitInSync();
        assertEqualNodes();
        assertEquals(MANY, held(1).size());
        int attempts = repair().path("attempts").asInt();
        double compared = metric("miroir_repair_documents_compared_total");
        // Each once to make sure, and before that those that were not copied yet; nothing at all
        // if the machine was so slow that the copy had ended.
        assertTrue(
                attempts == 1 || compared <= (attempts - 1) * 2 * MANY - SENT_AT_ONCE,
                () -> "compared " + compared + " in " + attempts);
    }

    private void restart(String more) {
        pod.close();
        pod = new TestPod(directory.resolve("pod"), nodes.addresses(), 1, more);
        client = pod.client();
        client.awaitStatus("GET", "/_miroir/ready", 200);
    }

    /** The last copy to the second node. */
    private JsonNode repair() {
        return pod.operator()
                .call("GET", "/_miroir/shards")
                .body()
                .path("repairs")
                .valueStream()
                .filter(one -> one.path("node").asString().equals("node-1-0"))
                .findFirst()
                .orElseThrow();
    }

    private double metric(String name) {
        String all =
                new String(
                        new HttpCalls(pod.metrics(), "").call("GET", "/metrics").raw().body(),
                        StandardCharsets.UTF_8);
        return all.lines()
                .filter(line -> line.startsWith(name + ' '))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aNodeWithAnOldCopyOfItsDiskLosesWhatIsGone() {
        Path home = directory.resolve("node-1-0");
        Path old = directory.resolve("old");
        nodes.node(1, 0).kill();
        Disks.copy(home, old);
        nodes.node(1, 0).start();
        client.awaitStatus("GET", "/_miroir/ready", 200);
        awaitInSync();
        client.done("POST", "/indexes/i/documents/delete-batch", "[40, 41]");
        nodes.node(1, 0).kill();
        write();
        Disks.empty(home);
        Disks.copy(old, home);
        nodes.node(1, 0).start();

        awaitInSync();

        assertEqualNodes();
        assertSearchesAreComplete(AFTER_WRITES - 2);
    }

    /** Writes of all kinds go on; at the end both nodes are the same, and nothing is lost. */
    @Test
    void writesGoOnMeanwhile() throws Exception {
        nodes.node(1, 0).kill();
        write();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger written = new AtomicInteger();
        List<Throwable> failures = new ArrayList<>();
        Thread writer =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    HttpCalls other = pod.client();
                                    for (int i = 0; !stop.get(); i++) {
                                        try {
                                            step(other, i);
                                            written.incrementAndGet();
                                        } catch (RuntimeException | AssertionError failed) {
                                            failures.add(failed);
                                            return;
                                        }
                                    }
                                });
        nodes.node(1, 0).start();

        awaitInSync();
        stop.set(true);
        writer.join();

        assertEquals(List.of(), failures);
        assertTrue(written.get() > 0);
        awaitInSync();
        assertEqualNodes();
    }

    private static void step(HttpCalls other, int i) {
        int id = i * 7 % DOCUMENTS;
        switch (i % 4) {
            case 0 -> other.done("POST", "/indexes/i/documents", documents(id, id + 1, "w" + i));
            case 1 ->
                    other.done(
                            "PUT",
                            "/indexes/i/documents",
                            "[{\"id\": " + id + ", \"u" + i + "\": " + i + "}]");
            case 2 -> other.done("DELETE", "/indexes/i/documents/" + id, "");
            default ->
                    other.done(
                            "POST",
                            "/indexes/i/documents/delete",
                            "{\"filter\": \"n = " + (id + 1) + "\"}");
        }
    }
}
