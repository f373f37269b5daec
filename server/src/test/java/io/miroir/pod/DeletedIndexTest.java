package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cluster.LaneOwner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Three pods over two groups of one node, of which the second is down while indexes go. */
class DeletedIndexTest {
    private static final int PODS = 3;
    private static final String INDEXES = "/indexes?limit=100";

    @TempDir Path directory;

    private TestNodes nodes;
    private final List<TestPod> pods = new ArrayList<>();

    @BeforeEach
    void start() {
        nodes = new TestNodes(directory, 2, 1);
        pods.addAll(TestPod.startGroup(directory, nodes.addresses(), PODS, ""));
    }

    @AfterEach
    void stop() {
        pods.forEach(TestPod::close);
        nodes.close();
    }

    private static void write(TestPod pod, String index, int id) {
        JsonNode task =
                pod.client()
                        .done("POST", "/indexes/" + index + "/documents", "[{\"id\": " + id + "}]");
        assertEquals("succeeded", task.path("status").asString(), task::toString);
    }

    private static void awaitNodes(TestPod pod, int degraded) {
        pod.operator()
                .await(
                        "GET",
                        "/_miroir/topology",
                        reply -> reply.body().path("degraded_node_count").asInt(9) == degraded);
    }

    private static String physicalUid(TestPod pod, String index) {
        return pod.operator()
                .call("GET", "/_miroir/shards")
                .body()
                .path("indexes")
                .path(index)
                .path("physical_uid")
                .asString();
    }

    private static Set<String> uids(HttpCalls.Reply indexes) {
        return indexes.body()
                .path("results")
                .valueStream()
                .map(index -> index.path("uid").asString())
                .collect(Collectors.toSet());
    }

    private HttpCalls second() {
        return new HttpCalls(nodes.node(1, 0).address(), TestNode.KEY);
    }

    /**
     * Shows: what was deleted goes from a node that was down meanwhile, also where the name was
     * given to other indexes since, and the pod that deleted it is lost; what bears these names
     * stays.
     */
    @Test
    void aNodeThatWasDownForgetsWhatWasDeleted() {
        TestPod pod = pods.getFirst();
        write(pod, "i", 1);
        write(pod, "j", 2);
        String gone = physicalUid(pod, "i");
        String kept = physicalUid(pod, "j");
        assertTrue(uids(second().call("GET", INDEXES)).containsAll(Set.of(gone, kept)));

        nodes.node(1, 0).kill();
        awaitNodes(pod, 1);
        pod.client().done("DELETE", "/indexes/i", "");
        write(pod, "i", 3);
        pod.client().done("POST", "/swap-indexes", "[{\"indexes\": [\"i\", \"j\"]}]");
        pod.client().done("DELETE", "/indexes/j", "");
        write(pod, "j", 4);
        List<String> ids = IntStream.range(0, PODS).mapToObj(n -> "pod-" + n).toList();
        int owner = ids.indexOf(LaneOwner.of("i", ids));
        pods.remove(owner).close();

        nodes.node(1, 0).start();
        TestPod other = pods.getFirst();
        awaitNodes(other, 0);
        String anew = physicalUid(other, "j");
        Set<String> wanted = Set.of("miroir_node", kept, anew);
        second().await("GET", INDEXES, reply -> uids(reply).equals(wanted));
        other.operator()
                .await(
                        "GET",
                        "/_miroir/shards",
                        reply ->
                                !reply.body()
                                        .path("indexes")
                                        .toString()
                                        .matches(".*\"(out|lagging)\".*"));
        assertEquals(1, pods.stream().mapToDouble(DeletedIndexTest::sent).sum());
        Cli verified = Cli.verify(other);
        assertEquals(0, verified.exit(), verified::toString);
        for (String index : List.of("i", "j")) {
            JsonNode found = other.client().leased("/indexes/" + index + "/search").body();
            assertEquals(1, found.path("hits").size(), found::toString);
            int id = found.path("hits").path(0).path("id").asInt();
            assertEquals(index.equals("i") ? 2 : 4, id, found::toString);
        }
    }

    private static double sent(TestPod pod) {
        return pod.metric("miroir_index_drops_sent_total");
    }
}
