package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.api.settings.NodeSettings;
import io.miroir.api.settings.Settings;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Fleet;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.health.HealthState;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.spool.Spooler;
import io.miroir.store.ReadLevel;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Settings that only some nodes took are undone, and that is read back (protocol, rule 7). Two
 * groups of one node, over a real store.
 */
class SettingsRestoreTest {
    private static final String EMBEDDER = "{\"source\":\"userProvided\",\"dimensions\":2}";

    @TempDir Path directory;

    private final Node a = new Node();
    private final Node b = new Node();
    private SqliteTaskStore store;
    private ClusterView view;
    private TaskFollower follower;
    private SettingsRestore restore;

    /** Keeps settings as Meilisearch does: what is not sent stays, embedders are merged by name. */
    private static final class Node {
        private final ObjectNode settings = NodeSettings.derive(Settings.defaults());
        private boolean works;
        private boolean fails;
        private int changes;
        private int tasks;

        NodeReply answer(NodeRequest request) {
            if (request.target().startsWith("/tasks")) {
                String tasks = works ? "{\"results\":[{\"uid\":1}]}" : "{\"results\":[]}";
                return new NodeReply.Answer(200, Json.parse(tasks));
            }
            if (request.method().equals("GET")) {
                return new NodeReply.Answer(200, settings.deepCopy());
            }
            if (request.method().equals("PATCH")) {
                changes++;
                if (!fails && request.body() instanceof NodeBody.Bytes body) {
                    change(Json.parse(StandardCharsets.UTF_8.decode(body.utf8()).toString()));
                }
            }
            return new NodeReply.Answer(202, Json.object().put("taskUid", ++tasks));
        }

        private void change(JsonNode change) {
            ObjectNode embedders = settings.withObject("embedders").deepCopy();
            change.properties().forEach(e -> settings.set(e.getKey(), e.getValue()));
            change.path("embedders").properties().forEach(e -> merge(embedders, e));
            settings.set("embedders", embedders);
        }

        private static void merge(ObjectNode embedders, Map.Entry<String, JsonNode> change) {
            if (change.getValue().isNull()) {
                embedders.remove(change.getKey());
            } else {
                embedders.set(change.getKey(), change.getValue());
            }
        }

        void took(String change) {
            change(Json.parse(change));
        }
    }

    @BeforeEach
    void open() throws Exception {
        store = LaneFixture.openStore(directory);
        view = new ClusterView(store, new Fleet(4, 1, List.of(List.of("a"), List.of("b"))));
        view.start();
        Nodes nodes = Nodes.over(Map.of("a", a::answer, "b", b::answer), (_, _, _, _) -> {});
        NodeHealth health =
                new NodeHealth(
                        List.of("a", "b"),
                        new HealthState.Thresholds(3, 1),
                        InstantSource.system(),
                        _ -> {});
        Spooler spooler = new Spooler(directory.resolve("spool"), 1 << 20, 1 << 20);
        Duration limit = Duration.ofSeconds(5);
        LaneSettings settings = new LaneSettings(limit, limit, limit, limit, limit, 16);
        LaneContext context = new LaneContext("p", store, view, nodes, health, spooler, settings);
        follower = new TaskFollower(context, new TaskMetrics(new CollectorRegistry()));
        restore = new SettingsRestore(context, follower);
        WriteRequest create = new WriteRequest(Operation.INDEX_CREATE, "i", Map.of());
        var body = spooler.receive(new ByteArrayInputStream(new byte[0]));
        assertTrue(new Lane("i", context, follower).run(create, body, () -> true).isPresent());
        a.changes = 0;
        b.changes = 0;
    }

    @AfterEach
    void close() {
        follower.close();
        view.close();
        store.close();
    }

    private IndexView index() {
        return view.index("i").orElseThrow();
    }

    // From the store: the view comes to it a moment later.
    private void assertStates(ShardState ofA, ShardState ofB) {
        long incarnation = index().row().incarnation();
        Map.of("a", ofA, "b", ofB)
                .forEach(
                        (node, state) ->
                                assertEquals(
                                        ShardStates.all(4, state),
                                        store.replicas()
                                                .get(ReadLevel.LOCAL, incarnation, node)
                                                .orElseThrow()
                                                .states()));
    }

    @Test
    void whatIsNotInForceIsTakenAwayEmbeddersByName() throws Exception {
        a.took("{\"stopWords\":[\"the\"],\"embedders\":{\"e\":" + EMBEDDER + "}}");
        restore.run(index());
        assertEquals(b.settings, a.settings);
        assertEquals(0, b.changes, "it had what is in force");
        assertStates(ShardState.IN_SYNC, ShardState.IN_SYNC);
        assertEquals(Set.of(), follower.takeUnsettled());
    }

    /** A node that accepts the change and fails to apply it has other settings than the others. */
    @Test
    void aNodeThatKeepsOtherSettingsIsOut() throws Exception {
        a.took("{\"embedders\":{\"e\":" + EMBEDDER + "}}");
        a.fails = true;
        restore.run(index());
        assertEquals(1, a.changes);
        assertStates(ShardState.OUT, ShardState.IN_SYNC);
    }

    /** Slow is not different: what is not known yet puts nobody out. */
    @Test
    void aNodeThatStillWorksIsLookedAtAgainLater() throws Exception {
        a.took("{\"stopWords\":[\"the\"]}");
        b.works = true;
        restore.run(index());
        assertEquals(0, a.changes);
        assertStates(ShardState.IN_SYNC, ShardState.IN_SYNC);
        assertEquals(Set.of("i"), follower.takeUnsettled());
        b.works = false;
        restore.run(index());
        assertEquals(b.settings, a.settings);
        assertTrue(follower.takeUnsettled().isEmpty());
    }
}
