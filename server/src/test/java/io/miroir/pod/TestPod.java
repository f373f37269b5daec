package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.fail;

import io.miroir.Miroir;
import io.miroir.cli.fleet.PortWait;
import io.miroir.config.ConfigLoader;
import io.miroir.config.LoadOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** A pod in this JVM over given nodes. */
final class TestPod implements AutoCloseable {
    static final String MASTER_KEY = "master-key-of-tests-0123456789";
    static final int BODY_BYTES_MAX = 20_000_000;

    /** For tests that look at what is out. */
    static final String WITHOUT_REPAIR = "replica_repair:\n  enabled: false\n";

    static final String ADMIN_KEY = "admin-key-of-tests-0123456789";

    static final Map<String, String> SECRETS =
            Map.of(
                    "MIROIR_MASTER_KEY",
                    MASTER_KEY,
                    "MIROIR_NODE_MASTER_KEY",
                    TestNode.KEY,
                    "MIROIR_ADMIN_API_KEY",
                    ADMIN_KEY,
                    "ADMIN_SESSION_SEAL_KEY",
                    "seal-key-of-tests-0123456789-0123456789");

    /** One that it is told, not one that it finds itself. */
    private static final Pattern OWN_PORT = Pattern.compile("\\bport: ([1-9][0-9]*)");

    private final Path directory;
    private final String yaml;
    private final Map<String, String> environment;
    private Miroir pod;

    /** A pod over nodes in groups. */
    TestPod(Path directory, List<List<URI>> groups, int replicationFactor, String more) {
        this(directory, groups, replicationFactor, more, SECRETS);
    }

    /** A pod whose secrets are those of this environment, and of files that {@code more} names. */
    TestPod(
            Path directory,
            List<List<URI>> groups,
            int replicationFactor,
            String more,
            Map<String, String> environment) {
        this.directory = directory;
        this.environment = environment;
        this.yaml = yaml(directory, groups, replicationFactor, more);
        this.pod = open();
    }

    /** The secrets, and one more variable. */
    static Map<String, String> secretsAnd(String variable, String value) {
        Map<String, String> both = new HashMap<>(SECRETS);
        both.put(variable, value);
        return both;
    }

    /**
     * Pods of one group over nodes, once they are ready.
     *
     * @param peerKeys further keys of the section {@code peer}, one a line
     */
    static List<TestPod> startGroup(
            Path directory, List<List<URI>> groups, int count, String peerKeys) {
        return startGroup(directory, groups, count, peerKeys, "");
    }

    /** The same, with further sections of their configuration. */
    static List<TestPod> startGroup(
            Path directory, List<List<URI>> groups, int count, String peerKeys, String more) {
        return startGroup(directory, groups, count, peerKeys, more, _ -> SECRETS);
    }

    /** The same, each with an environment of its own. */
    static List<TestPod> startGroup(
            Path directory,
            List<List<URI>> groups,
            int count,
            String peerKeys,
            String more,
            IntFunction<Map<String, String>> environment) {
        List<Integer> raft = TestPorts.some(count);
        List<Integer> peer = TestPorts.some(count);
        List<TestPod> pods =
                startTogether(
                        count,
                        pod ->
                                new TestPod(
                                        directory.resolve("pod-" + pod),
                                        groups,
                                        1,
                                        group(pod, raft, peer, peerKeys) + more,
                                        environment.apply(pod)));
        pods.forEach(pod -> pod.client().awaitStatus("GET", "/_miroir/ready", 200));
        return pods;
    }

    /** Starts pods side by side: none of them forms a cluster before all have met. */
    static List<TestPod> startTogether(int count, IntFunction<TestPod> start) {
        List<CompletableFuture<TestPod>> starting = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int pod = i;
            starting.add(
                    CompletableFuture.supplyAsync(
                            () -> start.apply(pod), task -> Thread.ofPlatform().start(task)));
        }
        return starting.stream().map(CompletableFuture::join).toList();
    }

    /** The part of a configuration that makes a pod the {@code self}th of a group. */
    static String group(int self, List<Integer> raftPorts, List<Integer> peerPorts) {
        return group(self, raftPorts, peerPorts, "");
    }

    static String group(
            int self, List<Integer> raftPorts, List<Integer> peerPorts, String peerKeys) {
        List<Integer> all = IntStream.range(0, raftPorts.size()).boxed().toList();
        return group(self, all, raftPorts, peerPorts, peerKeys);
    }

    /** The same of one that is told of some of the pods only. */
    static String group(
            int self,
            List<Integer> told,
            List<Integer> raftPorts,
            List<Integer> peerPorts,
            String peerKeys) {
        StringBuilder peers = new StringBuilder();
        for (int i : told) {
            peers.append(
                    """
                      - id: pod-%d
                        raft: 127.0.0.1:%d
                        peer: 127.0.0.1:%d
                    """
                            .formatted(i, raftPorts.get(i), peerPorts.get(i)));
        }
        return """
               pod_id: pod-%d
               task_store:
                 backend: raft
               raft:
                 port: %d
               peer:
                 port: %d
               %speers:
               %s"""
                .formatted(
                        self, raftPorts.get(self), peerPorts.get(self), peerKeys.indent(2), peers);
    }

    private static String yaml(
            Path directory, List<List<URI>> groups, int replicationFactor, String more) {
        StringBuilder nodes = new StringBuilder();
        for (int group = 0; group < groups.size(); group++) {
            for (int n = 0; n < groups.get(group).size(); n++) {
                nodes.append(
                        """
                          - id: node-%d-%d
                            address: %s
                            replica_group: %d
                        """
                                .formatted(group, n, groups.get(group).get(n), group));
            }
        }
        return """
               miroir:
                 env: development
                 data_dir: %s
                 shards: 16
                 replication_factor: %d
                 replica_groups: %d
                 server:
                   bind: 127.0.0.1
                   port: 0
                   max_body_bytes: %d
                   export_ip_networks: [127.0.0.0/8]
                   webhook_ip_networks: [127.0.0.0/8]
                 metrics:
                   bind: 127.0.0.1
                   port: 0
                 health:
                   interval_ms: 500
                   timeout_ms: 500
                 nodes:
               %s%s
               """
                .formatted(
                        directory.resolve("data"),
                        replicationFactor,
                        groups.size(),
                        BODY_BYTES_MAX,
                        nodes.toString().indent(0),
                        more.indent(2));
    }

    private Miroir open() {
        OWN_PORT.matcher(yaml)
                .results()
                .forEach(port -> PortWait.untilFree(Integer.parseInt(port.group(1))));
        try {
            Files.createDirectories(directory);
            Path file = Files.writeString(directory.resolve("config.yaml"), yaml);
            return switch (ConfigLoader.load(file, environment, Map.of())) {
                case LoadOutcome.Loaded loaded ->
                        Miroir.start(loaded.config(), Clock.systemUTC(), new SecureRandom());
                case LoadOutcome.Refused refused -> fail(refused.errors().toString() + yaml);
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops and starts it on the same directory. */
    void restart() {
        stop();
        startAgain();
    }

    void stop() {
        pod.close();
    }

    void startAgain() {
        pod = open();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + pod.port());
    }

    /** The port that Prometheus asks. */
    URI metrics() {
        return URI.create("http://127.0.0.1:" + pod.metricsPort());
    }

    /** What a metric without labels says. */
    double metric(String name) {
        HttpCalls.Reply told = new HttpCalls(metrics(), "").call("GET", "/metrics");
        return new String(told.raw().body(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(name + ' '))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    HttpCalls client() {
        return new HttpCalls(address(), MASTER_KEY);
    }

    HttpCalls operator() {
        return new HttpCalls(address(), ADMIN_KEY);
    }

    @Override
    public void close() {
        pod.close();
    }
}
