package io.miroir.store.engine;

import java.util.function.LongSupplier;

/**
 * Store time (protocol rule 19): the last stamp that was seen, and what went by since on the
 * monotonic clock. It never goes back; wall clocks matter only where nothing was ever seen.
 */
public final class StoreClock {
    private final LongSupplier monotonicNanos;
    private long anchorMicros;
    private long anchorNanos;

    /**
     * @param startMicros the later of the last stored time and this pod's wall clock: after all
     *     pods were down, nobody knows better
     */
    public StoreClock(long startMicros, LongSupplier monotonicNanos) {
        this.monotonicNanos = monotonicNanos;
        this.anchorMicros = startMicros;
        this.anchorNanos = monotonicNanos.getAsLong();
    }

    /** A leader's stamp was applied just now: its time counts, not this pod's. */
    public synchronized void observe(long stampMicros) {
        anchorMicros = stampMicros;
        anchorNanos = monotonicNanos.getAsLong();
    }

    /**
     * The tables know this time. A leader whose clock is behind it would stand still until it has
     * caught up, because time in the tables does not go back.
     */
    public synchronized void notBefore(long storeTimeMicros) {
        if (nowMicros() < storeTimeMicros) {
            observe(storeTimeMicros);
        }
    }

    /** The estimate; also the stamp that this pod gives if it leads. */
    public synchronized long nowMicros() {
        return anchorMicros + (monotonicNanos.getAsLong() - anchorNanos) / 1_000;
    }
}
