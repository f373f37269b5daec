package io.miroir.bench.gate;

import io.miroir.bench.tools.Progress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The decision gate: starts what it needs, prints one row per id, ends what it started. {@code
 * --help} tells the options and the exit codes.
 */
public final class Gate {
    /** One that takes this much longer than it should hangs. */
    private static final int OVERDUE_TIMES = 3;

    private static final Duration OVERDUE_MIN = Duration.ofMinutes(10);

    /** One of hundreds of processes that is late is no reason to begin anew by hand. */
    private static final int TRIES = 2;

    private final GateOptions options;
    private final @Nullable RowFile file;
    private final Results results;
    private final ScheduledExecutorService alarm =
            Executors.newSingleThreadScheduledExecutor(
                    task -> Thread.ofPlatform().daemon().unstarted(task));
    private volatile boolean timeIsOver;

    private Gate(GateOptions options) {
        this.options = options;
        Path json = options.json();
        this.file = json == null ? null : new RowFile(json, BuildId.of(options.effort()));
        this.results =
                new Results(
                        Rows.ids(),
                        file == null || !options.resume() ? List.of() : file.measured());
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
                Rows.measurements().stream().filter(m -> !wanted(m).isEmpty()).toList();
        if (wanted.isEmpty()) {
            System.err.println("gate: no row has such an id; --list prints them");
            return false;
        }
        List<Measurement> left = wanted.stream().filter(m -> !results.have(wanted(m))).toList();
        begin(wanted.size() - left.size());
        wanted.stream()
                .filter(m -> !left.contains(m))
                .forEach(m -> results.rows(wanted(m)).forEach(Report::print));
        if (!left.isEmpty()) {
            measure(left);
        }
        return summary();
    }

    private List<String> wanted(Measurement measurement) {
        return measurement.ids().stream().filter(options::wants).toList();
    }

    private void begin(int kept) {
        System.out.println(
                "redis "
                        + RedisBinary.version()
                        + (RedisBinary.knowsWaitAof()
                                ? ": WAITAOF, the fsync of a majority is proven"
                                : ": WAIT proves that replicas have the write, not their fsync"));
        if (options.resume()) {
            System.out.println(
                    kept + " measurements of this build are in " + options.json() + " already");
        }
        Report.printHead();
    }

    private void measure(List<Measurement> left) {
        if (file != null) {
            file.setAside()
                    .ifPresent(
                            old -> System.err.println("rows of another build are kept in " + old));
        }
        var _ = alarm.schedule(this::endTime, options.minutesMax(), TimeUnit.MINUTES);
        PodJvm.prepare();
        Forecast forecast = new Forecast(options.effort(), left);
        try (Bench bench = new Bench(options.effort());
                Progress progress = new Progress(left.size())) {
            for (Measurement measurement : left) {
                progress.begin(measurement.ids().getFirst(), forecast.left());
                long startNanos = System.nanoTime();
                List<Row> rows = measure(bench, measurement, forecast.next());
                forecast.ended(Duration.ofNanos(System.nanoTime() - startNanos));
                progress.clear();
                rows.forEach(this::add);
            }
        } finally {
            alarm.shutdownNow();
        }
    }

    /** What is under way fails, and nothing else begins. */
    private void endTime() {
        timeIsOver = true;
        Child.killAll();
    }

    /** A measurement that fails again makes its rows absent; the others go on. */
    private List<Row> measure(Bench bench, Measurement measurement, Duration expected) {
        List<String> ids = wanted(measurement);
        String before = "";
        for (int attempt = 1; !timeIsOver; attempt++) {
            ScheduledFuture<?> overdue =
                    alarm.schedule(
                            Child::killAll,
                            OVERDUE_MIN.plus(expected.multipliedBy(OVERDUE_TIMES)).toSeconds(),
                            TimeUnit.SECONDS);
            try {
                List<Row> measured = measurement.run(bench);
                String first = before;
                return ids.stream().map(id -> named(id, measured, first)).toList();
            } catch (RuntimeException e) {
                bench.closeArena();
                if (!timeIsOver) {
                    e.printStackTrace();
                    if (attempt == TRIES) {
                        return absent(ids, "failed: " + e.getMessage() + "; " + before);
                    }
                    before = "the first try failed: " + e.getMessage();
                }
            } finally {
                overdue.cancel(false);
            }
        }
        return absent(ids, "no time was left of --minutes " + options.minutesMax());
    }

    private static Row named(String id, List<Row> measured, String first) {
        return measured.stream()
                .filter(row -> row.id().equals(id))
                .findFirst()
                .map(row -> first.isEmpty() ? row : row.noting(first))
                .map(Reasons::explained)
                .orElse(Row.absent(id, "the measurement left it out"));
    }

    private static List<Row> absent(List<String> ids, String why) {
        return ids.stream().map(id -> Row.absent(id, why)).toList();
    }

    private void add(Row row) {
        results.add(row);
        Report.print(row);
        if (file != null) {
            file.write(results.all());
        }
    }

    private boolean summary() {
        List<String> ids = Rows.ids().stream().filter(options::wants).toList();
        List<Row> rows = results.rows(ids);
        StringBuilder line = new StringBuilder();
        for (Verdict verdict : Verdict.values()) {
            long count = rows.stream().filter(row -> row.verdict() == verdict).count();
            line.append(count).append(' ').append(verdict.word()).append("  ");
        }
        System.out.println(line.toString().strip());
        return results.have(ids);
    }
}
