package io.miroir.bench.gate;

import io.miroir.bench.tools.Numbers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Whether memory grows with the number of commands: it must not. */
final class FlatRows {
    /** After the first part everything has been used once. */
    private static final int PARTS = 10;

    private static final int TASKS_KEPT = 10_000;

    /** Commands that a store takes, about. */
    private static final int A_SECOND = 20_000;

    private FlatRows() {}

    static Measurement measurement() {
        return new Measured(
                List.of("memory.flat"),
                effort -> Duration.ofSeconds(10 + 3L * effort.flatCommands() / A_SECOND),
                FlatRows::run);
    }

    /**
     * How it went on.
     *
     * @param megabytes of a process on average, after each part
     */
    private record Grown(List<Double> megabytes) {
        double ratio() {
            return megabytes.getLast() / megabytes.getFirst();
        }

        @Override
        public String toString() {
            return megabytes.stream()
                    .map(Numbers::text)
                    .collect(Collectors.joining(", ", "", " MB"));
        }
    }

    private static List<Row> run(Bench bench) {
        bench.closeArena();
        int commands = bench.effort().flatCommands();
        Grown ours;
        try (Pods pods = new Pods(bench.newDirectory("flat"), 3)) {
            ours = churned(pods, commands);
        }
        Grown theirs = theirs(bench, RedisServers.Durability.EQUAL);
        Grown usual = theirs(bench, RedisServers.Durability.USUAL);
        return List.of(
                Row.once(
                        "memory.flat",
                        "x",
                        Row.Good.LOW,
                        ours.ratio(),
                        theirs.ratio(),
                        usual.ratio(),
                        "each tenth is told instead",
                        "%,d commands over rows whose number stays; a process, at the end beside after"
                                        .formatted(commands)
                                + " the first tenth; after each: ours %s; redis (clients too) %s"
                                        .formatted(ours, theirs)));
    }

    private static Grown theirs(Bench bench, RedisServers.Durability durability) {
        try (RedisServers redis = new RedisServers(bench.newDirectory("flat"), 3, durability)) {
            return churned(redis, bench.effort().flatCommands());
        }
    }

    private static Grown churned(Contender side, int commands) {
        Child asking = side.asking();
        asking.ask("keep " + TASKS_KEPT);
        List<Double> megabytes = new ArrayList<>();
        for (int i = 0; i < PARTS; i++) {
            asking.ask("churn " + commands / PARTS);
            megabytes.add(mean(side));
        }
        return new Grown(megabytes);
    }

    private static double mean(Contender side) {
        return MemoryRows.mean(side.all());
    }
}
