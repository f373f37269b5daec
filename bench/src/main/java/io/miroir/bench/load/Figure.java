package io.miroir.bench.load;

import org.jspecify.annotations.Nullable;

/**
 * One row.
 *
 * @param theirs what it is measured against: a bare node's figure, or the one that is asked for
 * @param ratio of ours to theirs
 */
record Figure(
        String id,
        String unit,
        @Nullable Double ours,
        @Nullable Double theirs,
        @Nullable Double ratio,
        Verdict verdict,
        String note) {

    /** One that is to be at least so many times theirs. */
    static Figure atLeast(String id, String unit, Compared measured, double ratioMin, String note) {
        return new Figure(
                id,
                unit,
                measured.ours(),
                measured.theirs(),
                measured.ratio(),
                measured.ratio() >= ratioMin ? Verdict.MET : Verdict.MISSED,
                "at least %s times theirs; %s".formatted(ratioMin, note));
    }

    /** One that is to be at most so much. */
    static Figure atMost(String id, String unit, double ours, double most, String note) {
        return new Figure(
                id,
                unit,
                ours,
                most,
                ours / most,
                ours <= most ? Verdict.MET : Verdict.MISSED,
                "theirs is what is asked for; " + note);
    }

    /** One of which nothing is asked. */
    static Figure told(String id, String unit, double ours, String note) {
        return new Figure(id, unit, ours, null, null, Verdict.TOLD, note);
    }

    /** One that was not measured. */
    static Figure absent(String id, String why) {
        return new Figure(id, "", null, null, null, Verdict.ABSENT, why);
    }
}
