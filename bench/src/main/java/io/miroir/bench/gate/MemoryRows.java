package io.miroir.bench.gate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Resident memory: what the store adds to a pod, and what whole clusters take. */
final class MemoryRows {
    private static final int CALLERS = 256;
    private static final List<Integer> CLUSTERS = List.of(1, 3, 5, 12, 24);
    private static final List<Integer> MEASURED = List.of(1, 3, 5);

    private MemoryRows() {}

    static Measurement measurement() {
        List<String> ids = new ArrayList<>(List.of("memory.pod", "memory.pod.idle"));
        CLUSTERS.forEach(pods -> ids.add("memory.cluster." + pods));
        return new Measured(ids, MemoryRows::run);
    }

    /** What one pod's store adds, megabytes, before and after writes. */
    private record Added(double idle, double written) {}

    private static List<Row> run(Bench bench) {
        bench.closeArena();
        double bare;
        try (Child none = Child.store("none", bench.newDirectory("memory"), List.of("none"))) {
            bare = none.figures().megabytes("VmRSS");
        }
        Map<Integer, Added> ours = new TreeMap<>();
        for (int pods : MEASURED) {
            ours.put(pods, ours(bench, pods, bare));
        }
        double client;
        double server;
        try (RedisServers redis =
                new RedisServers(bench.newDirectory("memory"), 3, RedisServers.Durability.EQUAL)) {
            write(bench, redis.asking());
            client = redis.asking().figures().megabytes("VmRSS") - bare;
            server = mean(redis.servers());
        }
        Added three = Objects.requireNonNull(ours.get(3));
        String note =
                "of three; after %d s of writes; a bare JVM has %.0f MB"
                        .formatted(writeMillis(bench) / 1_000, bare);
        List<Row> rows = new ArrayList<>();
        rows.add(row("memory.pod", three.written(), client, note));
        rows.add(
                row(
                        "memory.pod.idle",
                        three.idle(),
                        client,
                        "before the first write; Redis' client after its writes"));
        for (int pods : CLUSTERS) {
            Added measured = ours.get(pods);
            Added large = Objects.requireNonNull(ours.get(5));
            rows.add(
                    row(
                            "memory.cluster." + pods,
                            pods * (measured == null ? large : measured).written(),
                            3 * server + pods * client,
                            "%s; Redis: 3 servers of %.0f MB and a client a pod"
                                    .formatted(
                                            measured == null
                                                    ? "modelled from a pod of five"
                                                    : "measured",
                                            server)));
        }
        return rows;
    }

    private static Row row(String id, double ours, double theirs, String note) {
        return Row.once(id, "MB", Row.Good.LOW, ours, theirs, null, note);
    }

    private static Added ours(Bench bench, int pods, double bare) {
        Path dir = bench.newDirectory("memory");
        if (pods == 1) {
            List<String> arguments = List.of("single", "pod-0", dir.resolve("data").toString());
            try (Child pod = Child.store("pod-0", dir, arguments)) {
                double idle = pod.figures().megabytes("VmRSS");
                write(bench, pod);
                return new Added(idle - bare, pod.figures().megabytes("VmRSS") - bare);
            }
        }
        try (Pods group = new Pods(dir, pods)) {
            double idle = mean(group.all());
            write(bench, group.leader());
            return new Added(idle - bare, mean(group.all()) - bare);
        }
    }

    private static void write(Bench bench, Child asking) {
        asking.ask("closed insert_task " + CALLERS + " " + writeMillis(bench));
        asking.ask("prepare-reads");
    }

    private static long writeMillis(Bench bench) {
        return 2 * bench.effort().runMillis() * bench.effort().runs();
    }

    /** Resident, megabytes. */
    static double mean(List<Child> children) {
        return children.stream()
                .mapToDouble(child -> child.figures().megabytes("VmRSS"))
                .average()
                .orElseThrow();
    }
}
