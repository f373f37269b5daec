package io.miroir.bench.gate;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long the rest takes: what each measurement ought to take, and by how much those so far took
 * more or less.
 */
final class Forecast {
    /** Less than this says little of the rest. */
    private static final Duration TELLING = Duration.ofSeconds(30);

    private final Bench.Effort effort;
    private final List<Measurement> measurements;
    private int begun;
    private Duration doneExpected = Duration.ZERO;
    private Duration doneTook = Duration.ZERO;

    Forecast(Bench.Effort effort, List<Measurement> measurements) {
        this.effort = effort;
        this.measurements = List.copyOf(measurements);
    }

    /** The next one has ended. */
    void ended(Duration took) {
        doneExpected = doneExpected.plus(expected(begun++));
        doneTook = doneTook.plus(took);
    }

    /** From the beginning of the next one to the end of all. */
    Duration left() {
        Duration left = Duration.ZERO;
        for (int i = begun; i < measurements.size(); i++) {
            left = left.plus(expected(i));
        }
        if (doneExpected.compareTo(TELLING) < 0) {
            return left;
        }
        double factor = doneTook.toMillis() / (double) doneExpected.toMillis();
        return Duration.ofMillis((long) (left.toMillis() * factor));
    }

    /** What the next one ought to take. */
    Duration next() {
        return expected(begun);
    }

    private Duration expected(int at) {
        Measurement measurement = measurements.get(at);
        Duration itself = measurement.expected(effort);
        Arena.@Nullable Shape shape = measurement.arena();
        if (shape == null || (at > 0 && shape.equals(measurements.get(at - 1).arena()))) {
            return itself;
        }
        return itself.plus(shape.warming(effort));
    }
}
