package io.miroir.bench.gate;

import io.miroir.bench.tools.Numbers;
import java.util.List;

/** Whether memory grows with the number of commands: it must not. */
final class FlatRows {
    /** After this part of the commands everything has been used once. */
    private static final int FIRST_PART = 10;

    private static final int TASKS_KEPT = 10_000;

    private FlatRows() {}

    static Measurement measurement() {
        return new Measured(List.of("memory.flat"), FlatRows::run);
    }

    /** Megabytes of a process on average. */
    private record Grown(double afterFirst, double atEnd) {
        double ratio() {
            return atEnd / afterFirst;
        }

        @Override
        public String toString() {
            return Numbers.text(afterFirst) + " to " + Numbers.text(atEnd) + " MB";
        }
    }

    private static List<Row> run(Bench bench) {
        bench.closeArena();
        int commands = bench.effort().flatCommands();
        Grown ours;
        try (Pods pods = new Pods(bench.newDirectory("flat"), 3)) {
            ours = churned(pods, commands);
        }
        Grown theirs;
        try (RedisServers redis =
                new RedisServers(bench.newDirectory("flat"), 3, RedisServers.Durability.EQUAL)) {
            theirs = churned(redis, commands);
        }
        return List.of(
                Row.once(
                        "memory.flat",
                        "x",
                        Row.Good.LOW,
                        ours.ratio(),
                        theirs.ratio(),
                        null,
                        "%,d commands over rows whose number stays; a process, after the first"
                                        .formatted(commands)
                                + " tenth and at the end: ours %s, redis (clients too) %s"
                                        .formatted(ours, theirs)));
    }

    private static Grown churned(Contender side, int commands) {
        Child asking = side.asking();
        asking.ask("keep " + TASKS_KEPT);
        asking.ask("churn " + commands / FIRST_PART);
        double first = mean(side);
        asking.ask("churn " + (commands - commands / FIRST_PART));
        return new Grown(first, mean(side));
    }

    private static double mean(Contender side) {
        return MemoryRows.mean(side.all());
    }
}
