package io.miroir;

import java.util.Random;
import java.util.stream.IntStream;

/**
 * Which seeds a simulation runs. In a build the same few each time: what is new is found by more of
 * them, not by somebody's commit. With more runs ({@code -Dmiroir.simulations}, the profile
 * nightly) others each time; {@code -Dmiroir.seed} runs one alone.
 */
public final class Seeds {
    private static final int OF_A_BUILD = 12;
    private static final int RANDOM_MAX = 1_000_000_000;
    private static final Integer ALONE = Integer.getInteger("miroir.seed");
    private static final int RUNS = Integer.getInteger("miroir.simulations", OF_A_BUILD);

    private Seeds() {}

    /** One after the other. */
    public static IntStream all() {
        if (ALONE != null) {
            return IntStream.of(ALONE);
        }
        int first = RUNS <= OF_A_BUILD ? 1 : new Random().nextInt(RANDOM_MAX);
        return IntStream.range(first, first + RUNS);
    }

    /** Whether there are so many that each thing has happened in one of them. */
    public static boolean areMany() {
        return ALONE == null && RUNS >= OF_A_BUILD;
    }

    /** What went wrong with one, and how it is run again. */
    public static AssertionError failed(int seed, Throwable why) {
        return new AssertionError(
                "seed " + seed + ": -Dmiroir.seed=" + seed + " runs it alone", why);
    }
}
