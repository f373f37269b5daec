package io.miroir.bench.gate;

import java.util.ArrayList;
import java.util.List;

/** Resident memory: what the store adds to a pod, and what whole clusters take. */
final class MemoryRows {
    private static final int CALLERS = 256;
    private static final List<Integer> CLUSTERS = List.of(1, 3, 5, 12, 24);

    private MemoryRows() {}

    static Measurement measurement() {
        List<String> ids = new ArrayList<>(List.of("memory.pod", "memory.pod.idle"));
        CLUSTERS.forEach(pods -> ids.add("memory.cluster." + pods));
        return new Measured(ids, MemoryRows::run);
    }

    private static List<Row> run(Bench bench) {
        bench.closeArena();
        double bare;
        try (Child none = Child.store("none", bench.newDirectory("memory"), List.of("none"))) {
            bare = none.megabytes("VmRSS");
        }
        long millis = bench.effort().runMillis() * bench.effort().runs();
        double idle;
        double pod;
        double client;
        double server;
        try (Pods pods = new Pods(bench.newDirectory("memory-pods"), 3)) {
            idle = mean(pods.all()) - bare;
            pods.follower().ask("closed insert_task " + CALLERS + " " + millis);
            pods.leader().ask("closed insert_task " + CALLERS + " " + millis);
            pods.leader().ask("prepare-reads");
            pod = mean(pods.all()) - bare;
        }
        try (RedisServers redis =
                new RedisServers(
                        bench.newDirectory("memory-redis"),
                        3,
                        RedisServers.Durability.EQUAL,
                        false)) {
            redis.asking().ask("closed insert_task " + CALLERS + " " + 2 * millis);
            redis.asking().ask("prepare-reads");
            client = redis.asking().megabytes("VmRSS") - bare;
            server = mean(redis.servers());
        }
        String note = "after %d s of writes; a bare JVM has %.0f MB".formatted(millis / 500, bare);
        List<Row> rows = new ArrayList<>();
        rows.add(Row.once("memory.pod", "MB", Row.Good.LOW, pod, client, client, note));
        rows.add(
                Row.once(
                        "memory.pod.idle",
                        "MB",
                        Row.Good.LOW,
                        idle,
                        client,
                        client,
                        "before the first write; Redis' client after its writes"));
        for (int pods : CLUSTERS) {
            double theirs = 3 * server + pods * client;
            rows.add(
                    Row.once(
                            "memory.cluster." + pods,
                            "MB",
                            Row.Good.LOW,
                            pods * pod,
                            theirs,
                            theirs,
                            "%s from three; Redis: 3 servers of %.0f MB and a client a pod"
                                    .formatted(pods == 3 ? "measured" : "modelled", server)));
        }
        return rows;
    }

    private static double mean(List<Child> children) {
        return children.stream()
                .mapToDouble(child -> child.megabytes("VmRSS"))
                .average()
                .orElseThrow();
    }
}
