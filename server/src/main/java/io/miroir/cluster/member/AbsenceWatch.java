package io.miroir.cluster.member;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Who has been absent for too long. Silence counts only while the leader looks regularly: one that
 * was frozen itself has heard nobody either.
 */
final class AbsenceWatch {
    private final long absenceNanos;
    private final long gapNanosMax;
    private OptionalLong sinceNanos = OptionalLong.empty();
    private long lastNanos;

    /**
     * @param absence as long as this is too long
     * @param gapMax longest time between two looks
     */
    AbsenceWatch(Duration absence, Duration gapMax) {
        this.absenceNanos = absence.toNanos();
        this.gapNanosMax = gapMax.toNanos();
    }

    /** Looks, and begins to count if it has not for a while. */
    List<String> due(long nowNanos, Map<String, Duration> silent) {
        if (sinceNanos.isEmpty() || nowNanos - lastNanos > gapNanosMax) {
            sinceNanos = OptionalLong.of(nowNanos);
        }
        lastNanos = nowNanos;
        long watchedNanos = nowNanos - sinceNanos.getAsLong();
        return silent.entrySet().stream()
                .filter(of -> Math.min(watchedNanos, of.getValue().toNanos()) >= absenceNanos)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** Whoever leads next counts by itself. */
    void forget() {
        sinceNanos = OptionalLong.empty();
    }
}
