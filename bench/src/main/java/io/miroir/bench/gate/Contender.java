package io.miroir.bench.gate;

import java.util.List;

/** One side of a comparison: the process that asks, and all that work for the answer. */
interface Contender extends AutoCloseable {

    /** The process whose store is under load. */
    Child asking();

    /** All processes of this side, whose CPU time counts. */
    List<Child> all();

    @Override
    void close();

    /** CPU time of all, milliseconds. */
    default long cpuMillis() {
        return all().stream()
                .filter(Child::isAlive)
                .mapToLong(child -> child.figures().cpuMillis())
                .sum();
    }
}
