package io.miroir.cli.demo;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.cli.client.Api;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.client.FailoverClient;
import io.miroir.cli.demo.OwnServers.Adopt;
import io.miroir.cli.fleet.FleetException;
import io.miroir.cluster.identity.NodeMark;
import io.miroir.edge.http.HttpServer;
import io.miroir.embedded.Node;
import io.miroir.embedded.NodeConfig;
import io.miroir.embedded.engine.LuceneEngine;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** {@code --nodes}: what a user's own server may hold before the demo takes it. */
class OwnServersTest {
    private static final String KEY = "key-of-the-users-server";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir private Path dir;
    private Node node;
    private URI server;

    @BeforeEach
    void start() throws IOException {
        NodeConfig config = new NodeConfig("127.0.0.1", 0, KEY, dir, HttpServer.Limits.defaults());
        node = Node.start(config, LuceneEngine::open);
        server = URI.create("http://127.0.0.1:" + node.port());
    }

    @AfterEach
    void stop() throws IOException {
        node.close();
    }

    @Test
    void anEmptyServerIsTakenAndNothingIsDoneToIt() {
        assertDoesNotThrow(() -> OwnServers.check(List.of(server), KEY, Adopt.NONE));
    }

    @Test
    void aServerThatHoldsAnythingIsRefusedWithoutAdopt() {
        create("books");
        String refusal = refusal(List.of(server), KEY, Adopt.NONE);
        assertTrue(refusal.contains("books") && refusal.contains("--adopt"), refusal);
        assertDoesNotThrow(() -> OwnServers.check(List.of(server), KEY, Adopt.OTHERS));
        JsonNode indexes = call(ApiCall.get("/indexes"));
        assertEquals(1, indexes.path("total").asInt(), "the user's index stays");
    }

    /** Two fleets on one server would mix their documents: no flag allows that. */
    @ParameterizedTest
    @ValueSource(strings = {"m12", NodeMark.INDEX})
    void aServerOfAnotherMiroirIsRefusedWithAdoptToo(String index) {
        create(index);
        String refusal = refusal(List.of(server), KEY, Adopt.OTHERS);
        assertTrue(refusal.contains(index) && refusal.contains("another Miroir"), refusal);
        assertDoesNotThrow(
                () -> OwnServers.check(List.of(server), KEY, Adopt.ALL),
                "a directory that is started again finds its own");
    }

    /** What the demo made goes, what was there stays; what can't go is told. */
    @Test
    void afterwardsTheServerIsAsItWas() {
        create("books");
        create("m12");
        create(NodeMark.INDEX);
        assertEquals(List.of(), OwnServers.remove(List.of(server), KEY, Set.of("m12", "m13")));
        call(ApiCall.get("/tasks")).path("results").forEach(task -> awaitTask(task.path("uid")));
        JsonNode indexes = call(ApiCall.get("/indexes")).path("results");
        assertEquals(1, indexes.size(), indexes::toString);
        assertEquals("books", indexes.path(0).path("uid").asString());
        assertEquals(
                List.of("m12 on " + server, NodeMark.INDEX + " on " + server),
                OwnServers.remove(List.of(server), "wrong", Set.of("m12")));
    }

    @Test
    void aWrongKeyIsToldApartFromAServerThatIsAway() {
        assertTrue(refusal(List.of(server), "wrong", Adopt.NONE).contains("--node-key"));
        assertTrue(refusal(List.of(server), "", Adopt.NONE).contains("--node-key"));
    }

    @Test
    void oneServerIsOneNode() {
        assertTrue(refusal(List.of(server, server), KEY, Adopt.NONE).contains("twice"));
    }

    private static String refusal(List<URI> servers, String key, Adopt adopt) {
        return assertThrows(FleetException.class, () -> OwnServers.check(servers, key, adopt))
                .getMessage();
    }

    private void create(String uid) {
        try (FailoverClient client =
                new FailoverClient(List.of(server), KEY, PATIENCE, System::nanoTime)) {
            new Api(client, System::nanoTime, PATIENCE)
                    .change(ApiCall.change("POST", "/indexes", Json.object().put("uid", uid)));
        }
    }

    private void awaitTask(JsonNode uid) {
        JsonNode task;
        do {
            task = call(ApiCall.get("/tasks/" + uid));
        } while (task.path("finishedAt").isNull());
    }

    private JsonNode call(ApiCall call) {
        try (FailoverClient client =
                new FailoverClient(List.of(server), KEY, PATIENCE, System::nanoTime)) {
            return new Api(client, System::nanoTime, PATIENCE).call(call);
        }
    }
}
