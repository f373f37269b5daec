package io.miroir.store.engine;

import java.util.function.DoubleSupplier;

/**
 * When the next pack may go: at once with nothing under way. With something under way two things
 * are weighed: what waits goes the sooner, the more packs are under way; and the fewer commands
 * share a pack, the more each of them costs on all members. So packs overlap where they wait for a
 * network and not for a processor: a round takes its time, and cores are idle (ADR 0013).
 *
 * <p>Whoever calls keeps others out meanwhile.
 */
final class Pace {
    /** Not before something has ended or come. */
    static final long NOT_YET = Long.MAX_VALUE;

    /** Shorter rounds are over before another pack is worth its costs. */
    private static final long ROUND_NANOS_MIN = 1_000_000;

    /** Part of all cores that is in use: below the first, packs overlap; above the second not. */
    private static final double IDLE = 0.6;

    private static final double BUSY = 0.85;

    private static final long LOOK_NANOS = 100_000_000;
    private static final double NEW_ROUND_WEIGHT = 0.2;

    private final int underWayMax;
    private final DoubleSupplier cpuLoad;
    private double roundNanos;
    private long begunNanos;
    private boolean looked;
    private long lookedNanos;
    private boolean idle;

    /**
     * @param underWayMax packs at a time
     * @param cpuLoad share of all cores that were in use since the last call, 0 to 1; something
     *     else if it is not known
     */
    Pace(int underWayMax, DoubleSupplier cpuLoad) {
        this.underWayMax = underWayMax;
        this.cpuLoad = cpuLoad;
    }

    /** A pack of one command after the other. */
    static Pace oneByOne() {
        return new Pace(1, () -> 1);
    }

    /**
     * Nanoseconds until a pack may go, if nothing else happens; 0: now.
     *
     * @param underWay packs
     * @param waiting commands
     */
    long untilNext(int underWay, int waiting, long nowNanos) {
        if (waiting == 0) {
            return NOT_YET;
        }
        if (underWay == 0) {
            return 0;
        }
        return overlaps(underWay)
                ? Math.max(0, begunNanos + (long) roundNanos / underWayMax - nowNanos)
                : NOT_YET;
    }

    /** Whether a command that comes now is a reason to look at {@link #untilNext}. */
    boolean takesMore(int underWay) {
        return underWay == 0 || overlaps(underWay);
    }

    void begun(long nowNanos) {
        begunNanos = nowNanos;
        boolean far = underWayMax > 1 && roundNanos >= ROUND_NANOS_MIN;
        if (far && (!looked || nowNanos - lookedNanos >= LOOK_NANOS)) {
            looked = true;
            lookedNanos = nowNanos;
            double load = cpuLoad.getAsDouble();
            idle = load >= 0 && load < (idle ? BUSY : IDLE);
        }
    }

    /**
     * @param tookNanos from a pack's beginning to its answer
     */
    void ended(long tookNanos) {
        roundNanos += NEW_ROUND_WEIGHT * (tookNanos - roundNanos);
    }

    private boolean overlaps(int underWay) {
        return underWay < underWayMax && idle && roundNanos >= ROUND_NANOS_MIN;
    }
}
