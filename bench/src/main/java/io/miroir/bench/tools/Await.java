package io.miroir.bench.tools;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for other processes: looks again and again, for as long as anyone should wait. */
public final class Await {
    private static final Duration LOOK = Duration.ofMillis(20);

    private Await() {}

    /** Until it holds; throws after the patience is over. */
    public static void until(String what, Duration patience, BooleanSupplier holds) {
        long giveUpNanos = System.nanoTime() + patience.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > giveUpNanos) {
                throw new IllegalStateException("not in " + patience.toSeconds() + " s: " + what);
            }
            pause(LOOK);
        }
    }

    /** For exactly this long, where nothing can be looked at. */
    public static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
