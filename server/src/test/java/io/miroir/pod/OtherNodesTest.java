package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** A pod whose configuration lists other nodes than the cluster has goes by the cluster's. */
@Timeout(300)
class OtherNodesTest {
    private static final int DOCUMENTS = 50;

    /** A replica that goes is kept for as long as a search may last: not long, here. */
    private static final String SHORT_READS = "scatter: {node_timeout_ms: 100}\n";

    @TempDir Path directory;

    private TestPod start(List<List<URI>> groups) {
        return start(groups, "");
    }

    private TestPod start(List<List<URI>> groups, String more) {
        TestPod pod = new TestPod(directory.resolve("pod"), groups, 1, more);
        pod.client().awaitStatus("GET", "/_miroir/ready", 200);
        return pod;
    }

    private static void awaitDocuments(TestPod pod, int count) {
        pod.client()
                .await(
                        "GET",
                        "/indexes/i/search?limit=100",
                        reply -> reply.body().path("hits").size() == count);
    }

    /** All nodes answer, are known by their marks, and have what they should. */
    private static void awaitWell(TestPod pod) {
        pod.operator()
                .await(
                        "GET",
                        "/_miroir/topology",
                        reply ->
                                reply.body().path("degraded_node_count").asInt(9) == 0
                                        && reply.body()
                                                .path("nodes")
                                                .valueStream()
                                                .allMatch(OtherNodesTest::isWell));
    }

    private static boolean isWell(JsonNode node) {
        return node.path("out_of_sync").asInt(9) == 0 && node.path("life").isString();
    }

    private static void assertWritten(TestPod pod, int id) {
        HttpCalls.Reply written =
                pod.client().call("POST", "/indexes/i/documents", "[{\"id\": " + id + "}]");
        assertEquals(202, written.status(), written::toString);
        assertEquals("", written.header("X-Miroir-Degraded"), written::toString);
    }

    private static HttpCalls.Reply move(TestPod pod, String node, String address) {
        return pod.operator()
                .call(
                        "PUT",
                        "/_miroir/nodes/" + node + "/address",
                        "{\"address\": \"" + address + "\"}");
    }

    /**
     * Shows: a node that is missing in the configuration, or is elsewhere there, is written to and
     * read as by any other pod; and it is asked elsewhere while the pod runs, once it is there.
     */
    @Test
    void nodesAreAskedWhereTheClusterHasThem() {
        try (TestNodes nodes = new TestNodes(directory, 2, 1);
                TestNodes others = new TestNodes(directory.resolve("others"), 1, 1)) {
            List<List<URI>> all = nodes.addresses();
            try (TestPod pod = start(all)) {
                pod.client().done("POST", "/indexes/i/documents", "[{\"id\": 1}]");
                awaitWell(pod);
            }
            // One group less, and another server for the node of the one that is left.
            try (TestPod pod = start(others.addresses())) {
                awaitWell(pod);
                assertWritten(pod, 2);
                nodes.node(0, 0).kill();
                awaitDocuments(pod, 2);
                nodes.node(0, 0).start();
                awaitWell(pod);

                refusesMoves(pod, all);
                // An empty server in the place of one that has everything: it is filled anew.
                URI place = others.node(0, 0).address();
                assertEquals(200, move(pod, "node-1-0", place.toString()).status());
                nodes.node(1, 0).kill();
                pod.operator()
                        .await(
                                "GET",
                                "/_miroir/topology",
                                reply ->
                                        reply.body()
                                                .path("nodes")
                                                .get(1)
                                                .path("address")
                                                .asString()
                                                .equals(place.toString()));
                awaitWell(pod);
                assertWritten(pod, 3);
                nodes.node(0, 0).kill();
                awaitDocuments(pod, 3);
            }
        }
    }

    private static void refusesMoves(TestPod pod, List<List<URI>> all) {
        String taken = all.get(0).get(0).toString();
        HttpCalls.Reply twice = move(pod, "node-1-0", taken);
        assertEquals(409, twice.status(), twice::toString);
        assertTrue(
                twice.body().path("message").asString().contains("node-0-0 is at"),
                twice::toString);
        assertEquals(409, move(pod, "nobody", "http://127.0.0.1:1").status());
        assertEquals(400, move(pod, "node-1-0", "somewhere").status());
    }

    /** Shows: the upstream plan's own words for nodes that come and go. */
    @Test
    void nodesComeAndGoByTheRoutesOfThePlan() throws Exception {
        try (TestNodes nodes = new TestNodes(directory, 1, 2)) {
            List<URI> all = nodes.addresses().getFirst();
            try (TestPod pod = start(List.of(all.subList(0, 1)), SHORT_READS)) {
                pod.client().done("POST", "/indexes/i/documents", documents(0));
                HttpCalls calls = pod.operator();
                String node =
                        "{\"id\": \"node-0-1\", \"address\": \"%s\", \"replica_group\": 0}"
                                .formatted(all.get(1));
                HttpCalls.Reply strict = calls.call("POST", "/_miroir/nodes", "{\"id\": \"x\"}");
                assertEquals(400, strict.status(), strict::toString);
                HttpCalls.Reply added = calls.call("POST", "/_miroir/nodes", node);
                assertEquals(202, added.status(), added::toString);
                awaitGroups(pod, "[[\"node-0-0\",\"node-0-1\"]]");
                HttpCalls.Reply gone = calls.call("DELETE", "/_miroir/nodes/node-0-0");
                assertEquals(202, gone.status(), gone::toString);
                awaitGroups(pod, "[[\"node-0-1\"]]");
                awaitDocuments(pod, DOCUMENTS);
            }
        }
    }

    /**
     * Shows: while the only node of some shards is away, answers say what they lack or are refused,
     * as the configuration has it; nobody drains that node, nor takes its name for another one.
     */
    @Test
    void whatOnlyANodeHasThatIsAwayIsToldOfOrRefused() {
        String search = "{\"limit\": 100}";
        try (TestNodes nodes = new TestNodes(directory, 1, 2)) {
            List<List<URI>> all = nodes.addresses();
            try (TestPod pod = start(all)) {
                pod.client().done("POST", "/indexes/i/documents", documents(0));
                nodes.node(0, 1).kill();
                awaitDown(pod);
                HttpCalls.Reply part = pod.client().call("POST", "/indexes/i/search", search);
                assertEquals(200, part.status(), part::toString);
                assertTrue(part.header("X-Miroir-Degraded").startsWith("shards="), part::toString);
                int found = part.body().path("hits").size();
                assertTrue(0 < found && found < DOCUMENTS, part::toString);
                assertRefused(
                        pod.operator().call("DELETE", "/_miroir/nodes/node-0-1"),
                        "no node that answers has in sync");
                String again =
                        "{\"id\": \"node-0-1\", \"address\": \"http://127.0.0.1:1\","
                                + " \"replica_group\": 0}";
                assertRefused(
                        pod.operator().call("POST", "/_miroir/nodes", again),
                        "node-0-1 is in group 0 already");
                nodes.node(0, 1).start();
            }
            try (TestPod pod = start(all, "scatter: {unavailable_shard_policy: error}\n")) {
                awaitDocuments(pod, DOCUMENTS);
                nodes.node(0, 1).kill();
                awaitDown(pod);
                HttpCalls.Reply refused = pod.client().call("POST", "/indexes/i/search", search);
                assertEquals(503, refused.status(), refused::toString);
                String code = refused.body().path("code").asString();
                assertEquals("miroir_shard_unavailable", code);
                assertEquals("10", refused.header("Retry-After"));
                nodes.node(0, 1).start();
                awaitDocuments(pod, DOCUMENTS);
            }
        }
    }

    private static void awaitDown(TestPod pod) {
        pod.operator()
                .await(
                        "GET",
                        "/_miroir/topology",
                        reply ->
                                reply.body()
                                        .path("nodes")
                                        .path(1)
                                        .path("status")
                                        .asString("")
                                        .equals("down"));
    }

    private static void assertRefused(HttpCalls.Reply reply, String why) {
        assertEquals(409, reply.status(), reply::toString);
        String message = reply.body().path("message").asString();
        assertTrue(message.contains(why), message);
    }

    private static void awaitGroups(TestPod pod, String groups) {
        // It needs nobody to go on.
        assertEquals(200, pod.operator().call("POST", "/_miroir/rebalance").status());
        pod.operator()
                .await(
                        "GET",
                        "/_miroir/rebalance/status",
                        reply ->
                                !reply.body().path("in_progress").asBoolean()
                                        && reply.body().path("groups").toString().equals(groups));
    }

    /**
     * Shows: a node takes the place of another while searches go on; each finds every document
     * once, and the one that went can be switched off. So it is with copies and groups (ADR 0018).
     */
    @Test
    void nodesCopiesAndGroupsComeAndGo() throws Exception {
        try (TestNodes nodes = new TestNodes(directory, 1, 4)) {
            List<URI> all = nodes.addresses().getFirst();
            try (TestPod pod = start(List.of(all.subList(0, 2)))) {
                pod.client().done("POST", "/indexes/i/documents", documents(0));
            }
            try (TestPod pod = start(List.of(all), SHORT_READS)) {
                begin(
                        pod,
                        """
                        {"change": "replace_node", "node": "node-0-0", "by": "node-0-2",
                         "address": "%s"}
                        """
                                .formatted(all.get(2)));
                HttpCalls.Reply second =
                        pod.operator().call("POST", "/_miroir/nodes/node-0-1/drain", "{}");
                assertEquals(409, second.status(), second::toString);
                assertTrue(
                        second.body().path("message").asString().contains("replace node node-0-0"),
                        second::toString);
                for (int version = 1; isChanging(pod); version++) {
                    pod.client().done("POST", "/indexes/i/documents", documents(version));
                    assertFindsEachOnce(pod);
                }
                nodes.node(0, 0).kill();
                awaitDocuments(pod, DOCUMENTS);
                JsonNode groups =
                        pod.operator()
                                .call("GET", "/_miroir/rebalance/status")
                                .body()
                                .path("groups");
                assertEquals("[[\"node-0-2\",\"node-0-1\"]]", groups.toString());
                assertTakesCopies(pod);
                nodes.node(0, 0).start();
                assertGroupsComeAndGo(pod, all);
                // Each of the new group has everything, and is enough for searches.
                nodes.node(0, 1).kill();
                nodes.node(0, 2).kill();
                nodes.node(0, 3).kill();
                awaitDocuments(pod, DOCUMENTS);
            }
        }
    }

    private static void begin(TestPod pod, String change) {
        HttpCalls.Reply begun = pod.operator().call("POST", "/_miroir/topology/change", change);
        assertEquals(202, begun.status(), begun::toString);
    }

    /** By their digests; what a slow machine could not compare is compared again. */
    private static void assertSame(TestPod pod) {
        Cli verified = Cli.verify(pod);
        while (verified.out().contains(", 0 differ, ") && verified.exit() != 0) {
            verified = Cli.verify(pod);
        }
        assertEquals(0, verified.exit(), verified::toString);
        assertTrue(verified.out().contains(DOCUMENTS + " documents, 0 differ"), verified::toString);
    }

    /** One of the new group's nodes comes again with the disk that it had. */
    private static void assertGroupsComeAndGo(TestPod pod, List<URI> all) throws Exception {
        begin(
                pod,
                """
                {"change": "add_group", "nodes": ["node-0-0", "node-0-3"],
                 "addresses": {"node-0-0": "%s", "node-0-3": "%s"}}
                """
                        .formatted(all.get(0), all.get(3)));
        for (int version = 100; isChanging(pod); version++) {
            pod.client().done("POST", "/indexes/i/documents", documents(version));
            assertFindsEachOnce(pod);
        }
        assertSame(pod);
        begin(pod, "{\"change\": \"remove_group\", \"group\": 0}");
        while (isChanging(pod)) {
            assertFindsEachOnce(pod);
        }
        assertSame(pod);
    }

    /** Each node of the group is to have every shard, and no more than there are nodes. */
    private static void assertTakesCopies(TestPod pod) throws Exception {
        HttpCalls.Reply tooMany =
                pod.operator().call("POST", "/_miroir/topology/change", copies(3));
        assertEquals(409, tooMany.status(), tooMany::toString);
        begin(pod, copies(2));
        while (isChanging(pod)) {
            assertFindsEachOnce(pod);
        }
        assertSame(pod);
        JsonNode topology = pod.operator().call("GET", "/_miroir/topology").body();
        assertEquals(2, topology.path("replication_factor").asInt(), topology::toString);
    }

    private static String copies(int factor) {
        return "{\"change\": \"set_replication_factor\", \"replication_factor\": " + factor + "}";
    }

    private static String documents(int version) {
        ArrayNode documents = Json.array();
        for (int id = 0; id < DOCUMENTS; id++) {
            documents.addObject().put("id", id).put("version", version);
        }
        return Json.text(documents);
    }

    private static boolean isChanging(TestPod pod) {
        JsonNode status = pod.operator().call("GET", "/_miroir/rebalance/status").body();
        return status.path("in_progress").asBoolean();
    }

    private static void assertFindsEachOnce(TestPod pod) {
        HttpCalls.Reply found = pod.client().call("POST", "/indexes/i/search", "{\"limit\": 100}");
        // A slow machine may not answer in time, and says so.
        if (found.status() == 200 && found.header("X-Miroir-Degraded").isEmpty()) {
            Set<Integer> ids = new TreeSet<>();
            found.body().path("hits").forEach(hit -> ids.add(hit.path("id").asInt()));
            assertEquals(DOCUMENTS, ids.size(), found::toString);
            assertEquals(DOCUMENTS, found.body().path("hits").size(), found::toString);
        }
    }
}
