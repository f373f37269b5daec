package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Many clients that write one document a request through all pods (protocol, rule 6). Three pods
 * over two groups of one node.
 */
class SmallWritesTest {
    private static final int PODS = 3;
    private static final int CLIENTS = 64;
    private static final int ROUNDS = 4;
    private static final String DOCUMENTS = "/indexes/small/documents";

    @TempDir Path directory;

    private TestNodes nodes;
    private final List<TestPod> pods = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        nodes = new TestNodes(directory, 2, 1);
        pods.addAll(TestPod.startGroup(directory, nodes.addresses(), PODS, ""));
    }

    @AfterEach
    void stop() {
        pods.forEach(TestPod::close);
        nodes.close();
    }

    /** Each adds its own document, and a field of its own to one that they share. */
    private List<Long> client(int number) {
        HttpCalls client = pods.get(number % PODS).client();
        List<Long> tasks = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            String json =
                    round % 2 == 0
                            ? "[{\"id\": %d, \"round\": %d}]".formatted(number + 1, round)
                            : "[{\"id\": 0, \"f%d\": %d}]".formatted(number, round);
            HttpCalls.Reply reply = client.call("PUT", DOCUMENTS, json);
            assertEquals(202, reply.status(), reply.body()::toString);
            tasks.add(reply.body().path("taskUid").asLong());
        }
        return tasks;
    }

    @Test
    void theyCostANodeFewTasksAndEachHasItsOwn() throws Exception {
        HttpCalls first = pods.getFirst().client();
        first.done("POST", "/indexes", "{\"uid\": \"small\", \"primaryKey\": \"id\"}");
        int before = nodeTasks(0);
        Set<Long> uids = new HashSet<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Long>>> all = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int number = i;
                all.add(clients.submit(() -> client(number)));
            }
            for (Future<List<Long>> client : all) {
                uids.addAll(client.get());
            }
        }
        assertEquals(CLIENTS * ROUNDS, uids.size());
        String open = "/tasks?statuses=enqueued,processing";
        first.await("GET", open, reply -> reply.body().path("total").asInt() == 0);
        JsonNode tasks = first.call("GET", "/tasks?indexUids=small&limit=1000").body();
        for (JsonNode task : tasks.path("results")) {
            assertEquals("succeeded", task.path("status").asString(), task::toString);
            if (uids.contains(task.path("uid").asLong())) {
                assertEquals(
                        "{\"receivedDocuments\":1,\"indexedDocuments\":1}",
                        task.path("details").toString());
            }
        }
        int cost = nodeTasks(0) - before;
        assertTrue(cost < CLIENTS * ROUNDS / 4, () -> cost + " tasks on a node");
        for (TestPod pod : pods) {
            JsonNode shared = pod.client().call("GET", DOCUMENTS + "/0").body();
            assertEquals(1 + CLIENTS, shared.size(), "no field is lost");
            JsonNode page = pod.client().call("GET", DOCUMENTS + "?limit=1").body();
            assertEquals(1 + CLIENTS, page.path("total").asInt());
        }
    }

    private int nodeTasks(int group) {
        HttpCalls node = new HttpCalls(nodes.node(group, 0).address(), TestNode.KEY);
        return node.call("GET", "/tasks?limit=1").body().path("total").asInt();
    }
}
