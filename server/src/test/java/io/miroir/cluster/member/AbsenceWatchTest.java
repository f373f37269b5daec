package io.miroir.cluster.member;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** From when on a silent listener is absent: a day here, looked at every minute. */
class AbsenceWatchTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final AbsenceWatch watch = new AbsenceWatch(DAY, MINUTE.multipliedBy(4));
    private Duration now = Duration.ofDays(-3);

    private List<String> due(Duration later, Map<String, Duration> silent) {
        now = now.plus(later);
        return watch.due(now.toNanos(), silent);
    }

    private List<String> dueAfter(Duration time, Map<String, Duration> silent) {
        List<String> due = due(Duration.ZERO, silent);
        for (Duration at = MINUTE; at.compareTo(time) <= 0; at = at.plus(MINUTE)) {
            due = due(MINUTE, silent);
        }
        return due;
    }

    @Test
    void itIsAbsentWhenItWasSilentForTheWholeTime() {
        Map<String, Duration> silent = Map.of("pod-d", DAY, "pod-e", DAY.minusMillis(1));
        assertEquals(List.of(), dueAfter(DAY.minus(MINUTE), silent));
        assertEquals(List.of("pod-d"), due(MINUTE, silent));
        assertEquals(List.of(), due(MINUTE, Map.of("pod-d", MINUTE)));
    }

    @Test
    void aLeaderThatWasFrozenItselfCountsAnew() {
        Map<String, Duration> silent = Map.of("pod-d", DAY.multipliedBy(2));
        assertEquals(List.of(), dueAfter(MINUTE, silent));
        // To it all look silent for as long.
        assertEquals(List.of(), due(DAY, silent));
        assertEquals(List.of(), dueAfter(DAY.minus(MINUTE), silent));
        assertEquals(List.of("pod-d"), due(MINUTE, silent));
    }

    @Test
    void aLaterTermCountsAnew() {
        Map<String, Duration> silent = Map.of("pod-d", DAY);
        assertEquals(List.of("pod-d"), dueAfter(DAY, silent));
        watch.forget();
        assertEquals(List.of(), due(MINUTE, silent));
    }
}
