package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** As {@link ThreePodsTest}, of which pods or nodes go away. */
class LostPodsTest {
    @TempDir Path directory;

    private TestNodes nodes;
    private final List<TestPod> pods = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        nodes = new TestNodes(directory, 2, 1);
        pods.addAll(
                ThreePodsTest.startPods(
                        directory,
                        nodes.addresses(),
                        "scatter: {stale_view_policy: error}\n",
                        _ -> TestPod.SECRETS));
    }

    @AfterEach
    void stop() {
        pods.forEach(TestPod::close);
        nodes.close();
    }

    /** Protocol, rule 9: without a quorum nothing is read that may be old, if that is wanted. */
    @Test
    void aPodWithoutAQuorumRefusesReads() {
        HttpCalls client = pods.getLast().client();
        client.done("POST", "/indexes/alone/documents", "[{\"id\": 1}]");
        assertEquals(1, client.leased("/indexes/alone/search").body().path("hits").size());
        pods.removeFirst().close();
        pods.removeFirst().close();
        HttpCalls.Reply stale =
                client.await("GET", "/indexes/alone/search", reply -> reply.status() != 200);
        assertEquals(503, stale.status(), stale.body()::toString);
        assertEquals("miroir_stale_view", stale.body().path("code").asString());
        assertEquals("10", stale.header("Retry-After"));
        assertEquals(200, client.call("GET", "/health").status());
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
            assertEquals(404, client.leased(other + "3").status());
        }
    }

    private static long accepted(HttpCalls client, String verb, String target, String body) {
        HttpCalls.Reply reply = client.call(verb, target, body);
        assertEquals(202, reply.status(), reply.body()::toString);
        return reply.body().path("taskUid").asLong();
    }
}
