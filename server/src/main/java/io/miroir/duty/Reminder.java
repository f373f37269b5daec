package io.miroir.duty;

import java.util.concurrent.TimeUnit;

/**
 * When operators are told of a trouble that a duty meets at each step: when it begins, once a
 * minute while it lasts, and when it is over. One that comes and goes is told no more often.
 */
public final class Reminder {
    private static final long AGAIN_MICROS = TimeUnit.MINUTES.toMicros(1);

    private boolean told;
    private boolean ever;
    private long toldMicros;

    /** What operators are to be told. */
    public enum Telling {
        NOTHING,
        TROUBLE,
        OVER
    }

    /** A step has met the trouble, or has not. */
    public Telling met(boolean trouble, long nowMicros) {
        if (!trouble) {
            boolean over = told;
            told = false;
            return over ? Telling.OVER : Telling.NOTHING;
        }
        if (ever && nowMicros - toldMicros < AGAIN_MICROS) {
            return Telling.NOTHING;
        }
        ever = true;
        told = true;
        toldMicros = nowMicros;
        return Telling.TROUBLE;
    }
}
