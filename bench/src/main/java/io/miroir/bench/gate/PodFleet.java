package io.miroir.bench.gate;

import io.miroir.api.Json;
import io.miroir.bench.tools.Await;
import io.miroir.bench.tools.Directories;
import io.miroir.bench.tools.Ports;
import io.miroir.cli.client.ApiAnswer;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.client.HttpCaller;
import io.miroir.cli.fleet.Fleet;
import io.miroir.cli.fleet.FleetKeys;
import io.miroir.cli.fleet.FleetNode;
import io.miroir.cli.fleet.FleetPlan;
import io.miroir.cli.fleet.FleetPod;
import io.miroir.cli.fleet.FleetPorts;
import io.miroir.cli.fleet.FleetShape;
import io.miroir.cli.fleet.NodeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Three whole pods before one node, and what an operator does to them. */
final class PodFleet implements AutoCloseable {
    private static final FleetShape SHAPE = new FleetShape(3, 1, 1, 4, 1);
    private static final FleetKeys KEYS =
            new FleetKeys(
                    "gate-master-key-0123456789",
                    "gate-node-key-0123456789",
                    "gate-admin-key-0123456789",
                    "gate-seal-key-0123456789abcdef0123456789");
    private static final Map<String, String> SECRETS =
            Map.of(
                    "MIROIR_MASTER_KEY", KEYS.master(),
                    "MIROIR_NODE_MASTER_KEY", KEYS.node(),
                    "MIROIR_ADMIN_API_KEY", KEYS.admin(),
                    "ADMIN_SESSION_SEAL_KEY", KEYS.seal());
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

    private final Path dir;
    private final Fleet fleet;
    private int indexes;

    private PodFleet(Path dir, NodeSource nodes) {
        this.dir = dir;
        try {
            Files.createDirectories(dir);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + dir, e);
        }
        this.fleet =
                new Fleet(
                        new FleetPlan(
                                SHAPE,
                                Ports.fleet(SHAPE),
                                KEYS,
                                nodes,
                                dir,
                                PodJvm.launch(),
                                FleetPlan.Heaps.DEFAULT),
                        System::nanoTime);
    }

    /** Their files are written, and nothing runs. */
    static PodFleet laidOut(Path dir) {
        return new PodFleet(dir, new NodeSource.Embedded());
    }

    /** The same before the nodes of another one, which run. */
    static PodFleet laidOut(Path dir, PodFleet old) {
        List<URI> nodes = old.fleet.nodes().stream().map(FleetNode::http).toList();
        return new PodFleet(dir, new NodeSource.Running(nodes));
    }

    /** Ready, with something written. */
    static PodFleet running(Path dir) {
        PodFleet fleet = laidOut(dir);
        try {
            fleet.fleet.start();
            fleet.write();
            return fleet;
        } catch (RuntimeException e) {
            fleet.close();
            throw e;
        }
    }

    // ---- processes

    List<FleetPod> pods() {
        return fleet.pods();
    }

    void startNodes() {
        fleet.nodes().forEach(node -> Objects.requireNonNull(node.process()).start());
        fleet.nodes().forEach(fleet::awaitReady);
    }

    static void start(List<FleetPod> pods) {
        pods.forEach(pod -> pod.process().start());
    }

    static void stop(List<FleetPod> pods) {
        pods.forEach(pod -> pod.process().stop(STOP_PATIENCE));
    }

    void awaitReady(List<FleetPod> pods) {
        pods.forEach(fleet::awaitReady);
    }

    /** One after the other, as in a rolling upgrade. */
    void restart(List<FleetPod> pods) {
        for (FleetPod pod : pods) {
            stop(List.of(pod));
            start(List.of(pod));
            awaitReady(List.of(pod));
        }
    }

    /** The machine is gone, with its disk. */
    void lose(FleetPod pod) {
        pod.process().kill();
        Directories.deleteTree(dir.resolve(pod.id()).resolve("data"));
    }

    @Override
    public void close() {
        fleet.close();
    }

    // ---- files

    Path config(FleetPod pod) {
        return dir.resolve(pod.id()).resolve("miroir.yaml");
    }

    void configure(FleetPod pod, String text) {
        write(config(pod), text);
    }

    String configuration(FleetPod pod) {
        return read(config(pod));
    }

    /** Which member listens where. */
    List<FleetPorts.PodPorts> ports() {
        return fleet.plan().ports().pods();
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    // ---- what is asked of them

    /** A write that a majority must remember; again until it is acknowledged. */
    void write() {
        write(pods().getLast());
    }

    /** The same through this pod. */
    void write(FleetPod pod) {
        String uid = "index-" + indexes++;
        ApiCall call = ApiCall.change("POST", "/indexes", Json.object().put("uid", uid));
        Await.until("a write", PATIENCE, () -> answer(pod, KEYS.master(), call).isSuccess());
    }

    List<FleetPod> followers() {
        String leader = status(pods().getFirst()).path("leader").asString("");
        return pods().stream().filter(pod -> !pod.id().equals(leader)).toList();
    }

    /** Until they are members, as this one sees it. */
    static void awaitJoined(FleetPod asked, List<FleetPod> pods) {
        pods.forEach(
                pod ->
                        Await.until(
                                pod.id() + " joins",
                                PATIENCE,
                                () -> members(asked).anyMatch(member -> is(member, pod))));
    }

    static void awaitGone(FleetPod asked, FleetPod pod) {
        Await.until(
                pod.id() + " leaves",
                PATIENCE,
                () -> members(asked).noneMatch(member -> is(member, pod)));
    }

    static void awaitVote(FleetPod asked, FleetPod pod) {
        Await.until(
                "the vote of " + pod.id(),
                PATIENCE,
                () ->
                        members(asked)
                                .anyMatch(
                                        member ->
                                                is(member, pod)
                                                        && member.path("voter").asBoolean()));
    }

    private static boolean is(JsonNode member, FleetPod pod) {
        return member.path("pod").asString("").equals(pod.id());
    }

    private static Stream<JsonNode> members(FleetPod asked) {
        return status(asked).path("members").valueStream();
    }

    private static JsonNode status(FleetPod pod) {
        return answer(pod, KEYS.admin(), ApiCall.get("/_miroir/cluster")).json();
    }

    private static ApiAnswer answer(FleetPod pod, String key, ApiCall call) {
        try (HttpCaller caller = new HttpCaller()) {
            return caller.call(pod.http(), key, call, PATIENCE);
        } catch (IOException e) {
            throw new UncheckedIOException(pod.id(), e);
        }
    }

    // ---- commands

    void backUp(Path file) {
        askingOf(pods().getFirst(), List.of("backup"), "--to", file.toString());
    }

    static void promote(FleetPod asked, List<FleetPod> pods) {
        List<String> words = new ArrayList<>(List.of("cluster", "promote"));
        pods.forEach(pod -> words.add(pod.id()));
        askingOf(asked, words);
    }

    /** {@code miroir ARGUMENT... --from POD OPTION...}. */
    static void askingOf(FleetPod pod, List<String> arguments, String... options) {
        List<String> words = new ArrayList<>(arguments);
        words.addAll(List.of("--from", pod.http().toString()));
        words.addAll(List.of(options));
        cli(words.toArray(String[]::new));
    }

    /** {@code miroir ARGUMENT...} as a process of its own. */
    static void cli(String... arguments) {
        ProcessBuilder builder = new ProcessBuilder(PodJvm.command(List.of(arguments)));
        builder.environment().putAll(SECRETS);
        Child.run(builder, PATIENCE);
    }
}
