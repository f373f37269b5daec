package io.miroir.bench.gate;

import io.miroir.bench.tools.Numbers;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One kind of write, at one number of callers and voters, from the leader and from a follower.
 *
 * @param roundTrip of a network between all processes; null for loopback as it is. Redis' client is
 *     beside its master where ours is the leader's pod, and across the network where it is not
 */
record WriteRows(Workload.Kind kind, int callers, int voters, @Nullable Duration roundTrip)
        implements Measurement {
    private static final List<String> FIGURES = List.of("p50", "p99", "rate");
    private static final List<String> PLACES = List.of("leader", "follower");
    static final List<Workload.Kind> KINDS =
            List.of(
                    Workload.Kind.INSERT_TASK,
                    Workload.Kind.UPDATE_STATUS,
                    Workload.Kind.TAKE_DUTY,
                    Workload.Kind.ALIAS_FLIP);

    /** All without a network, those with the same number of voters together. */
    static List<Measurement> all() {
        List<Measurement> all = new ArrayList<>();
        for (int voters : List.of(5, 3)) {
            for (Workload.Kind kind : KINDS) {
                for (int callers : List.of(1, 16, 256, 2_048)) {
                    all.add(new WriteRows(kind, callers, voters, null));
                }
            }
            all.add(new WriteRows(Workload.Kind.BATCH100, 1, voters, null));
        }
        return all;
    }

    /** The first three kinds over a network. */
    static List<Measurement> delayed() {
        List<Measurement> all = new ArrayList<>();
        for (int micros : List.of(500, 1_000, 5_000)) {
            for (Workload.Kind kind : KINDS.subList(0, 3)) {
                for (int callers : List.of(1, 256)) {
                    all.add(new WriteRows(kind, callers, 3, Duration.ofNanos(micros * 1_000L)));
                }
            }
        }
        return all;
    }

    @Override
    public List<String> ids() {
        List<String> ids = new ArrayList<>();
        for (String place : PLACES) {
            for (String figure : FIGURES) {
                ids.add(id(place, figure));
            }
        }
        return ids;
    }

    @Override
    public Duration expected(Bench.Effort effort) {
        int sides = roundTrip == null ? 4 : 6;
        // Updates want tasks, which are made before each run.
        int times = kind == Workload.Kind.UPDATE_STATUS && callers > 1 ? 2 : 1;
        return effort.runsOf(sides * times);
    }

    @Override
    public Arena.Shape arena() {
        return new Arena.Shape(voters, roundTrip != null);
    }

    @Override
    public List<Row> run(Bench bench) {
        Duration network = roundTrip;
        Arena arena = bench.arena(arena());
        if (network != null) {
            arena.roundTrip(network);
        }
        Series leader = new Series();
        Series follower = new Series();
        Series equal = new Series();
        Series usual = new Series();
        // Without a network Redis' client is in one place.
        Series equalFar = network == null ? equal : new Series();
        Series usualFar = network == null ? usual : new Series();
        for (int run = 0; run < bench.effort().runs(); run++) {
            measure(bench, leader, arena.pods(), arena.pods().leader());
            measure(bench, equal, arena.equal(), arena.equal().asking());
            measure(bench, follower, arena.pods(), arena.pods().follower());
            if (network != null) {
                measure(bench, equalFar, arena.equal(), arena.equal().askingFromAfar());
                measure(bench, usualFar, arena.usual(), arena.usual().askingFromAfar());
            }
            measure(bench, usual, arena.usual(), arena.usual().asking());
        }
        if (network != null) {
            List.of(leader, follower, equal, equalFar).forEach(each -> each.mustCross(network));
        }
        List<Row> rows = new ArrayList<>();
        rows.addAll(rows("leader", leader, equal, usual));
        rows.addAll(rows("follower", follower, equalFar, usualFar));
        return rows;
    }

    /** The figures of one contender, run by run. */
    private static final class Series {
        private final List<Double> p50 = new ArrayList<>();
        private final List<Double> p99 = new ArrayList<>();
        private final List<Double> rate = new ArrayList<>();
        private final Costs costs = new Costs();
        private long failed;

        /** A majority is on the other side: an answer that came sooner went another way. */
        void mustCross(Duration network) {
            double millis = network.toNanos() / 1e6;
            double fastest = p50.stream().mapToDouble(value -> value).min().orElseThrow();
            if (fastest < millis) {
                throw new IllegalStateException(
                        "writes took %s ms over a network of %s ms: a link goes around its proxy"
                                .formatted(Numbers.text(fastest), Numbers.text(millis)));
            }
        }

        /** A few are refused while a leader changes; a store that refuses most is not measured. */
        void mustHaveWritten(Load.Result result, long millis) {
            double written = result.perSecond() * millis / 1_000;
            if (result.failed() > written) {
                throw new IllegalStateException(
                        "%d writes were refused and %.0f were not"
                                .formatted(result.failed(), written));
            }
        }
    }

    private void measure(Bench bench, Series series, Contender side, Child asking) {
        long millis = bench.effort().runMillis();
        prepare(asking, kind, callers, millis);
        String load = closed(kind, callers, millis);
        Load.Result result = series.costs.of(side, millis, () -> asking.ask(load));
        series.p50.add(result.p50Micros() / 1_000);
        series.p99.add(result.p99Micros() / 1_000);
        series.rate.add(result.perSecond());
        series.failed += result.failed();
        series.mustHaveWritten(result, millis);
    }

    /** So much of a kind of write, of which nobody wants to know how long it took. */
    static void load(Child asking, Workload.Kind kind, int callers, long millis) {
        prepare(asking, kind, callers, millis);
        asking.ask(closed(kind, callers, millis));
    }

    private static void prepare(Child asking, Workload.Kind kind, int callers, long millis) {
        if (kind == Workload.Kind.UPDATE_STATUS) {
            // More than were ever made in that time.
            asking.ask("prepare-updates " + (callers * 4L + millis * Math.min(callers, 256) / 2));
        }
    }

    private static String closed(Workload.Kind kind, int callers, long millis) {
        return "closed " + word(kind) + " " + callers + " " + millis;
    }

    private List<Row> rows(String place, Series ours, Series equal, Series usual) {
        String refused =
                ours.failed + equal.failed == 0
                        ? ""
                        : "; refused: ours %d, redis %d".formatted(ours.failed, equal.failed);
        String note = Costs.note(ours.costs, equal.costs) + refused;
        return List.of(
                Row.of(
                        id(place, "p50"),
                        "ms",
                        Row.Good.LOW,
                        new Row.Runs(ours.p50, equal.p50, usual.p50),
                        note),
                Row.of(
                        id(place, "p99"),
                        "ms",
                        Row.Good.LOW,
                        new Row.Runs(ours.p99, equal.p99, usual.p99),
                        ""),
                Row.of(
                        id(place, "rate"),
                        "1/s",
                        Row.Good.HIGH,
                        new Row.Runs(ours.rate, equal.rate, usual.rate),
                        ""));
    }

    private String id(String place, String figure) {
        Duration network = roundTrip;
        return network == null
                ? "write.%s.%dv.%s.%d.%s".formatted(word(), voters, place, callers, figure)
                : "write.rtt.%s.%sms.%s.%d.%s"
                        .formatted(word(), millis(network), place, callers, figure);
    }

    /** 0.5, 1, 5. */
    private static String millis(Duration time) {
        return BigDecimal.valueOf(time.toNanos(), 6).stripTrailingZeros().toPlainString();
    }

    private String word() {
        return word(kind);
    }

    private static String word(Workload.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
