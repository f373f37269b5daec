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

    /** One that is to be at most so many times theirs. */
    static Figure atMostTimes(
            String id, String unit, double ours, double theirs, double ratioMax, String note) {
        return new Figure(
                id,
                unit,
                ours,
                theirs,
                ours / theirs,
                ours <= theirs * ratioMax ? Verdict.MET : Verdict.MISSED,
                "at most %s times theirs; %s".formatted(ratioMax, note));
    }

    /** One that is to be as theirs is, but for a small part. */
    static Figure within(
            String id, String unit, double ours, double theirs, double part, String note) {
        return new Figure(
                id,
                unit,
                ours,
                theirs,
                ours / theirs,
                Math.abs(ours - theirs) <= theirs * part ? Verdict.MET : Verdict.MISSED,
                "within %.0f %% of theirs; %s".formatted(100 * part, note));
    }

    /** A count of what is not to be. */
    static Figure none(String id, String unit, long count, String note) {
        Verdict verdict = count == 0 ? Verdict.MET : Verdict.MISSED;
        return new Figure(id, unit, (double) count, 0.0, null, verdict, "none; " + note);
    }

    /** One that stands beside another, and of which nothing is asked. */
    static Figure beside(String id, String unit, double ours, double theirs, String note) {
        return new Figure(id, unit, ours, theirs, ours / theirs, Verdict.TOLD, note);
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
