package io.miroir.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TrafficFiguresTest {
    private static final Duration MS = Duration.ofMillis(1);

    private final AtomicLong nanos = new AtomicLong();
    private final TrafficFigures figures = new TrafficFigures(nanos::get);

    @Test
    void aWriteThatWasUnderWayWhenThePodDiedDoesNotCountAsTheNextOne() throws Exception {
        nanos.set(1_000);
        figures.write(1, "", false, 500);
        nanos.set(3_000);
        figures.write(2, "", false, 1_500);
        assertEquals(Optional.empty(), figures.awaitWriteAfter(2_000, Duration.ZERO));
        nanos.set(9_000);
        figures.write(3, "", true, 4_000);
        assertEquals(
                Optional.of(Duration.ofNanos(7_000)),
                figures.awaitWriteAfter(2_000, Duration.ZERO));
        assertEquals(Duration.ofNanos(6_000), figures.longestWritePause());
        assertEquals(List.of(1, 2, 3), figures.acknowledged());
    }

    @Test
    void theReportSaysNoWhenOneSearchFailedOrOneWriteIsMissing() {
        assertFalse(new TourReport().promisesHeld(), "nothing was shown yet");
        figures.search("", false, MS);
        figures.write(7, "", false, 0);
        assertTrue(ended(List.of()).promisesHeld());
        assertFalse(ended(List.of(7)).promisesHeld(), "a lost write");

        TourReport stuck = ended(List.of());
        stuck.podKilled(Optional.empty());
        assertFalse(stuck.promisesHeld(), "writes never went on");

        figures.search("refused", true, MS);
        TourReport failed = ended(List.of());
        assertFalse(failed.promisesHeld(), "a failed search");
        assertTrue(failed.lines().toString().contains("refused"), "the fault is shown");
    }

    private TourReport ended(List<Integer> lost) {
        TourReport report = new TourReport();
        report.ended(figures, lost);
        return report;
    }
}
