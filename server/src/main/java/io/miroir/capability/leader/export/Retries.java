package io.miroir.capability.leader.export;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long a server that does not answer is asked again, as Meilisearch does. */
final class Retries {
    /** As Meilisearch has it. */
    static final Duration ALL_MAX = Duration.ofMinutes(15);

    private static final double PAUSE_MILLIS_FIRST = 500;
    private static final double PAUSE_MILLIS_MAX = 60_000;
    private static final double GROWTH = 1.5;

    /** So often whoever waits looks whether it is still to. */
    private static final long LOOK_MILLIS = 250;

    private final Duration all;
    private final RandomGenerator random;
    private final Runnable requireWanted;

    /**
     * Retries of one task.
     *
     * @param all after this long a call is given up
     * @param requireWanted throws if the task has ended
     */
    Retries(Duration all, RandomGenerator random, Runnable requireWanted) {
        this.all = all;
        this.random = random;
        this.requireWanted = requireWanted;
    }

    /** The first try of a call. */
    Try begin() {
        requireWanted.run();
        return new Try(System.nanoTime() + all.toNanos());
    }

    /** The tries of one call. */
    final class Try {
        private final long giveUpNanos;
        private double pauseMillis = PAUSE_MILLIS_FIRST;

        private Try(long giveUpNanos) {
            this.giveUpNanos = giveUpNanos;
        }

        /** Waits for the next try; false if there is none. */
        boolean pause() throws InterruptedException {
            // Half as long to one and a half times as long.
            long wait = Math.round(pauseMillis * (0.5 + random.nextDouble()));
            pauseMillis = Math.min(PAUSE_MILLIS_MAX, pauseMillis * GROWTH);
            if (System.nanoTime() + wait * 1_000_000 > giveUpNanos) {
                return false;
            }
            for (long left = wait; left > 0; left -= LOOK_MILLIS) {
                Thread.sleep(Math.min(left, LOOK_MILLIS));
                requireWanted.run();
            }
            return true;
        }
    }
}
