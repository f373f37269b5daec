package io.miroir.capability.partitioned.repair;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Keeps work to so many steps a second. */
final class Pace {
    /** What is slept at least: shorter sleeps cost more than they save. */
    private static final long SLEEP_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(10);

    private final long stepNanos;
    private final LongSupplier nanoTime;
    private long dueNanos;

    Pace(int stepsPerSecond, LongSupplier nanoTime) {
        this.stepNanos = TimeUnit.SECONDS.toNanos(1) / stepsPerSecond;
        this.nanoTime = nanoTime;
        this.dueNanos = nanoTime.getAsLong();
    }

    /** Takes note of a step; how long to rest before the next, mostly 0. */
    long restNanos() {
        long now = nanoTime.getAsLong();
        // Time that was spent on something else is not made up for.
        dueNanos = Math.max(dueNanos, now - SLEEP_NANOS_MIN) + stepNanos;
        return dueNanos - now < SLEEP_NANOS_MIN ? 0 : dueNanos - now;
    }
}
