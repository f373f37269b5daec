package io.miroir.bench.gate;

import java.util.function.LongSupplier;

/**
 * Loads what is measured until its JVMs have compiled what they run. They take several times as
 * much of a core until then, and on how long that is the speed of the machine decides: a fixed time
 * would measure a slow one cold.
 *
 * @param roundsMax after so many they are taken as they are
 */
record Warming(int roundsMax) {
    /** The first one begins cold, and may end before the compilers are asked much. */
    private static final int ROUNDS_MIN = 2;

    /** CPU of all compilers, of the time of a round. */
    private static final double RESTING = 0.03;

    /**
     * How warm it is.
     *
     * @param rounds that it took
     * @param compiling CPU of all compilers in the last one, in cores
     */
    record Warmth(int rounds, double compiling) {
        boolean reached() {
            return compiling <= RESTING;
        }
    }

    /**
     * Round after round, until compilers rest.
     *
     * @param round some of everything that is measured
     * @param millis that have passed
     * @param compilerMillis CPU that compilers have taken
     */
    Warmth warm(Runnable round, LongSupplier millis, LongSupplier compilerMillis) {
        for (int rounds = 1; ; rounds++) {
            long begun = millis.getAsLong();
            long compiled = compilerMillis.getAsLong();
            round.run();
            double took = Math.max(1, millis.getAsLong() - begun);
            Warmth warmth = new Warmth(rounds, (compilerMillis.getAsLong() - compiled) / took);
            if (rounds >= roundsMax || (rounds >= ROUNDS_MIN && warmth.reached())) {
                return warmth;
            }
        }
    }
}
