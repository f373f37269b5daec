package io.miroir.bench.gate;

import io.miroir.bench.tools.Ports;
import io.miroir.cli.fleet.FleetPod;
import io.miroir.cli.fleet.FleetPorts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The pages of docs/operations, done on three whole pods before one node. */
final class PodProcedures implements Procedures {
    private static final String SECRET = "peer-secret-of-before-0123456789";
    private static final String NEW_SECRET = "peer-secret-of-after-0123456789";

    @Override
    public Steps install(Path dir) {
        Steps steps = new Steps();
        try (PodFleet fleet = PodFleet.laidOut(dir)) {
            fleet.startNodes();
            startNew(steps, fleet, fleet.pods());
            steps.await(fleet::write);
        }
        return steps;
    }

    @Override
    public Steps replaceMember(Path dir) {
        Steps steps = new Steps();
        try (PodFleet fleet = PodFleet.running(dir)) {
            FleetPod lost = fleet.followers().getFirst();
            FleetPod other = fleet.followers().getLast();
            fleet.lose(lost);
            startNew(steps, fleet, List.of(lost));
            steps.await(() -> PodFleet.awaitVote(other, lost));
            fleet.write();
        }
        return steps;
    }

    @Override
    public Steps leave(Path dir) {
        Steps steps = new Steps();
        try (PodFleet fleet = PodFleet.running(dir)) {
            FleetPod goes = fleet.followers().getFirst();
            FleetPod stays = fleet.followers().getLast();
            steps.step(
                    "miroir cluster leave",
                    () -> PodFleet.askingOf(stays, List.of("cluster", "leave", goes.id())));
            steps.await(() -> PodFleet.awaitGone(stays, goes));
            steps.step("stop", () -> PodFleet.stop(List.of(goes)));
            fleet.write(stays);
        }
        return steps;
    }

    @Override
    public Steps readdress(Path dir) {
        Steps steps = new Steps();
        try (PodFleet fleet = PodFleet.running(dir)) {
            steps.step(3, "stop", () -> PodFleet.stop(fleet.pods()));
            steps.step(3, "miroir.yaml", () -> move(fleet));
            steps.step(3, "start", () -> PodFleet.start(fleet.pods()));
            steps.await(() -> fleet.awaitReady(fleet.pods()));
            steps.await(fleet::write);
        }
        return steps;
    }

    /** Where pods reach each other; clients find them where they were. */
    private static void move(PodFleet fleet) {
        List<Integer> free = Ports.free(2 * fleet.ports().size());
        for (FleetPod pod : fleet.pods()) {
            String text = fleet.configuration(pod);
            for (int i = 0; i < fleet.ports().size(); i++) {
                FleetPorts.PodPorts old = fleet.ports().get(i);
                text = moved(text, old.raft(), free.get(2 * i));
                text = moved(text, old.peer(), free.get(2 * i + 1));
            }
            fleet.configure(pod, text);
        }
    }

    private static String moved(String text, int from, int to) {
        return text.replaceAll("(port: |127\\.0\\.0\\.1:)" + from + "\\b", "$1" + to);
    }

    @Override
    public Steps convert(Path dir) {
        Steps steps = new Steps();
        try (PodFleet fleet = PodFleet.laidOut(dir)) {
            FleetPod first = fleet.pods().getFirst();
            List<FleetPod> others = fleet.pods().subList(1, 3);
            String raft = fleet.configuration(first);
            fleet.configure(first, alone(raft));
            fleet.startNodes();
            PodFleet.start(List.of(first));
            fleet.awaitReady(List.of(first));
            fleet.write(first);
            steps.step("stop", () -> PodFleet.stop(List.of(first)));
            steps.step("miroir.yaml", () -> fleet.configure(first, raft));
            steps.step(
                    "miroir store convert",
                    () ->
                            PodFleet.cli(
                                    "store",
                                    "convert",
                                    "--to",
                                    "raft",
                                    "--config",
                                    fleet.config(first).toString()));
            growFrom(steps, fleet, first, others, true);
        }
        return steps;
    }

    /** The same pod with a store of its own. */
    private static String alone(String raft) {
        String nodes = raft.substring(raft.indexOf("  nodes:\n"));
        return raft.substring(0, raft.indexOf("  peers:\n"))
                        .replace("backend: raft", "backend: sqlite")
                + nodes;
    }

    @Override
    public Steps backup(Path dir) {
        Steps steps = new Steps();
        try (PodFleet fleet = PodFleet.running(dir)) {
            steps.step("miroir backup --from --to", () -> fleet.backUp(dir.resolve("state.mbk")));
        }
        return steps;
    }

    @Override
    public Steps restore(Path dir) {
        Steps steps = new Steps();
        Path file = dir.resolve("state.mbk");
        try (PodFleet old = PodFleet.running(dir.resolve("old"))) {
            old.backUp(file);
            PodFleet.stop(old.pods());
            try (PodFleet fleet = PodFleet.laidOut(dir.resolve("new"), old)) {
                FleetPod first = fleet.pods().getFirst();
                steps.step(
                        "miroir restore",
                        () ->
                                PodFleet.cli(
                                        "restore",
                                        file.toString(),
                                        "--config",
                                        fleet.config(first).toString()));
                growFrom(steps, fleet, first, fleet.pods().subList(1, 3), false);
            }
        }
        return steps;
    }

    @Override
    public Steps recover(Path dir) {
        Steps steps = new Steps();
        try (PodFleet fleet = PodFleet.running(dir)) {
            FleetPod survivor = fleet.followers().getFirst();
            List<FleetPod> lost =
                    fleet.pods().stream().filter(pod -> !pod.equals(survivor)).toList();
            lost.forEach(fleet::lose);
            String config = fleet.config(survivor).toString();
            steps.step("stop", () -> PodFleet.stop(List.of(survivor)));
            steps.step(
                    "miroir cluster recover --dry-run",
                    () -> PodFleet.cli("cluster", "recover", "--dry-run", "--config", config));
            steps.step(
                    "miroir cluster recover --from-survivor",
                    () ->
                            PodFleet.cli(
                                    "cluster", "recover", "--from-survivor", "--config", config));
            growFrom(steps, fleet, survivor, lost, true);
        }
        return steps;
    }

    /**
     * One starts as a group of one, the others join it and get their votes.
     *
     * @param empty whether the others' machines have no files yet
     */
    private static void growFrom(
            Steps steps, PodFleet fleet, FleetPod first, List<FleetPod> others, boolean empty) {
        steps.step("start", () -> PodFleet.start(List.of(first)));
        if (empty) {
            files(steps, others.size());
        }
        steps.step(others.size(), "start", () -> PodFleet.start(others));
        steps.await(() -> fleet.awaitReady(List.of(first)));
        steps.await(() -> PodFleet.awaitJoined(first, others));
        steps.step("miroir cluster promote", () -> PodFleet.promote(first, others));
        steps.await(() -> fleet.awaitReady(fleet.pods()));
        steps.await(fleet::write);
    }

    private static void startNew(Steps steps, PodFleet fleet, List<FleetPod> pods) {
        files(steps, pods.size());
        steps.step(pods.size(), "start", () -> PodFleet.start(pods));
        steps.await(() -> fleet.awaitReady(pods));
    }

    /** They were written when the fleet was laid out. */
    private static void files(Steps steps, int machines) {
        steps.step(machines, "miroir.yaml", () -> {});
        steps.step(machines, "secrets.env", () -> {});
    }

    @Override
    public Steps upgrade(Path dir) {
        Steps steps = new Steps();
        try (PodFleet fleet = PodFleet.running(dir)) {
            List<FleetPod> order = new ArrayList<>();
            steps.step("miroir cluster status", () -> order.addAll(fleet.followers()));
            fleet.pods().stream().filter(pod -> !order.contains(pod)).forEach(order::add);
            steps.step(3, "restart", () -> fleet.restart(order));
            steps.await(fleet::write);
        }
        return steps;
    }

    @Override
    public Steps rotate(Path dir) {
        Steps steps = new Steps();
        try (PodFleet fleet = PodFleet.laidOut(dir)) {
            fleet.pods().forEach(pod -> useSecret(fleet, pod));
            fleet.startNodes();
            PodFleet.start(fleet.pods());
            fleet.awaitReady(fleet.pods());
            rotate(steps, fleet, "the new secret second", SECRET + "\n" + NEW_SECRET);
            rotate(steps, fleet, "the new secret first", NEW_SECRET + "\n" + SECRET);
            rotate(steps, fleet, "the new secret alone", NEW_SECRET);
            steps.await(fleet::write);
            // One that knows nothing else is heard by the others.
            fleet.restart(fleet.followers().subList(0, 1));
        }
        return steps;
    }

    private static void rotate(Steps steps, PodFleet fleet, String what, String secrets) {
        steps.step(
                3,
                what,
                () -> fleet.pods().forEach(pod -> PodFleet.write(secretFile(fleet, pod), secrets)));
        // Each pod says which secrets it knows: the next step when all know the same.
        steps.step(
                "miroir cluster keys --wait",
                () ->
                        PodFleet.askingOf(
                                fleet.pods().getFirst(),
                                List.of("cluster", "keys", "--wait", "30")));
    }

    private static void useSecret(PodFleet fleet, FleetPod pod) {
        PodFleet.write(secretFile(fleet, pod), SECRET);
        String option = "  peer:\n    secret_file: %s\n".formatted(secretFile(fleet, pod));
        fleet.configure(pod, fleet.configuration(pod).replaceFirst("  peer:\n", option));
    }

    private static Path secretFile(PodFleet fleet, FleetPod pod) {
        return fleet.config(pod).resolveSibling("cluster-secret");
    }
}
