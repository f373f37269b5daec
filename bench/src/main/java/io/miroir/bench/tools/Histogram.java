package io.miroir.bench.tools;

import java.util.concurrent.atomic.AtomicIntegerArray;

/** Durations, to 1.6 %: 64 steps for each doubling. Many threads may add. */
public final class Histogram {
    private static final int STEPS_LOG2 = 6;
    private static final int STEPS = 1 << STEPS_LOG2;

    private final AtomicIntegerArray counts = new AtomicIntegerArray(STEPS * (64 - STEPS_LOG2));

    /** Adds one. */
    public void add(long nanos) {
        counts.incrementAndGet(slot(Math.max(nanos, 0)));
    }

    /** How many were added. */
    public long count() {
        long count = 0;
        for (int i = 0; i < counts.length(); i++) {
            count += counts.get(i);
        }
        return count;
    }

    /** The duration that the given part of all (0 to 1) do not exceed; 0 if there are none. */
    public double micros(double part) {
        long rank = (long) Math.ceil(count() * part);
        long seen = 0;
        for (int i = 0; i < counts.length(); i++) {
            seen += counts.get(i);
            if (seen >= rank && seen > 0) {
                return nanos(i) / 1_000.0;
            }
        }
        return 0;
    }

    private static int slot(long nanos) {
        if (nanos < STEPS) {
            return (int) nanos;
        }
        int doubling = 63 - Long.numberOfLeadingZeros(nanos) - STEPS_LOG2;
        return (doubling + 1) * STEPS + (int) (nanos >>> doubling) - STEPS;
    }

    private static double nanos(int slot) {
        if (slot < STEPS) {
            return slot;
        }
        int doubling = slot / STEPS - 1;
        return (double) ((long) (slot % STEPS + STEPS) << doubling);
    }
}
