package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Settings over one pod and two groups of one node (protocol, rule 7; plan, section 13.5). */
class SettingsOnPodTest {
    private static final String VERSION = "X-Miroir-Settings-Version";
    private static final String FLOOR = "X-Miroir-Min-Settings-Version";
    private static final String STOP = "{\"stopWords\": [\"the\"]}";

    @TempDir Path directory;

    private TestNodes nodes;
    private TestPod pod;
    private HttpCalls client;

    @BeforeEach
    void start() {
        nodes = new TestNodes(directory, 2, 1);
        pod =
                new TestPod(
                        directory.resolve("pod"),
                        nodes.addresses(),
                        1,
                        "settings_drift_check:\n  interval_s: 1\n");
        client = pod.client();
        client.awaitStatus("GET", "/_miroir/ready", 200);
        client.done("POST", "/indexes/i/documents", "[{\"id\": 1, \"t\": \"the one\"}]");
    }

    @AfterEach
    void stop() {
        pod.close();
        nodes.close();
    }

    private HttpCalls node(int group) {
        return new HttpCalls(nodes.node(group, 0).address(), TestNode.KEY);
    }

    /** Where the node has the settings of the only index. */
    private String onNode() {
        JsonNode index = node(0).call("GET", "/indexes").body().at("/results/0/uid");
        return "/indexes/" + index.asString() + "/settings";
    }

    private String metrics() {
        return new String(
                new HttpCalls(pod.metrics(), "").call("GET", "/metrics").raw().body(),
                StandardCharsets.UTF_8);
    }

    @Test
    void readsSayWhichVersionTheyGoByAndAClientCanAskForOne() {
        HttpCalls.Reply before = client.call("GET", "/indexes/i/search?q=one");
        assertEquals("1", before.header(VERSION));
        JsonNode task = client.done("PATCH", "/indexes/i/settings", STOP);
        assertEquals("succeeded", task.path("status").asString(), task::toString);
        for (String read :
                new String[] {
                    "/indexes/i/search", "/indexes/i/documents", "/indexes/i/documents/1"
                }) {
            HttpCalls.Reply reply = client.get(read, Map.of(FLOOR, "2"));
            assertEquals(200, reply.status(), reply.body()::toString);
            assertEquals("2", reply.header(VERSION), read);
        }
        HttpCalls.Reply stale = client.get("/indexes/i/search", Map.of(FLOOR, "3"));
        assertEquals(503, stale.status());
        assertEquals("miroir_settings_version_stale", stale.body().path("code").asString());
        HttpCalls.Reply malformed = client.get("/indexes/i/search", Map.of(FLOOR, "new"));
        assertEquals(400, malformed.status());
        assertTrue(metrics().contains("miroir_settings_version{index=\"i\",} 2.0"));
    }

    /** The drift check finds what was done to a node past us, and it is undone. */
    @Test
    void aNodeThatIsChangedBehindOurBackIsGivenWhatIsInForce() {
        client.done("PATCH", "/indexes/i/settings", STOP);
        String settings = onNode();
        String drift = "{\"stopWords\": [\"one\"], \"synonyms\": {\"big\": [\"large\"]}}";
        assertEquals(202, node(1).call("PATCH", settings, drift).status());
        new HttpCalls(pod.metrics(), "")
                .await(
                        "GET",
                        "/metrics",
                        _ ->
                                metrics().contains("miroir_settings_unsettled_nodes 0.0")
                                        && metrics()
                                                .contains(
                                                        "miroir_settings_drift_repair_total 1.0"));
        JsonNode found = node(1).call("GET", settings).body();
        assertTrue(found.path("synonyms").isEmpty(), found::toString);
        assertEquals("[\"the\"]", found.path("stopWords").toString());
        JsonNode shards = pod.operator().call("GET", "/_miroir/shards").body();
        assertFalse(shards.toString().contains("\"out\""), shards::toString);
    }

    /** A node that is down misses them, is not read meanwhile, and gets them when it is back. */
    @Test
    void aNodeThatWasDownGetsTheSettingsThatItMissed() {
        String settings = onNode();
        nodes.node(1, 0).kill();
        JsonNode task = client.done("PATCH", "/indexes/i/settings", STOP);
        assertEquals("succeeded", task.path("status").asString(), task::toString);
        for (int i = 0; i < 20; i++) {
            HttpCalls.Reply reply = client.call("GET", "/indexes/i/search?q=the" + "%20".repeat(i));
            assertEquals("2", reply.header(VERSION));
            assertEquals("", reply.header("X-Miroir-Settings-Inconsistent"));
        }
        nodes.node(1, 0).start();
        node(1).await(
                        "GET",
                        settings,
                        reply -> reply.body().path("stopWords").toString().equals("[\"the\"]"));
        JsonNode shards = pod.operator().call("GET", "/_miroir/shards").body();
        assertFalse(shards.toString().contains("\"out\""), shards::toString);
    }
}
