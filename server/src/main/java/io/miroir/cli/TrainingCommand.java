package io.miroir.cli;

import io.miroir.Miroir;
import io.miroir.api.Json;
import io.miroir.cli.client.Api;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.client.FailoverClient;
import io.miroir.cli.fleet.Ports;
import io.miroir.config.ConfigLoader;
import io.miroir.config.LoadOutcome;
import io.miroir.edge.http.HttpServer;
import io.miroir.embedded.Node;
import io.miroir.embedded.NodeConfig;
import io.miroir.embedded.engine.LuceneEngine;
import io.miroir.logging.Logging;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/**
 * `miroir training`: what the JVM watches to make the AOT cache of an image. In one process three
 * pods on Raft and one on SQLite start before embedded nodes, take writes and searches by HTTP as
 * from any client, and stop. Commands are trained in a process of their own before these pods.
 */
@Command(
        name = "training",
        hidden = true,
        description = "Starts pods and nodes, uses them, stops them: trains the AOT cache.")
final class TrainingCommand implements Callable<Integer> {
    private static final String KEY = "key-of-the-training-run-0123456789";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int DOCUMENTS = 500;
    private static final int ROUNDS = 100;

    @Option(names = "--dir", required = true, description = "an empty directory")
    private Path directory = Path.of(".");

    @Option(names = "--commands-cache", description = "an AOT cache for commands is made there")
    private @Nullable Path commandsCache;

    private final Ports ports = new Ports(new SecureRandom());
    private final Deque<AutoCloseable> started = new ConcurrentLinkedDeque<>();

    @Override
    public Integer call() throws Exception {
        try {
            List<Node> nodes = List.of(node("a"), node("b"), node("c"));
            List<Integer> raft = new ArrayList<>();
            List<Integer> peer = new ArrayList<>();
            for (int pod = 0; pod < 3; pod++) {
                raft.add(ports.free());
                peer.add(ports.free());
            }
            // All at once: none of them forms a cluster before all have met.
            List<Future<URI>> cluster = new ArrayList<>();
            try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread::new)) {
                for (int pod = 0; pod < 3; pod++) {
                    String yaml = raftPod(pod, raft, peer, nodes.subList(0, 2));
                    cluster.add(threads.submit(() -> pod(yaml)));
                }
            }
            use(List.of(cluster.get(0).get(), cluster.get(1).get(), cluster.get(2).get()));
            if (commandsCache != null) {
                CommandTraining.run(
                        commandsCache,
                        cluster.getFirst().get().toString(),
                        KEY + "-of-operators",
                        directory);
            }
            use(List.of(pod(singlePod(nodes.getLast()))));
        } finally {
            while (!started.isEmpty()) {
                started.pop().close();
            }
        }
        return ExitCode.OK.code();
    }

    private Node node(String name) throws IOException {
        NodeConfig config =
                new NodeConfig(
                        "127.0.0.1",
                        0,
                        KEY,
                        directory.resolve("node-" + name),
                        HttpServer.Limits.defaults());
        Node node = Node.start(config, LuceneEngine::open);
        started.push(node);
        return node;
    }

    private String raftPod(int pod, List<Integer> raft, List<Integer> peer, List<Node> nodes) {
        StringBuilder peers = new StringBuilder();
        for (int i = 0; i < raft.size(); i++) {
            peers.append(
                    "    - {id: pod-%d, raft: '127.0.0.1:%d', peer: '127.0.0.1:%d'}\n"
                            .formatted(i, raft.get(i), peer.get(i)));
        }
        return common("pod-" + pod, nodes)
                + "  task_store: {backend: raft}\n"
                + "  raft: {port: %d}\n  peer: {port: %d}\n".formatted(raft.get(pod), peer.get(pod))
                + "  peers:\n"
                + peers;
    }

    private String singlePod(Node node) {
        return common("single", List.of(node));
    }

    private String common(String id, List<Node> nodes) {
        StringBuilder yaml =
                new StringBuilder(
                        """
                        miroir:
                          pod_id: %s
                          data_dir: '%s'
                          shards: 4
                          replication_factor: 1
                          replica_groups: %d
                          server: {bind: 127.0.0.1, port: 0}
                          metrics: {bind: 127.0.0.1, port: 0}
                          health: {interval_ms: 200, timeout_ms: 200}
                          log: {level: info, format: json}
                          nodes:
                        """
                                .formatted(id, directory.resolve(id), nodes.size()));
        for (int group = 0; group < nodes.size(); group++) {
            yaml.append(
                    "    - {id: n%d, address: 'http://127.0.0.1:%d', replica_group: %d}\n"
                            .formatted(group, nodes.get(group).port(), group));
        }
        return yaml.toString();
    }

    /** Starts a pod from a file, as a process would; gives its client URL. */
    private URI pod(String yaml) throws IOException {
        Path file = Files.writeString(Files.createTempFile(directory, "pod", ".yaml"), yaml);
        Map<String, String> secrets =
                Map.of(
                        "MIROIR_MASTER_KEY",
                        KEY + "-of-clients",
                        "MIROIR_NODE_MASTER_KEY",
                        KEY,
                        "MIROIR_ADMIN_API_KEY",
                        KEY + "-of-operators",
                        "ADMIN_SESSION_SEAL_KEY",
                        KEY);
        return switch (ConfigLoader.load(file, secrets, Map.of())) {
            case LoadOutcome.Refused refused ->
                    throw new IllegalStateException(refused.errors().toString());
            case LoadOutcome.Loaded loaded -> {
                Logging.apply(loaded.config().log());
                Miroir pod =
                        Miroir.start(loaded.config(), InstantSource.system(), new SecureRandom());
                started.push(pod);
                yield URI.create("http://127.0.0.1:" + pod.port());
            }
        };
    }

    private static void use(List<URI> pods) {
        try (FailoverClient client =
                new FailoverClient(
                        pods, KEY + "-of-clients", Duration.ofSeconds(10), System::nanoTime)) {
            Api api = new Api(client, System::nanoTime, PATIENCE);
            api.change(
                    ApiCall.change(
                            "POST",
                            "/indexes",
                            Json.parseObject("{\"uid\":\"training\",\"primaryKey\":\"id\"}")));
            api.change(
                    ApiCall.change(
                            "PATCH",
                            "/indexes/training/settings",
                            Json.parseObject(
                                    "{\"filterableAttributes\":[\"color\",\"id\"],"
                                            + "\"sortableAttributes\":[\"id\"]}")));
            api.change(ApiCall.documents("training", documents()));
            for (int round = 0; round < ROUNDS; round++) {
                api.call(ApiCall.search("/indexes/training/search", search(round)));
                api.call(ApiCall.get("/indexes/training/documents/" + round));
                api.call(ApiCall.get("/tasks?limit=3"));
            }
            api.change(ApiCall.delete("/indexes/training"));
        }
    }

    private static ObjectNode search(int round) {
        return Json.parseObject(
                switch (round % 4) {
                    case 0 -> "{\"q\":\"text\",\"limit\":5}";
                    case 1 -> "{\"q\":\"number " + round + "\",\"facets\":[\"color\"]}";
                    case 2 -> "{\"q\":\"\",\"filter\":\"color = red\",\"sort\":[\"id:desc\"]}";
                    default -> "{\"q\":\"txet\",\"showRankingScore\":true,\"hitsPerPage\":7}";
                });
    }

    private static String documents() {
        StringBuilder json = new StringBuilder("[");
        for (int id = 0; id < DOCUMENTS; id++) {
            json.append(id == 0 ? "" : ",")
                    .append(
                            "{\"id\":%d,\"text\":\"text number %d\",\"color\":\"%s\"}"
                                    .formatted(id, id, id % 3 == 0 ? "red" : "blue"));
        }
        return json.append(']').toString();
    }
}
