package io.miroir.bench.gate;

import java.util.ArrayList;
import java.util.List;

/** Writes at a fixed rate, whoever is slow: latency from when each was due. */
record OpenRows(int perSecond) implements Measurement {

    static List<Measurement> all() {
        return List.of(new OpenRows(200), new OpenRows(1_000), new OpenRows(5_000));
    }

    @Override
    public List<String> ids() {
        return List.of(id("p50"), id("p99"));
    }

    @Override
    public List<Row> run(Bench bench) {
        Arena arena = bench.arena(3);
        List<Load.Result> ours = new ArrayList<>();
        List<Load.Result> equal = new ArrayList<>();
        List<Load.Result> usual = new ArrayList<>();
        for (int run = 0; run < bench.effort().runs(); run++) {
            ours.add(ask(bench, arena.pods().leader()));
            equal.add(ask(bench, arena.equal().asking()));
            usual.add(ask(bench, arena.usual().asking()));
        }
        return List.of(
                Row.of(
                        id("p50"),
                        "ms",
                        Row.Good.LOW,
                        new Row.Runs(p50(ours), p50(equal), p50(usual)),
                        "open loop, insert_task from the leader"),
                Row.of(
                        id("p99"),
                        "ms",
                        Row.Good.LOW,
                        new Row.Runs(p99(ours), p99(equal), p99(usual)),
                        ""));
    }

    private Load.Result ask(Bench bench, Child asking) {
        return Load.Result.of(
                asking.ask("open insert_task " + perSecond + " " + bench.effort().runMillis()));
    }

    private static List<Double> p50(List<Load.Result> results) {
        return results.stream().map(result -> result.p50Micros() / 1_000).toList();
    }

    private static List<Double> p99(List<Load.Result> results) {
        return results.stream().map(result -> result.p99Micros() / 1_000).toList();
    }

    private String id(String figure) {
        return "write.open.insert_task." + perSecond + "." + figure;
    }
}
