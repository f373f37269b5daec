package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Settings change while clients search, on three pods over two groups of two nodes. */
class RollingSettingsTest {
    private static final int PODS = 3;
    private static final int DOCUMENTS = 40;
    private static final int CHANGES = 8;

    @TempDir Path directory;

    private TestNodes nodes;
    private final List<TestPod> pods = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        nodes = new TestNodes(directory, 2, 2);
        pods.addAll(TestPod.startGroup(directory, nodes.addresses(), PODS, ""));
        StringBuilder documents = new StringBuilder("[");
        for (int id = 0; id < DOCUMENTS; id++) {
            documents
                    .append(id == 0 ? "" : ",")
                    .append("{\"id\":")
                    .append(id)
                    .append(",\"a\":\"red\",\"b\":\"blue\"}");
        }
        pods.getFirst()
                .client()
                .done("POST", "/indexes/i/documents", documents.append("]").toString());
        pods.getFirst()
                .client()
                .done("PUT", "/indexes/i/settings/searchable-attributes", "[\"a\"]");
    }

    @AfterEach
    void stop() {
        pods.forEach(TestPod::close);
        nodes.close();
    }

    /**
     * Rule 7: every document is found or none is, as the version that the answer names has it; so
     * no answer has a part by the old and a part by the new settings, on any pod, at any moment.
     */
    @Test
    void noAnswerMixesOldAndNewSettings() throws Exception {
        Map<String, String> foundBy = new ConcurrentHashMap<>();
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        AtomicBoolean stop = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> searching = new ArrayList<>();
            for (TestPod pod : pods) {
                searching.add(threads.submit(() -> search(pod.client(), stop, foundBy, wrong)));
            }
            for (int change = 0; change < CHANGES; change++) {
                String attribute = change % 2 == 0 ? "b" : "a";
                JsonNode task =
                        pods.get(change % PODS)
                                .client()
                                .done(
                                        "PUT",
                                        "/indexes/i/settings/searchable-attributes",
                                        "[\"" + attribute + "\"]");
                assertEquals("succeeded", task.path("status").asString(), task::toString);
            }
            stop.set(true);
            for (Future<Integer> one : searching) {
                assertTrue(one.get() > 0);
            }
        }
        assertEquals(List.of(), List.copyOf(wrong));
        assertTrue(foundBy.size() > CHANGES / 2, foundBy::toString);
    }

    private static int search(
            HttpCalls client,
            AtomicBoolean stop,
            Map<String, String> foundBy,
            Queue<String> wrong) {
        int count = 0;
        while (!stop.get()) {
            // Different queries prefer different groups.
            String query = "{\"limit\": 100, \"q\": \"red" + " ".repeat(count % 30) + "\"}";
            HttpCalls.Reply reply = client.call("POST", "/indexes/i/search", query);
            String found = reply.body().path("hits").size() + " of " + DOCUMENTS;
            String version = reply.header("X-Miroir-Settings-Version");
            String before = foundBy.putIfAbsent(version, found);
            boolean whole = found.startsWith("0 ") || found.startsWith(DOCUMENTS + " ");
            boolean said =
                    reply.raw().headers().map().containsKey("X-Miroir-Settings-Inconsistent");
            if (reply.status() != 200
                    || !whole
                    || said
                    || (before != null && !before.equals(found))) {
                wrong.add(reply.status() + " " + version + ": " + found + reply.raw().headers());
            }
            count++;
        }
        return count;
    }

    /** Whoever is lost on the way: a change that was accepted comes to its end on every node. */
    @Test
    void aChangeOutlivesThePodThatRanIt() {
        List<Long> accepted = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            HttpCalls.Reply reply =
                    pods.get(1)
                            .client()
                            .call("PUT", "/indexes/i/settings/stop-words", "[\"w" + i + "\"]");
            assertEquals(202, reply.status(), reply.body()::toString);
            accepted.add(reply.body().path("taskUid").asLong());
        }
        pods.removeFirst().close();
        HttpCalls client = pods.getLast().client();
        for (long task : accepted) {
            JsonNode done = client.finished(task);
            assertEquals("succeeded", done.path("status").asString(), done::toString);
        }
        for (int group = 0; group < 2; group++) {
            for (int n = 0; n < 2; n++) {
                HttpCalls node = new HttpCalls(nodes.node(group, n).address(), TestNode.KEY);
                String uid = node.call("GET", "/indexes").body().at("/results/0/uid").asString();
                JsonNode settings = node.call("GET", "/indexes/" + uid + "/settings").body();
                assertEquals("[\"w5\"]", settings.path("stopWords").toString());
            }
        }
    }
}
