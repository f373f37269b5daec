package io.miroir.bench.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One kind of write at a fixed rate, whoever is slow: latency from when each was due. */
record OpenRows(Workload.Kind kind, int perSecond) implements Measurement {

    /** Tasks beyond those that a run ends: its first ones may still be under way. */
    private static final int UPDATES_SPARE = 1_000;

    static List<Measurement> all() {
        List<Measurement> all = new ArrayList<>();
        for (Workload.Kind kind : WriteRows.KINDS) {
            for (int perSecond : List.of(200, 1_000, 5_000)) {
                all.add(new OpenRows(kind, perSecond));
            }
        }
        return all;
    }

    @Override
    public List<String> ids() {
        return List.of(id("p50"), id("p99"));
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
                        "open loop, from the leader's pod" + refused(ours, equal)),
                Row.of(
                        id("p99"),
                        "ms",
                        Row.Good.LOW,
                        new Row.Runs(p99(ours), p99(equal), p99(usual)),
                        ""));
    }

    private Load.Result ask(Bench bench, Child asking) {
        long millis = bench.effort().runMillis();
        long calls = perSecond * millis / 1_000;
        if (kind == Workload.Kind.UPDATE_STATUS) {
            asking.ask("prepare-updates " + (2 * calls + UPDATES_SPARE));
        }
        Load.Result result =
                Load.Result.of(asking.ask("open " + word() + " " + perSecond + " " + millis));
        if (result.failed() > calls / 2) {
            throw new IllegalStateException(
                    "%d of %d writes were refused".formatted(result.failed(), calls));
        }
        return result;
    }

    private static String refused(List<Load.Result> ours, List<Load.Result> equal) {
        long mine = ours.stream().mapToLong(Load.Result::failed).sum();
        long theirs = equal.stream().mapToLong(Load.Result::failed).sum();
        return mine + theirs == 0 ? "" : "; refused: ours %d, redis %d".formatted(mine, theirs);
    }

    private static List<Double> p50(List<Load.Result> results) {
        return results.stream().map(result -> result.p50Micros() / 1_000).toList();
    }

    private static List<Double> p99(List<Load.Result> results) {
        return results.stream().map(result -> result.p99Micros() / 1_000).toList();
    }

    private String id(String figure) {
        return "write.open." + word() + "." + perSecond + "." + figure;
    }

    private String word() {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
