package io.miroir.cli.fleet;

import io.miroir.cli.client.ApiAnswer;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.client.HttpCaller;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The processes of a cluster on this machine, from config files to the last SIGTERM. One thread
 * drives it.
 */
public final class Fleet implements AutoCloseable {
    private static final String MAIN = "io.miroir.cli.Main";
    private static final Duration READY_WAIT = Duration.ofSeconds(90);
    private static final Duration STOP_WAIT = Duration.ofSeconds(20);
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);
    private static final long PROBE_PAUSE_MILLIS = 25;

    private final FleetPlan plan;
    private final LongSupplier nanos;
    private final HttpCaller http = new HttpCaller();
    private final List<FleetNode> nodes;
    private final List<FleetPod> pods;

    /**
     * Lays out the members without starting any.
     *
     * @param nanos a clock as System::nanoTime
     */
    public Fleet(FleetPlan plan, LongSupplier nanos) {
        this.plan = plan;
        this.nanos = nanos;
        this.nodes = layOutNodes(plan);
        this.pods = layOutPods(plan, nodes);
    }

    /** Starts all processes at once and waits until each is ready. */
    public void start() {
        processes().forEach(ChildProcess::start);
        nodes.forEach(this::awaitReady);
        pods.forEach(this::awaitReady);
    }

    /** The pods in the order of their ids. */
    public List<FleetPod> pods() {
        return pods;
    }

    /** The nodes, group after group. */
    public List<FleetNode> nodes() {
        return nodes;
    }

    /** What the fleet was made from. */
    public FleetPlan plan() {
        return plan;
    }

    /** Waits until the pod says that it has caught up with the others. */
    public void awaitReady(FleetPod pod) {
        awaitOk(pod.id(), pod.http(), "/_miroir/ready", pod.process());
    }

    /** Waits until the node answers. */
    public void awaitReady(FleetNode node) {
        awaitOk(node.id(), node.http(), "/health", node.process());
    }

    /** Stops pods, then nodes, each in order; by force what doesn't stop in time. */
    @Override
    public void close() {
        http.close();
        stopAll(pods.stream().map(FleetPod::process).toList());
        stopAll(processes().toList());
    }

    private static void stopAll(List<ChildProcess> processes) {
        processes.forEach(ChildProcess::terminate);
        processes.forEach(process -> process.stop(STOP_WAIT));
    }

    private Stream<ChildProcess> processes() {
        return Stream.concat(
                nodes.stream().map(FleetNode::process).filter(p -> p != null),
                pods.stream().map(FleetPod::process));
    }

    private void awaitOk(String id, URI server, String path, @Nullable ChildProcess process) {
        long deadline = nanos.getAsLong() + READY_WAIT.toNanos();
        String last = "no answer yet";
        while (nanos.getAsLong() < deadline) {
            if (process != null && !process.isAlive()) {
                throw new FleetException(died(process));
            }
            try {
                ApiAnswer answer = http.call(server, "", ApiCall.get(path), PROBE_TIMEOUT);
                if (answer.isSuccess()) {
                    return;
                }
                last = answer.toString();
            } catch (IOException e) {
                last = String.valueOf(e.getMessage());
            }
            pause();
        }
        String log = process == null ? "" : "\nThe end of its log:\n" + process.logTail();
        throw new FleetException(
                "%s at %s is not ready after %d s (%s).%s"
                        .formatted(id, server, READY_WAIT.toSeconds(), last, log));
    }

    private static String died(ChildProcess process) {
        return "%s ended at its start with exit code %d. The end of its log (%s):\n%s"
                .formatted(process.name(), process.exitCode(), process.log(), process.logTail());
    }

    private static List<FleetNode> layOutNodes(FleetPlan plan) {
        List<FleetNode> nodes = new ArrayList<>();
        for (int i = 0; i < plan.shape().nodes(); i++) {
            String id = "node-" + i;
            int group = i / plan.shape().nodesPerGroup();
            nodes.add(
                    switch (plan.nodes()) {
                        case NodeSource.Running(List<URI> servers) ->
                                new FleetNode(id, group, servers.get(i), null);
                        case NodeSource.Embedded embedded -> {
                            int port = plan.ports().nodes().get(i);
                            yield new FleetNode(
                                    id, group, loopback(port), embedded(plan, id, port));
                        }
                        case NodeSource.Program(Path program) -> {
                            int port = plan.ports().nodes().get(i);
                            yield new FleetNode(
                                    id, group, loopback(port), program(plan, program, id, port));
                        }
                    });
        }
        return List.copyOf(nodes);
    }

    private static ChildProcess embedded(FleetPlan plan, String id, int port) {
        Path home = plan.directory().resolve(id);
        List<String> command =
                plan.java()
                        .command(
                                plan.heaps().nodeMegabytes(),
                                MAIN,
                                List.of(
                                        "node",
                                        "--port",
                                        String.valueOf(port),
                                        "--dir",
                                        home.resolve("data").toString()));
        return new ChildProcess(id, command, Map.of("MEILI_MASTER_KEY", plan.keys().node()), home);
    }

    private static ChildProcess program(FleetPlan plan, Path program, String id, int port) {
        Path home = plan.directory().resolve(id);
        List<String> command =
                List.of(
                        program.toString(),
                        "--no-analytics",
                        "--http-addr",
                        "127.0.0.1:" + port,
                        "--db-path",
                        home.resolve("data").toString(),
                        "--max-indexing-memory",
                        "512MiB",
                        "--max-indexing-threads",
                        "1");
        return new ChildProcess(id, command, Map.of("MEILI_MASTER_KEY", plan.keys().node()), home);
    }

    private static List<FleetPod> layOutPods(FleetPlan plan, List<FleetNode> nodes) {
        List<FleetPod> pods = new ArrayList<>();
        for (int i = 0; i < plan.shape().pods(); i++) {
            String id = PodConfigFile.podId(i);
            Path home = plan.directory().resolve(id);
            Path config = home.resolve("miroir.yaml");
            try {
                Files.createDirectories(home);
                Files.writeString(config, PodConfigFile.text(plan, nodes, i, home.resolve("data")));
            } catch (IOException e) {
                throw new FleetException("%s can't be written: %s".formatted(config, e), e);
            }
            List<String> command =
                    plan.java()
                            .command(
                                    plan.heaps().podMegabytes(),
                                    MAIN,
                                    List.of("serve", "--config", config.toString()));
            Map<String, String> secrets =
                    Map.of(
                            "MIROIR_MASTER_KEY", plan.keys().master(),
                            "MIROIR_NODE_MASTER_KEY", plan.keys().node(),
                            "MIROIR_ADMIN_API_KEY", plan.keys().admin(),
                            "ADMIN_SESSION_SEAL_KEY", plan.keys().seal());
            pods.add(
                    new FleetPod(
                            id,
                            loopback(plan.ports().pods().get(i).http()),
                            new ChildProcess(id, command, secrets, home)));
        }
        return List.copyOf(pods);
    }

    private static URI loopback(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    private static void pause() {
        try {
            Thread.sleep(PROBE_PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FleetException("interrupted while waiting for the fleet", e);
        }
    }
}
