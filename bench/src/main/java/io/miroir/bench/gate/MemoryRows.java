package io.miroir.bench.gate;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Resident memory: what the store adds to a pod, and what whole clusters take. A pod is a process
 * that has a store and nothing else, and is compared with the same process without one: a whole pod
 * does not start without a store.
 */
final class MemoryRows {
    private static final int CALLERS = 256;
    private static final List<Integer> CLUSTERS = List.of(1, 3, 5, 12, 24);

    private MemoryRows() {}

    static Measurement measurement() {
        List<String> ids = new ArrayList<>(List.of("memory.pod", "memory.pod.idle"));
        CLUSTERS.forEach(pods -> ids.add("memory.cluster." + pods));
        return new Measured(
                ids,
                effort -> effort.runsOf(Duration.ofMillis(5 * (writeMillis(effort) + 3_000))),
                MemoryRows::run);
    }

    /** What one pod's store adds, megabytes, before and after writes. */
    private record Added(double idle, double written) {}

    /** What Redis' client adds to a pod, and what a server takes, megabytes. */
    private record Redis(double client, double server) {
        double cluster(int pods) {
            return 3 * server + pods * client;
        }
    }

    /** All of one run. */
    private record Run(double bare, Added one, Added three, Added five, Redis equal, Redis usual) {

        double cluster(int pods) {
            Added pod = pods == 1 ? one : pods == 3 ? three : five;
            return pods * pod.written();
        }
    }

    private static List<Row> run(Bench bench) {
        bench.closeArena();
        List<Run> runs = new ArrayList<>();
        for (int run = 0; run < bench.effort().runs(); run++) {
            double bare = bare(bench);
            runs.add(
                    new Run(
                            bare,
                            ours(bench, 1, bare),
                            ours(bench, 3, bare),
                            ours(bench, 5, bare),
                            redis(bench, RedisServers.Durability.EQUAL, bare),
                            redis(bench, RedisServers.Durability.USUAL, bare)));
        }
        String note =
                "of three; after %d s of writes; less the same process without a store, %.0f MB"
                        .formatted(writeMillis(bench.effort()) / 1_000, runs.getFirst().bare());
        List<Row> rows = new ArrayList<>();
        rows.add(row("memory.pod", runs, run -> run.three().written(), Redis::client, note));
        rows.add(
                row(
                        "memory.pod.idle",
                        runs,
                        run -> run.three().idle(),
                        Redis::client,
                        "before the first write; Redis' client after its writes"));
        for (int pods : CLUSTERS) {
            rows.add(
                    row(
                            "memory.cluster." + pods,
                            runs,
                            run -> run.cluster(pods),
                            redis -> redis.cluster(pods),
                            "%s; Redis: 3 servers of %.0f MB and a client a pod"
                                    .formatted(
                                            pods <= 5 ? "measured" : "modelled from a pod of five",
                                            runs.getFirst().equal().server())));
        }
        return rows;
    }

    private static Row row(
            String id,
            List<Run> runs,
            ToDoubleFunction<Run> ours,
            ToDoubleFunction<Redis> theirs,
            String note) {
        return Row.of(
                id,
                "MB",
                Row.Good.LOW,
                new Row.Runs(
                        all(runs, ours),
                        all(runs, run -> theirs.applyAsDouble(run.equal())),
                        all(runs, run -> theirs.applyAsDouble(run.usual()))),
                note);
    }

    private static List<Double> all(List<Run> runs, ToDoubleFunction<Run> figure) {
        return runs.stream().map(figure::applyAsDouble).toList();
    }

    private static double bare(Bench bench) {
        try (Child none = Child.store("none", bench.newDirectory("memory"), List.of("none"))) {
            return none.figures().megabytes("VmRSS");
        }
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

    private static Redis redis(Bench bench, RedisServers.Durability durability, double bare) {
        try (RedisServers redis = new RedisServers(bench.newDirectory("memory"), 3, durability)) {
            write(bench, redis.asking());
            return new Redis(
                    redis.asking().figures().megabytes("VmRSS") - bare, mean(redis.servers()));
        }
    }

    private static void write(Bench bench, Child asking) {
        asking.ask("closed insert_task " + CALLERS + " " + writeMillis(bench.effort()));
        asking.ask("prepare-reads");
    }

    private static long writeMillis(Bench.Effort effort) {
        return 2 * effort.runMillis() * effort.runs();
    }

    /** Resident, megabytes. */
    static double mean(List<Child> children) {
        return children.stream()
                .mapToDouble(child -> child.figures().megabytes("VmRSS"))
                .average()
                .orElseThrow();
    }
}
