package io.miroir.cluster.peer;

import java.time.Duration;

/**
 * What asking a pod whether it lives has shown so far.
 *
 * @param misses times in a row that it did not answer
 * @param late times in a row that this pod was too late to know
 */
record Probed(int misses, int late) {
    /** A pod that starts must not think that it is alone: the others live until asked. */
    static final Probed NEVER = new Probed(0, 0);

    /** A pause of one collector run must not move every lane. */
    static final int MISSES_MAX = 2;

    /** Whoever sees a time-out come later than this was held up itself. */
    static final Duration LATE = Peers.PROBE_TIMEOUT.plusMillis(300);

    /** Where this pod is always late, the lanes of a lost one must be taken over all the same. */
    static final int LATE_MAX = 5;

    /**
     * What it shows with one answer more, or none.
     *
     * @param took how long the answer was waited for. A pod that was held up meanwhile, by its
     *     collector or its machine, has learned nothing of the others: it may have been asleep when
     *     they answered.
     */
    Probed then(boolean answered, Duration took) {
        if (answered) {
            return NEVER;
        }
        boolean unknown = took.compareTo(LATE) > 0 && late + 1 < LATE_MAX;
        return unknown ? new Probed(misses, late + 1) : new Probed(misses + 1, 0);
    }

    /** True until it has missed too often. */
    boolean lives() {
        return misses < MISSES_MAX;
    }
}
