package io.miroir.bench.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One kind of read, from a follower's pod: latency of one caller, or reads per second of 16. */
record ReadRows(String id, Workload.Kind kind, int callers) implements Measurement {

    static List<Measurement> all() {
        List<Measurement> all = new ArrayList<>();
        for (Workload.Kind kind : Workload.Kind.values()) {
            String word = kind.name().toLowerCase(Locale.ROOT);
            if (word.endsWith("_local") || word.endsWith("_linearizable")) {
                int end = word.lastIndexOf('_');
                String id = "read." + word.substring(0, end) + "." + word.substring(end + 1);
                all.add(new ReadRows(id, kind, 1));
            }
        }
        all.add(new ReadRows("read.throughput.local", Workload.Kind.TASK_BY_ID_LOCAL, 16));
        all.add(
                new ReadRows(
                        "read.throughput.linearizable", Workload.Kind.TASK_BY_ID_LINEARIZABLE, 16));
        return all;
    }

    @Override
    public List<String> ids() {
        return List.of(id);
    }

    @Override
    public Duration expected(Bench.Effort effort) {
        return effort.runsOf(3);
    }

    @Override
    public Arena.Shape arena() {
        return Arena.Shape.THREE;
    }

    @Override
    public List<Row> run(Bench bench) {
        Arena arena = bench.arena(arena());
        int runs = bench.effort().runs();
        Series ours = new Series();
        Series equal = new Series();
        Series usual = new Series();
        for (int run = 0; run < runs; run++) {
            measure(bench, ours, arena.pods(), arena.pods().follower());
            measure(bench, equal, arena.equal(), arena.equal().asking());
            measure(bench, usual, arena.usual(), arena.usual().asking());
        }
        Row.Runs all = new Row.Runs(ours.figures, equal.figures, usual.figures);
        String costs = Costs.note(ours.costs, equal.costs);
        return List.of(
                callers == 1
                        ? Row.of(
                                id,
                                "us",
                                Row.Good.LOW,
                                all,
                                "p50; Redis reads its master; " + costs)
                        : Row.of(id, "1/s", Row.Good.HIGH, all, callers + " callers; " + costs));
    }

    /** Of one contender, run by run. */
    private static final class Series {
        private final List<Double> figures = new ArrayList<>();
        private final Costs costs = new Costs();
    }

    private void measure(Bench bench, Series series, Contender side, Child asking) {
        long millis = bench.effort().runMillis();
        String load =
                "closed " + kind.name().toLowerCase(Locale.ROOT) + " " + callers + " " + millis;
        Load.Result result = series.costs.of(side, millis, () -> asking.ask(load));
        series.figures.add(callers == 1 ? result.p50Micros() : result.perSecond());
    }
}
