package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.core.routing.Rendezvous;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Replicas that were changed behind our back are found, and outvoted (protocol, rule 16). */
class AntiEntropyTest {
    @TempDir Path directory;

    private static void write(TestPod pod) {
        StringBuilder documents = new StringBuilder("[{\"id\": 0}");
        for (int id = 1; id < 200; id++) {
            documents.append(",{\"id\": ").append(id).append(", \"n\": ").append(id).append('}');
        }
        pod.client().awaitStatus("GET", "/_miroir/ready", 200);
        pod.client().done("POST", "/indexes/i/documents", documents.append(']').toString());
    }

    private static String physicalUid(TestPod pod) {
        return pod.operator()
                .call("GET", "/_miroir/shards")
                .body()
                .path("indexes")
                .path("i")
                .path("physical_uid")
                .asString();
    }

    /** Removes a document of a node past the cluster. */
    private static void spoil(TestPod pod, TestNode node, int id) {
        HttpCalls past = new HttpCalls(node.address(), TestNode.KEY);
        past.done("DELETE", "/indexes/" + physicalUid(pod) + "/documents/" + id, "");
    }

    @Test
    void theOneThatDiffersFromTwoOthersIsCopiedAnew() {
        try (TestNodes nodes = new TestNodes(directory, 3, 1);
                TestPod pod = new TestPod(directory.resolve("pod"), nodes.addresses(), 1, "")) {
            write(pod);
            Cli clean = Cli.verify(pod);
            assertEquals(0, clean.exit(), clean::toString);
            assertTrue(clean.out().contains("200 documents, 0 differ"), clean::toString);

            spoil(pod, nodes.node(2, 0), 42);
            Cli found = Cli.verify(pod);
            assertEquals(6, found.exit(), found::toString);
            assertTrue(found.out().contains("copied anew [\"node-2-0\"]"), found::toString);

            pod.operator()
                    .await(
                            "GET",
                            "/_miroir/shards",
                            reply ->
                                    !reply.body().toString().contains("\"out\"")
                                            && !reply.body().toString().contains("\"lagging\""));
            Cli mended = Cli.verify(pod);
            assertEquals(0, mended.exit(), mended::toString);
            HttpCalls node = new HttpCalls(nodes.node(2, 0).address(), TestNode.KEY);
            assertEquals(
                    200,
                    node.call("GET", "/indexes/" + physicalUid(pod) + "/documents/42").status());
        }
    }

    /**
     * Shows: of four, two that agree outvote nobody while the fourth can't be asked, which may
     * agree with the third.
     */
    @Test
    void theMostOfThoseThatAnswerOutvoteNobody() {
        try (TestNodes nodes = new TestNodes(directory, 4, 1);
                TestPod pod = new TestPod(directory.resolve("pod"), nodes.addresses(), 1, "")) {
            write(pod);
            spoil(pod, nodes.node(1, 0), 42);
            nodes.node(3, 0).kill();
            awaitDegraded(pod, 1);
            Cli found = Cli.verify(pod);
            assertEquals(6, found.exit(), found::toString);
            assertTrue(found.out().contains("no majority"), found::toString);
            String states = pod.operator().call("GET", "/_miroir/shards").body().toString();
            assertFalse(states.contains("\"out\""), states);

            nodes.node(3, 0).start();
            awaitDegraded(pod, 0);
            Cli again = Cli.verify(pod);
            assertTrue(again.out().contains("copied anew [\"node-1-0\"]"), again::toString);
        }
    }

    private static void awaitDegraded(TestPod pod, int nodes) {
        pod.operator()
                .await(
                        "GET",
                        "/_miroir/topology",
                        reply -> reply.body().path("degraded_node_count").asInt(9) == nodes);
    }

    /** Shows: with so many shards a time, one call goes on where the call before ended. */
    @Test
    void whatIsAskedForAgainGoesOnWhereItEnded() {
        try (TestNodes nodes = new TestNodes(directory, 2, 1);
                TestPod pod =
                        new TestPod(
                                directory.resolve("pod"),
                                nodes.addresses(),
                                1,
                                "anti_entropy: {shards_per_pass: 6}\n")) {
            write(pod);
            // Of a shard that the first call does not come to.
            int id = 0;
            while (Rendezvous.shard(Integer.toString(id), 16) / 6 != 1) {
                id++;
            }
            spoil(pod, nodes.node(1, 0), id);
            Cli first = Cli.verify(pod);
            assertEquals(0, first.exit(), first::toString);
            String next = "6 shards of 16 from %d on, the next time from %d on";
            assertTrue(first.out().contains(next.formatted(0, 6)), first::toString);
            Cli second = Cli.verify(pod);
            assertEquals(6, second.exit(), second::toString);
            assertTrue(second.out().contains(next.formatted(6, 12)), second::toString);
            Cli third = Cli.verify(pod);
            assertEquals(0, third.exit(), third::toString);
            assertTrue(third.out().contains(next.formatted(12, 2)), third::toString);
        }
    }

    @Test
    void betweenTwoNobodyIsRightAndNothingIsChanged() {
        try (TestNodes nodes = new TestNodes(directory, 2, 1);
                TestPod pod = new TestPod(directory.resolve("pod"), nodes.addresses(), 1, "")) {
            write(pod);
            spoil(pod, nodes.node(1, 0), 42);

            Cli found = Cli.verify(pod);

            assertEquals(6, found.exit(), found::toString);
            assertTrue(found.out().contains("no majority"), found::toString);
            String states = pod.operator().call("GET", "/_miroir/shards").body().toString();
            assertFalse(states.contains("\"out\""), states);
            HttpCalls right = new HttpCalls(nodes.node(0, 0).address(), TestNode.KEY);
            assertEquals(
                    200,
                    right.call("GET", "/indexes/" + physicalUid(pod) + "/documents/42").status());
            JsonNode report = pod.operator().call("GET", "/_miroir/anti-entropy").body();
            assertEquals(
                    1,
                    report.path("indexes").path("i").path("mismatches").asInt(),
                    report::toString);
        }
    }
}
