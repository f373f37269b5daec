package io.miroir.bench.gate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The decision gate: {@code [--json FILE] [--rows ID,ID*] [--quick]}. Starts what it needs, prints
 * one row per id, ends what it started. Ends with 1 if a row is absent or was not measured, with 0
 * however the comparison comes out.
 */
public final class Gate {
    private final Options options;
    private final List<Row> rows = new ArrayList<>();

    /**
     * What was asked for.
     *
     * @param rows patterns of ids; empty: all
     */
    private record Options(@Nullable Path json, List<Pattern> rows, boolean quick) {
        static Options of(String[] arguments) {
            Path json = null;
            List<Pattern> rows = List.of();
            boolean quick = false;
            for (int i = 0; i < arguments.length; i++) {
                switch (arguments[i]) {
                    case "--quick" -> quick = true;
                    case "--json" -> json = Path.of(arguments[++i]);
                    case "--rows" ->
                            rows =
                                    Stream.of(arguments[++i].split(",", -1))
                                            .map(Options::pattern)
                                            .toList();
                    default -> throw new IllegalArgumentException("gate: what is " + arguments[i]);
                }
            }
            return new Options(json, rows, quick);
        }

        private static Pattern pattern(String words) {
            return Pattern.compile("\\Q" + words.replace("*", "\\E.*\\Q") + "\\E");
        }

        boolean wants(String id) {
            return rows.isEmpty() || rows.stream().anyMatch(row -> row.matcher(id).matches());
        }
    }

    private Gate(Options options) {
        this.options = options;
    }

    /** Runs it. */
    public static void main(String[] arguments) {
        System.exit(new Gate(Options.of(arguments)).run() ? 0 : 1);
    }

    private boolean run() {
        System.out.println(
                "redis "
                        + RedisServers.version()
                        + (RedisServers.knowsWaitAof()
                                ? ": WAITAOF, the fsync of a majority is proven"
                                : ": WAIT proves that replicas have the write, not their fsync"));
        Report.printHead();
        try (Bench bench = new Bench(options.quick() ? Bench.Effort.QUICK : Bench.Effort.FULL)) {
            for (Measurement measurement : Rows.measurements()) {
                if (measurement.ids().stream().anyMatch(options::wants)) {
                    measure(bench, measurement);
                }
            }
        }
        Rows.absent().stream()
                .filter(options::wants)
                .forEach(id -> add(Row.absent(id, "nothing measures it yet")));
        if (options.json() != null) {
            Report.writeJson(options.json(), rows);
        }
        return summary();
    }

    /** A measurement that fails makes its rows absent; the others go on. */
    private void measure(Bench bench, Measurement measurement) {
        List<String> wanted = measurement.ids().stream().filter(options::wants).toList();
        try {
            List<Row> measured = measurement.run(bench);
            for (String id : wanted) {
                add(
                        measured.stream()
                                .filter(row -> row.id().equals(id))
                                .findFirst()
                                .orElse(Row.absent(id, "the measurement left it out")));
            }
        } catch (RuntimeException e) {
            e.printStackTrace();
            bench.closeArena();
            wanted.forEach(id -> add(Row.absent(id, "failed: " + e.getMessage())));
        }
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
