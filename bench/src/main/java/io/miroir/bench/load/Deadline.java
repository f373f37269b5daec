package io.miroir.bench.load;

import java.time.Duration;

/**
 * Until when turns are begun. The one that is under way comes to its end, and one there always is.
 *
 * @param atNanos by {@link System#nanoTime}
 */
record Deadline(long atNanos) {
    static Deadline after(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    boolean isOver() {
        return left(System.nanoTime()) <= 0;
    }

    /** An equal share of what is left, for the first of so many parts. */
    Deadline share(long nowNanos, int parts) {
        return new Deadline(nowNanos + Math.max(0, left(nowNanos)) / parts);
    }

    private long left(long nowNanos) {
        return atNanos - nowNanos;
    }
}
