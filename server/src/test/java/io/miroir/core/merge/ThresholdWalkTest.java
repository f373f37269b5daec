package io.miroir.core.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Hits that are good enough, as one server comes to them. */
class ThresholdWalkTest {
    /** What a sort puts first is not the best. */
    private static final List<Double> HITS = List.of(0.5, 0.9, 0.4, 0.8, 0.3, 0.95);

    private static ThresholdWalk.Found<Double> walk(int begin, int end, boolean exhaustive) {
        return ThresholdWalk.of(HITS, score -> score, 0.8, begin, end, exhaustive);
    }

    /** Shows: what is met before the page is full and too bad does not count, the rest does. */
    @Test
    void whatIsMetAndTooBadDoesNotCount() {
        assertEquals(List.of(0.9, 0.8), walk(0, 2, false).page());
        assertEquals(List.of(0.9, 0.8, 0.3, 0.95), walk(0, 2, false).counted());
        assertEquals(List.of(0.8), walk(1, 2, false).page());
        assertEquals(List.of(0.9, 0.8, 0.3, 0.95), walk(1, 2, false).counted());
        assertEquals(List.of(0.9, 0.8, 0.95), walk(0, 9, false).counted());
    }

    /** Shows: pages that are counted are looked at to the end. */
    @Test
    void countedPagesAreLookedAtToTheEnd() {
        assertEquals(List.of(0.9), walk(0, 1, true).page());
        assertEquals(List.of(0.9, 0.8, 0.95), walk(0, 1, true).counted());
    }

    /** Shows: an empty page is full when what is before it has been found. */
    @Test
    void whatIsBeforeThePageIsLookedAt() {
        assertEquals(HITS, walk(0, 0, false).counted());
        assertEquals(List.of(0.9, 0.4, 0.8, 0.3, 0.95), walk(1, 1, false).counted());
        assertEquals(List.of(0.9, 0.8, 0.95), walk(7, 9, false).counted());
        assertEquals(List.of(), walk(7, 9, false).page());
    }
}
