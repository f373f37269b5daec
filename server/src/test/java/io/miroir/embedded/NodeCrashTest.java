package io.miroir.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Kill -9 of a node in a process of its own: what was acknowledged survives, exactly once. */
class NodeCrashTest {
    private static final int ROUNDS = 3;
    private static final int WRITES_A_ROUND = 60;
    private static final int HEAP_MEGABYTES = 128;

    /** Documents of a task that takes seconds and several chunks. */
    private static final int LARGE = 80_000;

    @TempDir private Path directory = Path.of("");

    /**
     * Writes are acknowledged while earlier ones run, then the node is killed, several times. In
     * the end each acknowledged task succeeded once, and its document is there.
     */
    @Test
    void acknowledgedTasksSurviveExactlyOnce() throws Exception {
        Map<Long, Integer> acknowledged = new HashMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            try (NodeProcess node = NodeProcess.start(directory, HEAP_MEGABYTES);
                    NodeClient client = new NodeClient(node.port())) {
                for (int i = 0; i < WRITES_A_ROUND; i++) {
                    int id = round * WRITES_A_ROUND + i;
                    String document = "[{\"id\":" + id + ",\"round\":" + round + "}]";
                    long uid = client.write("POST", "/indexes/crash/documents", document);
                    acknowledged.put(uid, id);
                }
            }
        }
        try (NodeProcess node = NodeProcess.start(directory, HEAP_MEGABYTES);
                NodeClient client = new NodeClient(node.port())) {
            int total = ROUNDS * WRITES_A_ROUND;
            client.await(acknowledged.keySet().stream().mapToLong(Long::longValue).max().orElse(0));
            assertEquals(total, acknowledged.size(), "no uid is given out twice");
            JsonNode tasks = client.get("/tasks?limit=1000&statuses=succeeded");
            assertEquals(total, tasks.get("total").intValue(), tasks::toString);
            for (JsonNode task : tasks.get("results")) {
                assertEquals(1, task.at("/details/indexedDocuments").intValue(), task::toString);
            }
            List<Integer> there = new ArrayList<>();
            client.get("/indexes/crash/documents?limit=1000&fields=id")
                    .get("results")
                    .forEach(document -> there.add(document.get("id").intValue()));
            assertEquals(acknowledged.values().stream().sorted().toList(), sorted(there));
        }
    }

    private static List<Integer> sorted(List<Integer> ids) {
        return ids.stream().sorted().toList();
    }

    /**
     * A task of several chunks is killed again and again while it is applied. Before it ends
     * readers see none of it, whatever chunk it has come to; in the end it is applied once, on what
     * the tasks before it left.
     */
    @Test
    void aLargeTaskIsAppliedWhollyOrNotAtAll() throws Exception {
        int old = 5;
        long uid;
        try (NodeProcess node = NodeProcess.start(directory, HEAP_MEGABYTES);
                NodeClient client = new NodeClient(node.port())) {
            client.done("POST", "/indexes/large/documents", documents(0, old, "old"));
            String large = documents(1, LARGE, "new");
            uid = client.write("PUT", "/indexes/large/documents", large);
            assertBeforeOrAfter(client, uid, old);
        }
        for (int afterMillis : new int[] {50, 400, 900}) {
            try (NodeProcess node = NodeProcess.start(directory, HEAP_MEGABYTES);
                    NodeClient client = new NodeClient(node.port())) {
                Thread.sleep(afterMillis);
                assertBeforeOrAfter(client, uid, old);
            }
        }
        try (NodeProcess node = NodeProcess.start(directory, HEAP_MEGABYTES);
                NodeClient client = new NodeClient(node.port())) {
            JsonNode task = client.await(uid);
            assertEquals("succeeded", task.get("status").stringValue(), task::toString);
            assertEquals(LARGE - 1, task.at("/details/indexedDocuments").intValue());
            assertEquals(LARGE, count(client));
            JsonNode first = client.get("/indexes/large/documents?limit=2");
            assertEquals("old", first.at("/results/0/title").stringValue(), first::toString);
            assertEquals("new", first.at("/results/1/title").stringValue(), first::toString);
        }
    }

    /** Readers see the state of before the task or of after it; after it once it is finished. */
    private static void assertBeforeOrAfter(NodeClient client, long uid, int old) throws Exception {
        int there = count(client);
        boolean finished = !client.get("/tasks/" + uid).get("finishedAt").isNull();
        assertTrue(there == LARGE || there == old, "documents: " + there);
        assertTrue(!finished || count(client) == LARGE, "finished, but not there");
    }

    private static int count(NodeClient client) throws Exception {
        return client.get("/indexes/large/stats").get("numberOfDocuments").intValue();
    }

    private static String documents(int from, int to, String title) {
        StringBuilder body = new StringBuilder("[");
        for (int id = from; id < to; id++) {
            body.append(id == from ? "" : ",")
                    .append("{\"id\":")
                    .append(id)
                    .append(",\"title\":\"")
                    .append(title)
                    .append("\"}");
        }
        return body.append(']').toString();
    }
}
