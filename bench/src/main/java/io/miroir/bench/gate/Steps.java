package io.miroir.bench.gate;

import java.util.ArrayList;
import java.util.List;

/**
 * A procedure as an operator does it: a step is one command typed or one file edited on one
 * machine. The time is the machines': from the first step to the end of the last wait.
 */
final class Steps {
    private final List<String> done = new ArrayList<>();
    private int count;
    private long startNanos;
    private long endNanos;

    /** Does it once. */
    void step(String what, Runnable work) {
        step(1, what, work);
    }

    /** Does it on so many machines, or with so many things. */
    void step(int times, String what, Runnable work) {
        if (count == 0) {
            startNanos = System.nanoTime();
        }
        count += times;
        done.add(times == 1 ? what : times + " x " + what);
        work.run();
        endNanos = System.nanoTime();
    }

    /** What an operator waits for before he goes on, or calls it done. */
    void await(Runnable wait) {
        wait.run();
        endNanos = System.nanoTime();
    }

    int count() {
        return count;
    }

    double seconds() {
        return (endNanos - startNanos) / 1e9;
    }

    @Override
    public String toString() {
        return String.join(", ", done);
    }
}
