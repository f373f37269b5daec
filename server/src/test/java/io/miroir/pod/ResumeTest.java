package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.core.routing.Rendezvous;
import io.miroir.core.routing.Separators;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.lane.Intend;
import io.miroir.store.lane.Lanes.Claim;
import io.miroir.store.lane.Lanes.Intention;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A pod that died between asking the nodes and binding: what it left is settled by looking at the
 * nodes (protocol, rules 2 to 4). The dead pod's last steps are taken by the test itself.
 */
class ResumeTest {
    private static final int SHARDS = 16;

    @TempDir Path directory;

    private TestNodes nodes;
    private TestPod pod;

    @BeforeEach
    void start() {
        nodes = new TestNodes(directory, 2, 1);
        pod = new TestPod(directory.resolve("pod"), nodes.addresses(), 1, "");
        pod.client().awaitStatus("GET", "/_miroir/ready", 200);
        pod.client().done("POST", "/indexes/i/documents", "[{\"id\": 1}]");
    }

    @AfterEach
    void stop() {
        pod.close();
        nodes.close();
    }

    /** Leaves an intent behind; sends its document to the first {@code reached} nodes. */
    private void leaveIntent(int reached) {
        pod.stop();
        var config = SqliteStoreConfig.of("miroir-0", directory.resolve("pod").resolve("data"));
        try (TaskStore store =
                new SqliteTaskStore(
                        config, InstantSource.system(), new CollectorRegistry(), _ -> {})) {
            long incarnation =
                    store.indexes().get(ReadLevel.LOCAL, "i").orElseThrow().incarnation();
            var claim =
                    assertInstanceOf(
                            Claim.Claimed.class, store.lanes().claim("i", "dead").orThrow());
            var intended =
                    assertInstanceOf(
                            Intention.Intended.class,
                            store.lanes()
                                    .intend(
                                            new Intend(
                                                    "i",
                                                    claim.epoch(),
                                                    "documents_replace",
                                                    "i",
                                                    "0".repeat(64),
                                                    null,
                                                    0,
                                                    null,
                                                    incarnation,
                                                    List.of("node-0-0", "node-1-0")))
                                    .orThrow());
            String metadata = "miroir:" + claim.epoch() + ":" + intended.position() + ":i";
            for (int group = 0; group < reached; group++) {
                send(group, "m" + incarnation, metadata);
            }
        }
        pod.startAgain();
        pod.client().awaitStatus("GET", "/_miroir/ready", 200);
    }

    private void send(int group, String physicalUid, String metadata) {
        HttpCalls node = new HttpCalls(nodes.node(group, 0).address(), TestNode.KEY);
        String document =
                "[{\"id\": 2, \"_miroir_seq\": \"%s\", \"_miroir_shard\": \"%s\"}]"
                        .formatted(
                                Separators.seq(99),
                                Separators.shard(Rendezvous.shard("2", SHARDS)));
        String target =
                "/indexes/" + physicalUid + "/documents?primaryKey=id&customMetadata=" + metadata;
        assertEquals(202, node.call("POST", target, document).status());
    }

    private String shards() {
        JsonNode body = pod.operator().call("GET", "/_miroir/shards").body();
        return body.path("indexes").path("i").toString();
    }

    @Test
    void whatAllNodesTookBecomesATask() {
        leaveIntent(2);
        HttpCalls client = pod.client();
        client.await("GET", "/tasks", reply -> reply.body().path("total").asInt() == 2);
        assertEquals("succeeded", client.finished(1).path("status").asString());
        assertEquals(200, client.call("GET", "/indexes/i/documents/2").status());
        assertFalse(shards().contains("\"out\""), shards());
    }

    @Test
    void whatOneNodeTookBecomesATaskAndTheOtherIsNotReadFrom() {
        leaveIntent(1);
        HttpCalls client = pod.client();
        client.await("GET", "/tasks", reply -> reply.body().path("total").asInt() == 2);
        assertEquals("succeeded", client.finished(1).path("status").asString());
        assertTrue(shards().contains("\"node-1-0\":\"out\""), shards());
        assertFalse(shards().contains("\"node-0-0\":\"out\""), shards());
        for (int i = 0; i < 10; i++) {
            String query = "{\"q\": \"" + " ".repeat(i) + "\"}";
            JsonNode found = client.call("POST", "/indexes/i/search", query).body();
            assertEquals(2, found.path("hits").size(), found::toString);
        }
    }

    @Test
    void whatNoNodeTookIsForgottenAndTheLaneGoesOn() {
        leaveIntent(0);
        HttpCalls client = pod.client();
        JsonNode task = client.done("POST", "/indexes/i/documents", "[{\"id\": 3}]");
        assertEquals("succeeded", task.path("status").asString(), task::toString);
        assertEquals(2, client.call("GET", "/tasks").body().path("total").asInt());
        assertFalse(shards().contains("\"out\""), shards());
    }
}
