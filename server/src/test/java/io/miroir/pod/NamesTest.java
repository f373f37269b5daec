package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Swaps, renames and compactions as clients see them, and their tasks. */
class NamesTest {
    private static TestNodes nodes;
    private static TestPod pod;
    private static HttpCalls client;

    @BeforeAll
    static void start(@TempDir Path directory) {
        nodes = new TestNodes(directory, 2, 2);
        pod = new TestPod(directory, nodes.addresses(), 1, "");
        client = pod.client();
        client.awaitStatus("GET", "/_miroir/ready", 200);
    }

    @AfterAll
    static void stop() {
        pod.close();
        nodes.close();
    }

    private static List<Integer> tasks(String index) {
        List<Integer> uids = new ArrayList<>();
        client.call("GET", "/tasks?reverse=true&indexUids=" + index)
                .body()
                .path("results")
                .forEach(task -> uids.add(task.path("uid").asInt()));
        return uids;
    }

    private static int uid(JsonNode task) {
        assertEquals("succeeded", task.path("status").asString(), task::toString);
        return task.path("uid").asInt();
    }

    private static int add(String index, String documents) {
        return uid(client.done("POST", "/indexes/" + index + "/documents", documents));
    }

    private static int total(String index) {
        JsonNode page = client.call("GET", "/indexes/" + index + "/documents").body();
        return page.path("total").asInt(-1);
    }

    /** New documents beside the old ones, and one request that brings them in, without a wait. */
    @Test
    void aSwapBringsInAllThatWasWrittenBeforeIt() {
        add("live", "[{\"id\": 1}]");
        StringBuilder documents = new StringBuilder();
        for (int id = 0; id < 200; id++) {
            documents.append("{\"id\": ").append(id).append("}\n");
        }
        client.stream("/indexes/fresh/documents", "application/x-ndjson", documents.toString());
        JsonNode task =
                client.done("POST", "/swap-indexes", "[{\"indexes\": [\"live\", \"fresh\"]}]");
        uid(task);
        assertEquals(200, total("live"));
        assertEquals(1, total("fresh"));
        uid(client.done("DELETE", "/indexes/fresh", ""));
        assertEquals(200, total("live"));
    }

    /** The history of an index moves with it; that of later tasks does not. */
    @Test
    void tasksGoWithTheirIndexes() {
        int red = add("red", "[{\"id\": 1}]");
        int blue = add("blue", "[{\"id\": 1}, {\"id\": 2}]");
        int swap =
                uid(client.done("POST", "/swap-indexes", "[{\"indexes\": [\"red\", \"blue\"]}]"));
        int late = add("red", "[{\"id\": 3}]");
        assertEquals(List.of(blue, late), tasks("red"));
        assertEquals(List.of(red), tasks("blue"));
        assertEquals(3, total("red"));

        JsonNode renamed = client.done("PATCH", "/indexes/red", "{\"uid\": \"green\"}");
        assertEquals("red", renamed.path("indexUid").asString());
        assertEquals("green", renamed.path("details").path("newIndexUid").asString());
        assertEquals(List.of(blue, late, uid(renamed)), tasks("green"));
        JsonNode first = client.call("GET", "/tasks/" + swap).body();
        assertEquals(
                "[{\"indexes\":[\"green\",\"blue\"],\"rename\":false}]",
                first.path("details").path("swaps").toString());
        assertTrue(first.path("indexUid").isNull());
        assertEquals(404, client.call("GET", "/indexes/red").status());
        assertEquals(3, total("green"));
    }

    @Test
    void aCompactionIsTheSumOfAllNodes() {
        add("wide", "[{\"id\": 1}, {\"id\": 2}, {\"id\": 3}]");
        JsonNode task = client.done("POST", "/indexes/wide/compact", "");
        uid(task);
        assertEquals("indexCompaction", task.path("type").asString());
        assertTrue(task.path("details").path("preCompactionSize").isString(), task::toString);
        assertTrue(task.path("details").path("postCompactionSize").isString(), task::toString);
        assertEquals(3, total("wide"));
        JsonNode missing = client.done("POST", "/indexes/absent/compact", "");
        assertEquals("index_not_found", missing.path("error").path("code").asString());
    }

    /** A name is left as it is, and so is the primary key. */
    @Test
    void anUpdateThatAsksForNothingChangesNothing() {
        add("same", "[{\"id\": 1}]");
        uid(client.done("PATCH", "/indexes/same", "{}"));
        uid(client.done("PATCH", "/indexes/same", "{\"uid\": \"same\"}"));
        JsonNode index = client.call("GET", "/indexes/same").body();
        assertEquals("id", index.path("primaryKey").asString(), index::toString);
        uid(client.done("POST", "/swap-indexes", "[]"));
    }
}
