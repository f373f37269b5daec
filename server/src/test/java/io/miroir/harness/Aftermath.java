package io.miroir.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.cli.client.ApiAnswer;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.fleet.FleetNode;
import io.miroir.cli.fleet.FleetPod;
import io.miroir.cli.fleet.FleetShape;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What must be true of an index when all faults are over: pods, nodes and digests are asked. */
record Aftermath(TestCluster cluster, String index) {
    private static final Set<String> OVER = Set.of("done", "failed", "never");

    /** What is on nodes that have left the cluster counts for nothing. */
    private List<FleetNode> nodes() {
        Set<String> members =
                cluster.operate(ApiCall.get("/_miroir/topology"))
                        .json()
                        .path("nodes")
                        .valueStream()
                        .map(node -> node.path("id").asString())
                        .collect(Collectors.toSet());
        return cluster.fleet().nodes().stream()
                .filter(node -> members.contains(node.id()))
                .toList();
    }

    void awaitInSync() throws InterruptedException {
        await("all replicas are in sync", () -> replicaStates().equals(Set.of("in_sync")));
    }

    private Set<String> replicaStates() {
        return cluster.fleet().nodes().stream()
                .flatMap(node -> cluster.status().replicaStates(node, index).keySet().stream())
                .collect(Collectors.toSet());
    }

    void awaitTasksEnd() throws InterruptedException {
        await("all tasks end", () -> tasks("enqueued,processing").isEmpty());
    }

    /** Clients were told of each write that it is done, or that nobody knows. */
    void assertNoneFailedUntold() {
        for (JsonNode failed : tasks("failed,canceled")) {
            String code = failed.path("error").path("code").asString("");
            assertEquals("miroir_indeterminate", code, failed::toString);
        }
    }

    void assertNoneFailed() {
        assertEquals(Json.array(), tasks("failed,canceled"));
    }

    private JsonNode tasks(String statuses) {
        return cluster.api()
                .call(ApiCall.get("/tasks?statuses=" + statuses + "&indexUids=" + index))
                .path("results");
    }

    /**
     * All documents that were acknowledged are there in their last version, through each pod and on
     * as many nodes as they are to be, the same on each, and nothing else is anywhere.
     */
    void assertHas(Map<Integer, ObjectNode> expected) throws IOException, InterruptedException {
        assertTrue(expected.size() > 1, expected::toString);
        awaitTasksEnd();
        assertSame();
        for (FleetPod pod : cluster.fleet().pods()) {
            assertEquals(expected, documents(pod), pod.id());
        }
        copies().assertAre(expected);
        assertEquals(expected.size(), pass().path("documents").asInt(-1));
    }

    /** What each node has by itself. */
    NodeCopies copies() throws IOException {
        FleetShape shape = cluster.fleet().plan().shape();
        return NodeCopies.read(
                cluster, nodes(), physicalUid(), shape.groups() * shape.replicationFactor());
    }

    /** What a pod shows that knows of all. */
    private Map<Integer, JsonNode> documents(FleetPod pod) throws InterruptedException {
        ApiCall all = ApiCall.get("/indexes/" + index + "/documents?limit=100000");
        await(pod.id() + " shows all", () -> isWhole(cluster.at(pod, all)));
        Map<Integer, JsonNode> documents = new TreeMap<>();
        for (JsonNode document : cluster.at(pod, all).json().path("results")) {
            assertNull(documents.put(document.path("id").asInt(), document), document::toString);
        }
        return documents;
    }

    private static boolean isWhole(ApiAnswer answer) {
        return answer.isSuccess() && answer.header("x-miroir-degraded").isEmpty();
    }

    /** What the index is called on nodes. */
    private String physicalUid() {
        return cluster.operate(ApiCall.get("/_miroir/shards"))
                .json()
                .path("indexes")
                .path(index)
                .path("physical_uid")
                .asString();
    }

    /**
     * All replicas are in sync, and the same by their digests. What a slow machine could not
     * compare is compared again.
     */
    void assertSame() throws InterruptedException {
        awaitInSync();
        long giveUpNanos = System.nanoTime() + TestCluster.PATIENCE.toNanos();
        JsonNode pass = freshPass();
        while (!pass.path("state").asString("").equals("done") || pass.path("unsure").asInt() > 0) {
            assertTrue(System.nanoTime() < giveUpNanos, pass::toString);
            pass = freshPass();
        }
        assertEquals(0, pass.path("mismatches").asInt(-1), pass::toString);
    }

    private JsonNode freshPass() throws InterruptedException {
        ApiAnswer asked =
                cluster.operate(ApiCall.change("POST", "/_miroir/anti-entropy", Json.object()));
        assertTrue(asked.isSuccess(), asked::toString);
        await("digests are compared", () -> OVER.contains(pass().path("state").asString("")));
        JsonNode pass = pass();
        assertEquals(0, pass.path("mismatches").asInt(), pass::toString);
        return pass;
    }

    private JsonNode pass() {
        return cluster.operate(ApiCall.get("/_miroir/anti-entropy"))
                .json()
                .path("indexes")
                .path(index);
    }

    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        await(what, TestCluster.PATIENCE.multipliedBy(2), condition);
    }

    static void await(String what, Duration patience, BooleanSupplier condition)
            throws InterruptedException {
        long giveUpNanos = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < giveUpNanos, () -> "it is waited in vain: " + what);
            Thread.sleep(50);
        }
    }
}
