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

/** The pages of docs/operations, done on three whole pods before one node. */
final class PodProcedures implements Procedures {
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

    private static final String SECRET = "peer-secret-of-before-0123456789";
    private static final String NEW_SECRET = "peer-secret-of-after-0123456789";

    private int indexes;

    @Override
    public Steps install(Path dir) {
        Steps steps = new Steps();
        try (Fleet fleet = fleet(dir, new NodeSource.Embedded())) {
            startNodes(fleet);
            // The files were written when the fleet was laid out.
            steps.step(3, "miroir.yaml", () -> {});
            steps.step(3, "secrets.env", () -> {});
            steps.step(3, "start", () -> startPods(fleet.pods()));
            steps.await(() -> ready(fleet));
            steps.await(() -> write(fleet));
        }
        return steps;
    }

    @Override
    public Steps replaceMember(Path dir) {
        Steps steps = new Steps();
        try (Fleet fleet = running(dir)) {
            FleetPod lost = followers(fleet).getFirst();
            FleetPod other = followers(fleet).getLast();
            lost.process().kill();
            Directories.deleteTree(dir.resolve(lost.id()).resolve("data"));
            steps.step("miroir.yaml", () -> {});
            steps.step("secrets.env", () -> {});
            steps.step("start", lost.process()::start);
            steps.await(() -> fleet.awaitReady(lost));
            steps.await(() -> Await.until("its vote", PATIENCE, () -> votes(other, lost.id())));
            write(fleet);
        }
        return steps;
    }

    @Override
    public Steps backup(Path dir) {
        Steps steps = new Steps();
        try (Fleet fleet = running(dir)) {
            steps.step("miroir backup --from --to", () -> backUp(fleet, dir.resolve("state.mbk")));
        }
        return steps;
    }

    @Override
    public Steps restore(Path dir) {
        Steps steps = new Steps();
        Path file = dir.resolve("state.mbk");
        try (Fleet old = running(dir.resolve("old"))) {
            backUp(old, file);
            old.pods().forEach(pod -> pod.process().stop(STOP_PATIENCE));
            List<URI> nodes = old.nodes().stream().map(FleetNode::http).toList();
            try (Fleet fleet = fleet(dir.resolve("new"), new NodeSource.Running(nodes))) {
                FleetPod first = fleet.pods().getFirst();
                Path config = dir.resolve("new").resolve(first.id()).resolve("miroir.yaml");
                steps.step(
                        "miroir restore",
                        () -> cli("restore", text(file), "--config", text(config)));
                steps.step(3, "start", () -> startPods(fleet.pods()));
                steps.await(() -> fleet.awaitReady(first));
                List<FleetPod> others = fleet.pods().subList(1, 3);
                steps.await(
                        () ->
                                others.forEach(
                                        pod ->
                                                Await.until(
                                                        "join",
                                                        PATIENCE,
                                                        () -> joined(first, pod))));
                steps.step("miroir cluster promote", () -> promote(first, others));
                steps.await(() -> ready(fleet));
                steps.await(() -> write(fleet));
            }
        }
        return steps;
    }

    @Override
    public Steps upgrade(Path dir) {
        Steps steps = new Steps();
        try (Fleet fleet = running(dir)) {
            List<FleetPod> order = new ArrayList<>();
            steps.step("miroir cluster status", () -> order.addAll(followers(fleet)));
            fleet.pods().stream().filter(pod -> !order.contains(pod)).forEach(order::add);
            steps.step(
                    3,
                    "restart",
                    () ->
                            order.forEach(
                                    pod -> {
                                        pod.process().stop(STOP_PATIENCE);
                                        pod.process().start();
                                        fleet.awaitReady(pod);
                                    }));
            steps.await(() -> write(fleet));
        }
        return steps;
    }

    @Override
    public Steps rotate(Path dir) {
        Steps steps = new Steps();
        try (Fleet fleet = fleet(dir, new NodeSource.Embedded())) {
            fleet.pods().forEach(pod -> useSecret(dir, pod));
            startNodes(fleet);
            startPods(fleet.pods());
            ready(fleet);
            rotate(steps, dir, fleet, "the new secret second", SECRET + "\n" + NEW_SECRET);
            rotate(steps, dir, fleet, "the new secret first", NEW_SECRET + "\n" + SECRET);
            rotate(steps, dir, fleet, "the new secret alone", NEW_SECRET);
            steps.await(() -> write(fleet));
            // One that knows nothing else is heard by the others.
            FleetPod pod = followers(fleet).getFirst();
            pod.process().stop(STOP_PATIENCE);
            pod.process().start();
            fleet.awaitReady(pod);
        }
        return steps;
    }

    private static void rotate(Steps steps, Path dir, Fleet fleet, String what, String secrets) {
        steps.step(
                3, what, () -> fleet.pods().forEach(pod -> write(secretFile(dir, pod), secrets)));
        // Each pod says which secrets it knows: the next step when all know the same.
        String pod = fleet.pods().getFirst().http().toString();
        steps.step(
                "miroir cluster keys --wait",
                () -> cli("cluster", "keys", "--wait", "30", "--from", pod));
    }

    private static void useSecret(Path dir, FleetPod pod) {
        write(secretFile(dir, pod), SECRET);
        Path config = dir.resolve(pod.id()).resolve("miroir.yaml");
        String option = "  peer:\n    secret_file: %s\n".formatted(secretFile(dir, pod));
        write(config, read(config).replaceFirst("  peer:\n", option));
    }

    private static Path secretFile(Path dir, FleetPod pod) {
        return dir.resolve(pod.id()).resolve("cluster-secret");
    }

    // ---- the parts

    private static Fleet fleet(Path dir, NodeSource nodes) {
        try {
            Files.createDirectories(dir);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + dir, e);
        }
        return new Fleet(
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

    /** Ready, with something written. */
    private Fleet running(Path dir) {
        Fleet fleet = fleet(dir, new NodeSource.Embedded());
        try {
            fleet.start();
            write(fleet);
            return fleet;
        } catch (RuntimeException e) {
            fleet.close();
            throw e;
        }
    }

    private static void startNodes(Fleet fleet) {
        fleet.nodes().forEach(node -> Objects.requireNonNull(node.process()).start());
        fleet.nodes().forEach(fleet::awaitReady);
    }

    private static void startPods(List<FleetPod> pods) {
        pods.forEach(pod -> pod.process().start());
    }

    private static void ready(Fleet fleet) {
        fleet.pods().forEach(fleet::awaitReady);
    }

    /** A write that all three pods must remember; again until it is acknowledged. */
    private void write(Fleet fleet) {
        FleetPod pod = fleet.pods().getLast();
        String uid = "index-" + indexes++;
        ApiCall call = ApiCall.change("POST", "/indexes", Json.object().put("uid", uid));
        Await.until("a write", PATIENCE, () -> answer(pod, KEYS.master(), call).isSuccess());
    }

    private static List<FleetPod> followers(Fleet fleet) {
        String leader = status(fleet.pods().getFirst()).path("leader").asString("");
        return fleet.pods().stream().filter(pod -> !pod.id().equals(leader)).toList();
    }

    private static boolean joined(FleetPod asked, FleetPod pod) {
        return members(asked).anyMatch(member -> is(member, pod.id()));
    }

    private static boolean votes(FleetPod asked, String id) {
        return members(asked)
                .anyMatch(member -> is(member, id) && member.path("voter").asBoolean());
    }

    private static boolean is(JsonNode member, String id) {
        return member.path("pod").asString("").equals(id);
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

    private static void backUp(Fleet fleet, Path file) {
        String pod = fleet.pods().getFirst().http().toString();
        cli("backup", "--from", pod, "--to", text(file));
    }

    private static void promote(FleetPod asked, List<FleetPod> pods) {
        List<String> words = new ArrayList<>(List.of("cluster", "promote"));
        pods.forEach(pod -> words.add(pod.id()));
        words.addAll(List.of("--from", asked.http().toString()));
        cli(words.toArray(String[]::new));
    }

    /** {@code miroir ARGUMENT...} as a process of its own. */
    private static void cli(String... arguments) {
        ProcessBuilder builder = new ProcessBuilder(PodJvm.command(List.of(arguments)));
        builder.environment().putAll(SECRETS);
        Child.run(builder, PATIENCE);
    }

    private static String text(Path file) {
        return file.toString();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }
}
