package io.miroir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.health.HealthState;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.config.ConfigLoader;
import io.miroir.config.LoadOutcome;
import io.miroir.config.MiroirConfig;
import io.miroir.store.ReadLevel;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.miroir.store.topology.TopologyRow;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The list of nodes is changed in the store while pods run that are configured with different ones:
 * all of them ask the nodes that the store has, where it says that they are, and no others.
 */
class NodesComeAndGoTest {
    private static final String MARK = "/indexes/miroir_node/documents/mark";

    @TempDir Path dir;

    private final List<AutoCloseable> open = new ArrayList<>();
    private SqliteTaskStore store;
    private Server stays;
    private Server goes;
    private Server comes;
    private Server stranger;
    private Pod first;
    private Pod second;

    @BeforeEach
    void start() throws IOException {
        store =
                own(
                        new SqliteTaskStore(
                                SqliteStoreConfig.of("p", dir.resolve("store")),
                                InstantSource.system(),
                                new CollectorRegistry(),
                                _ -> {}));
        stays = own(new Server());
        goes = own(new Server());
        comes = own(new Server());
        stranger = own(new Server());
        first = own(new Pod("first", Map.of("stays", stays, "goes", goes)));
        second = own(new Pod("second", Map.of("stays", stranger)));
        replace("[\"stays\", \"goes\"]", Map.of("stays", stays, "goes", goes), "{}");
        first.awaitHealthy("stays", "goes");
        second.awaitHealthy("stays", "goes");
    }

    @AfterEach
    void stop() throws Exception {
        Collections.reverse(open);
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private <T extends AutoCloseable> T own(T one) {
        open.add(one);
        return one;
    }

    /** A node that knows who asks, by the key that is shown. */
    private static final class Server implements AutoCloseable {
        private final HttpServer http;
        private final Map<String, Integer> asked = new ConcurrentHashMap<>();
        private volatile @Nullable String life;

        Server() throws IOException {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            http.createContext("/", this::answer);
            http.start();
        }

        private void answer(HttpExchange exchange) throws IOException {
            String key = exchange.getRequestHeaders().getFirst("Authorization");
            asked.merge(key.substring("Bearer key-0123456789-".length()), 1, Integer::sum);
            String path = exchange.getRequestURI().getPath();
            String mark = life;
            boolean lacks = path.equals(MARK) && mark == null;
            String body =
                    switch (path) {
                        case "/version" -> "{\"pkgVersion\": \"1.50.0\"}";
                        case MARK ->
                                lacks
                                        ? "{\"code\": \"index_not_found\", \"message\": \"no\"}"
                                        : "{\"node\": \"stays\", \"life\": \"%s\"}".formatted(mark);
                        default -> "{\"results\": []}";
                    };
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(lacks ? 404 : 200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        }

        int askedBy(Pod pod) {
            return asked.getOrDefault(pod.name, 0);
        }

        String address() {
            return "http://127.0.0.1:" + http.getAddress().getPort();
        }

        @Override
        public void close() {
            http.stop(0);
        }
    }

    /** What a pod has of the store's nodes. */
    private final class Pod implements AutoCloseable {
        private final String name;
        private final CollectorRegistry registry = new CollectorRegistry();
        private final ClusterView view;
        private final NodeSide side;

        Pod(String name, Map<String, Server> nodes) throws IOException {
            this.name = name;
            MiroirConfig config = config(name, nodes);
            view = new ClusterView(store, ConfiguredNodes.fleet(config));
            view.start();
            side =
                    new NodeSide(
                            new ConfiguredSettings(config),
                            view,
                            store,
                            () -> List.of("key-0123456789-" + name),
                            registry,
                            InstantSource.system());
            side.start();
        }

        private MiroirConfig config(String name, Map<String, Server> nodes) throws IOException {
            StringBuilder listed = new StringBuilder();
            nodes.forEach(
                    (id, server) ->
                            listed.append(
                                    "    - {id: %s, address: '%s'}\n"
                                            .formatted(id, server.address())));
            String yaml =
                    """
                    miroir:
                      env: development
                      data_dir: %s
                      shards: 4
                      replication_factor: 1
                      health: {interval_ms: 200, timeout_ms: 200}
                      nodes:
                    %s"""
                            .formatted(dir.resolve(name), listed);
            Path file = Files.writeString(dir.resolve(name + ".yaml"), yaml);
            return switch (ConfigLoader.load(file, Map.of(), Map.of())) {
                case LoadOutcome.Loaded loaded -> loaded.config();
                case LoadOutcome.Refused refused ->
                        throw new AssertionError(refused.errors() + yaml);
            };
        }

        HealthState.Status status(String node) {
            return side.health().status(node);
        }

        void awaitHealthy(String... nodes) {
            StorePod.await(
                    name + " has healthy nodes " + List.of(nodes),
                    () ->
                            side.health().all().keySet().equals(Set.of(nodes))
                                    && List.of(nodes).stream()
                                            .allMatch(
                                                    node ->
                                                            status(node)
                                                                    == HealthState.Status.HEALTHY));
        }

        @Nullable Double probes(String node) {
            return registry.getSampleValue(
                    "miroir_node_request_duration_seconds_count",
                    new String[] {"node_id", "operation"},
                    new String[] {node, "health"});
        }

        @Override
        public void close() {
            view.close();
            side.close();
        }
    }

    private void replace(String group, Map<String, Server> addresses, String lives) {
        StringBuilder told = new StringBuilder();
        addresses.forEach(
                (id, server) ->
                        told.append(told.isEmpty() ? "" : ",")
                                .append("\"%s\": \"%s\"".formatted(id, server.address())));
        long version = store.topology().get(ReadLevel.LOCAL).map(TopologyRow::version).orElse(0L);
        String json =
                "{\"groups\": [%s], \"replication_factor\": 1, \"addresses\": {%s}, \"lives\": %s}"
                        .formatted(group, told, lives);
        store.topology().replace(json, version).orThrow();
    }

    /** Waits until both pods have asked a server a few times more. */
    private void awaitRounds(Server server) {
        int rounds = 3;
        int byFirst = server.askedBy(first) + rounds;
        int bySecond = server.askedBy(second) + rounds;
        StorePod.await(
                "both pods ask",
                () -> server.askedBy(first) >= byFirst && server.askedBy(second) >= bySecond);
    }

    /** Nobody asks a server while both pods ask another; what was under way may come before. */
    private void awaitSilence(Server silent, Server other) {
        StorePod.await(
                "nobody asks a node that is gone",
                () -> {
                    Map<String, Integer> before = Map.copyOf(silent.asked);
                    awaitRounds(other);
                    return before.equals(silent.asked);
                });
    }

    @Test
    void aNodeThatComesIsAskedByAllAndOneThatGoesByNone() {
        assertNotNull(first.probes("goes"));
        assertNotNull(second.probes("goes"), "also by a pod whose configuration lacks it");

        replace("[\"stays\", \"comes\"]", Map.of("stays", stays, "comes", comes), "{}");

        first.awaitHealthy("stays", "comes");
        second.awaitHealthy("stays", "comes");
        awaitSilence(goes, comes);
        awaitSilence(stranger, stays);
        for (Pod pod : List.of(first, second)) {
            assertEquals(Set.of("stays", "comes"), pod.side.nodes().ids());
            assertNull(pod.probes("goes"), "a metric of a node that is gone");
        }
    }

    /** Protocol, rule 15: a node is its mark, not its address. */
    @Test
    void aNodeThatMovedIsAskedThereAndUsedOnceItIsKnown() {
        String lives = "{\"stays\": {\"life\": \"its own\", \"since_task\": -1}}";

        replace("[\"stays\"]", Map.of("stays", comes), lives);

        awaitRounds(comes);
        awaitSilence(stays, comes);
        awaitFoundOut("stays", "without its mark");
        comes.life = "its own";
        first.awaitHealthy("stays");
        second.awaitHealthy("stays");
    }

    /** Whoever comes may be another cluster's: nothing is sent to it. */
    @Test
    void aServerWithTheMarkOfAnotherNodeIsNotTaken() {
        comes.life = "of node stays";

        replace("[\"stays\", \"comes\"]", Map.of("stays", stays, "comes", comes), "{}");

        awaitFoundOut("comes", "the mark of node stays");
        StorePod.await(
                "who is known stays in use",
                () -> first.status("stays") == HealthState.Status.HEALTHY);
    }

    private void awaitFoundOut(String node, String why) {
        for (Pod pod : List.of(first, second)) {
            StorePod.await("a stranger is found out", () -> foundOut(pod, node, why));
        }
    }

    private static boolean foundOut(Pod pod, String node, String why) {
        NodeHealth.Entry entry = pod.side.health().all().get(node);
        return entry != null
                && entry.state().status() == HealthState.Status.DOWN
                && String.valueOf(entry.error()).contains(why);
    }
}
