package io.miroir.bench.gate;

import io.miroir.bench.tools.Numbers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of the gate.
 *
 * @param ours median over the runs, as the next two; null where there is no such figure, and the
 *     note says why
 * @param redisEqual Redis at equal durability
 * @param redisUsual Redis as it is usually set
 * @param spread quartiles over the runs; null where there is only one, and the note says why
 */
record Row(
        String id,
        String unit,
        @Nullable Double ours,
        @Nullable Double redisEqual,
        @Nullable Double redisUsual,
        @Nullable String spread,
        Verdict verdict,
        String note) {

    static final String NO_SPREAD = "no spread: ";
    static final String NO_REDIS = "no figure of Redis: ";

    /** Differences below this part are not told apart, whatever the quartiles say. */
    private static final double EQUAL_WITHIN = 0.03;

    Row {
        if (verdict != Verdict.ABSENT) {
            boolean excused = note.contains(NO_REDIS);
            boolean complete = ours != null && redisEqual != null && redisUsual != null;
            if (!complete && (!excused || ours == null)) {
                throw new IllegalStateException(id + " lacks a figure and does not say why");
            }
            if (spread == null && !note.contains(NO_SPREAD)) {
                throw new IllegalStateException(id + " lacks its spread and does not say why");
            }
        }
    }

    /** Which way a figure is good. */
    enum Good {
        LOW,
        HIGH
    }

    /** The figures of each run, run by run in the same order: neighbours in time. */
    record Runs(List<Double> ours, List<Double> redisEqual, List<Double> redisUsual) {}

    /**
     * Compares run with neighbouring run: better or worse if the quartiles of the ratios lie on one
     * side of 1, else equal.
     */
    static Row of(String id, String unit, Good good, Runs runs, String note) {
        Verdict verdict = verdict(good, runs.ours(), runs.redisEqual());
        if (verdict == Verdict.ABSENT) {
            return absent(id, "there is nothing to compare");
        }
        return new Row(
                id,
                unit,
                median(runs.ours()),
                median(runs.redisEqual()),
                median(runs.redisUsual()),
                "ours %s; redis %s; usual %s"
                        .formatted(
                                quartiles(runs.ours()),
                                quartiles(runs.redisEqual()),
                                quartiles(runs.redisUsual())),
                verdict,
                note);
    }

    /**
     * Figures that are there once.
     *
     * @param why there is no spread: what was counted is the same each time
     */
    static Row once(
            String id,
            String unit,
            Good good,
            double ours,
            double redisEqual,
            double redisUsual,
            String why,
            String note) {
        Verdict verdict = verdict(good, List.of(ours), List.of(redisEqual));
        if (verdict == Verdict.ABSENT) {
            return absent(id, "there is nothing to compare");
        }
        return new Row(
                id,
                unit,
                ours,
                redisEqual,
                redisUsual,
                null,
                verdict,
                note + "; " + NO_SPREAD + why);
    }

    /** Beside a bar that the design sets, as Redis has no such thing. */
    static Row beside(
            double bar, String id, String unit, Good good, List<Double> ours, String note) {
        List<Double> bars = ours.stream().map(_ -> bar).toList();
        return new Row(
                id,
                unit,
                median(ours),
                null,
                null,
                "ours " + quartiles(ours),
                verdict(good, ours, bars),
                note);
    }

    /** A row that was not measured. */
    static Row absent(String id, String why) {
        return new Row(id, "", null, null, null, null, Verdict.ABSENT, why);
    }

    /** The same with more to its note. */
    Row noting(String more) {
        String all = note.isEmpty() ? more : note + "; " + more;
        return new Row(id, unit, ours, redisEqual, redisUsual, spread, verdict, all);
    }

    private static Verdict verdict(Good good, List<Double> ours, List<Double> theirs) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
            double mine = ours.get(i);
            double other = theirs.get(i);
            if (mine > 0 && other > 0) {
                // Above 1 is better.
                ratios.add(good == Good.HIGH ? mine / other : other / mine);
            }
        }
        if (ratios.isEmpty()) {
            return Verdict.ABSENT;
        }
        double[] sorted = sorted(ratios);
        if (Math.abs(quantile(sorted, 0.5) - 1) <= EQUAL_WITHIN) {
            return Verdict.EQUAL;
        }
        if (quantile(sorted, 0.25) > 1) {
            return Verdict.BETTER;
        }
        return quantile(sorted, 0.75) < 1 ? Verdict.WORSE : Verdict.EQUAL;
    }

    private static @Nullable Double median(List<Double> values) {
        return values.isEmpty() ? null : quantile(sorted(values), 0.5);
    }

    private static String quartiles(List<Double> values) {
        double[] sorted = sorted(values);
        return sorted.length == 0
                ? "-"
                : Numbers.text(quantile(sorted, 0.25))
                        + ".."
                        + Numbers.text(quantile(sorted, 0.75));
    }

    private static double[] sorted(List<Double> values) {
        return values.stream().mapToDouble(value -> value).sorted().toArray();
    }

    private static double quantile(double[] sorted, double part) {
        double at = part * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
