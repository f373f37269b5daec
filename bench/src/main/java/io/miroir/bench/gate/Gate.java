package io.miroir.bench.gate;

import io.miroir.bench.tools.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The decision gate: starts what it needs, prints one row per id, ends what it started. {@code
 * --help} tells the options and the exit codes.
 */
public final class Gate {
    private final GateOptions options;
    private final List<Row> rows = new ArrayList<>();
    private volatile boolean timeIsOver;

    private Gate(GateOptions options) {
        this.options = options;
    }

    /** Runs it. */
    public static void main(String[] arguments) {
        System.exit(exitCode(arguments));
    }

    private static int exitCode(String[] arguments) {
        GateOptions options;
        try {
            options = GateOptions.of(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println("gate: " + e.getMessage());
            System.err.print(GateOptions.USAGE);
            return 2;
        }
        return switch (options.instead()) {
            case HELP -> {
                System.out.print(GateOptions.USAGE);
                yield 0;
            }
            case LIST -> {
                Rows.ids().stream().filter(options::wants).forEach(System.out::println);
                yield 0;
            }
            case NOTHING -> new Gate(options).run() ? 0 : 1;
        };
    }

    private boolean run() {
        List<Measurement> wanted =
                Rows.measurements().stream()
                        .filter(m -> m.ids().stream().anyMatch(options::wants))
                        .toList();
        if (wanted.isEmpty()) {
            System.err.println("gate: no row has such an id; --list prints them");
            return false;
        }
        System.out.println(
                "redis "
                        + RedisBinary.version()
                        + (RedisBinary.knowsWaitAof()
                                ? ": WAITAOF, the fsync of a majority is proven"
                                : ": WAIT proves that replicas have the write, not their fsync"));
        Report.printHead();
        ScheduledExecutorService alarm = alarm();
        PodJvm.prepare();
        try (Bench bench = new Bench(options.effort());
                Progress progress = new Progress(wanted.size())) {
            for (Measurement measurement : wanted) {
                progress.begin(measurement.ids().getFirst());
                List<Row> measured = measure(bench, measurement);
                progress.clear();
                measured.forEach(this::add);
                if (options.json() != null) {
                    Report.writeJson(options.json(), rows);
                }
            }
        } finally {
            alarm.shutdownNow();
        }
        return summary();
    }

    /** When the time is over, what is under way fails, and nothing else begins. */
    private ScheduledExecutorService alarm() {
        ScheduledExecutorService alarm =
                Executors.newSingleThreadScheduledExecutor(
                        task -> Thread.ofPlatform().daemon().unstarted(task));
        var _ =
                alarm.schedule(
                        () -> {
                            timeIsOver = true;
                            Child.killAll();
                        },
                        options.minutesMax(),
                        TimeUnit.MINUTES);
        return alarm;
    }

    /** A measurement that fails makes its rows absent; the others go on. */
    private List<Row> measure(Bench bench, Measurement measurement) {
        List<String> wanted = measurement.ids().stream().filter(options::wants).toList();
        if (timeIsOver) {
            return absent(wanted, overtime());
        }
        try {
            List<Row> measured = measurement.run(bench);
            return wanted.stream().map(id -> named(id, measured)).toList();
        } catch (RuntimeException e) {
            bench.closeArena();
            if (timeIsOver) {
                return absent(wanted, overtime());
            }
            e.printStackTrace();
            return absent(wanted, "failed: " + e.getMessage());
        }
    }

    private static Row named(String id, List<Row> measured) {
        return measured.stream()
                .filter(row -> row.id().equals(id))
                .findFirst()
                .map(Reasons::explained)
                .orElse(Row.absent(id, "the measurement left it out"));
    }

    private static List<Row> absent(List<String> ids, String why) {
        return ids.stream().map(id -> Row.absent(id, why)).toList();
    }

    private String overtime() {
        return "no time was left of --minutes " + options.minutesMax();
    }

    private void add(Row row) {
        rows.add(row);
        Report.print(row);
    }

    private boolean summary() {
        StringBuilder line = new StringBuilder();
        for (Verdict verdict : Verdict.values()) {
            long count = rows.stream().filter(row -> row.verdict() == verdict).count();
            line.append(count).append(' ').append(verdict.word()).append("  ");
        }
        System.out.println(line.toString().strip());
        return rows.stream().noneMatch(row -> row.verdict() == Verdict.ABSENT);
    }
}
