package io.miroir.bench.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Quantiles are those of what was added, to the width of a step. */
class HistogramTest {
    private static final double STEP = 1.0 / 64;

    @Test
    void quantilesAreExactToAStep() {
        Histogram histogram = new Histogram();
        for (int micros = 1; micros <= 10_000; micros++) {
            histogram.add(micros * 1_000L);
        }
        assertEquals(10_000, histogram.count());
        assertEquals(5_000, histogram.micros(0.5), 5_000 * STEP);
        assertEquals(9_900, histogram.micros(0.99), 9_900 * STEP);
        assertEquals(10_000, histogram.micros(1), 10_000 * STEP);
    }

    @Test
    void theSmallestAndTheLargestHaveTheirPlace() {
        Histogram histogram = new Histogram();
        assertEquals(0, histogram.micros(0.5));
        histogram.add(0);
        histogram.add(Long.MAX_VALUE);
        assertEquals(0, histogram.micros(0.5));
        assertEquals(Long.MAX_VALUE / 1e3, histogram.micros(1), Long.MAX_VALUE / 1e3 * STEP);
    }
}
