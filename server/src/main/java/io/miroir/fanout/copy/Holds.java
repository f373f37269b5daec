package io.miroir.fanout.copy;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * For how long writes may be held, and the time that passes meanwhile.
 *
 * @param max at a time: less than a write waits for its turn
 * @param nanoTime the time, which tests have of their own
 */
public record Holds(Duration max, LongSupplier nanoTime, Rest rest) {
    /** Lets time pass. */
    @FunctionalInterface
    public interface Rest {
        /** That much. */
        void of(Duration time) throws InterruptedException;
    }

    /** By the machine's time. */
    public static Holds upTo(Duration max) {
        return new Holds(max, System::nanoTime, time -> Thread.sleep(time));
    }

    /** The end of a time that begins now; several things may share it. */
    public Deadline in(Duration patience) {
        return new Deadline(this, nanoTime.getAsLong() + patience.toNanos());
    }

    /** When something is not waited for any more. */
    public record Deadline(Holds holds, long giveUpNanos) {
        /** Whether it has come. */
        public boolean isOver() {
            return holds.nanoTime().getAsLong() - giveUpNanos > 0;
        }

        /** Waits for that long. */
        public void pause(Duration time) throws InterruptedException {
            holds.rest().of(time);
        }
    }
}
