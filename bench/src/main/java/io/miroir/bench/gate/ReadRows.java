package io.miroir.bench.gate;

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
    public List<Row> run(Bench bench) {
        Arena arena = bench.arena(3);
        int runs = bench.effort().runs();
        List<Double> ours = new ArrayList<>();
        List<Double> equal = new ArrayList<>();
        List<Double> usual = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
            ours.add(figure(bench, arena.pods().follower()));
            equal.add(figure(bench, arena.equal().asking()));
            usual.add(figure(bench, arena.usual().asking()));
        }
        Row.Runs all = new Row.Runs(ours, equal, usual);
        return List.of(
                callers == 1
                        ? Row.of(id, "us", Row.Good.LOW, all, "p50; Redis reads its master")
                        : Row.of(id, "1/s", Row.Good.HIGH, all, callers + " callers"));
    }

    private double figure(Bench bench, Child asking) {
        Load.Result result =
                Load.Result.of(
                        asking.ask(
                                "closed "
                                        + kind.name().toLowerCase(Locale.ROOT)
                                        + " "
                                        + callers
                                        + " "
                                        + bench.effort().runMillis()));
        return callers == 1 ? result.p50Micros() : result.perSecond();
    }
}
