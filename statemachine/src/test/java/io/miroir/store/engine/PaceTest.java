package io.miroir.store.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** When a pack goes. */
class PaceTest {
    private static final long MILLI = 1_000_000;
    private static final int PACKS = 4;
    private final AtomicReference<Double> load = new AtomicReference<>(0.2);
    private final Pace pace = new Pace(PACKS, load::get);
    private long now = 17 * MILLI;

    @Test
    void withNothingUnderWayACommandGoesAtOnce() {
        assertEquals(Pace.NOT_YET, pace.untilNext(0, 0, now));
        assertEquals(0, pace.untilNext(0, 1, now));
        assertTrue(pace.takesMore(0));
    }

    @Test
    void packsThatWaitForANetworkOverlap() {
        for (int i = 0; i < 50; i++) {
            round(8 * MILLI);
        }
        now += 1_000 * MILLI;
        pace.begun(now);
        long spread = pace.untilNext(1, 1, now);
        assertTrue(spread > 1.9 * MILLI && spread <= 2 * MILLI, "over a round: " + spread);
        assertEquals(0, pace.untilNext(1, 1, now + 2 * MILLI));
        assertEquals(0, pace.untilNext(PACKS - 1, 1, now + 2 * MILLI));
        assertTrue(pace.takesMore(1));
        assertEquals(Pace.NOT_YET, pace.untilNext(1, 0, now), "nothing waits");
        assertEquals(Pace.NOT_YET, pace.untilNext(PACKS, 1, now + 2 * MILLI));
        assertFalse(pace.takesMore(PACKS));
    }

    @Test
    void onABusyMachineOrInShortRoundsTheyDoNot() {
        for (int i = 0; i < 50; i++) {
            round(MILLI / 2);
        }
        assertEquals(Pace.NOT_YET, pace.untilNext(1, 1, now), "short rounds");
        assertFalse(pace.takesMore(1));

        for (double busy : new double[] {0.7, 1.0, -1, Double.NaN}) {
            load.set(busy);
            for (int i = 0; i < 50; i++) {
                round(8 * MILLI);
            }
            assertEquals(Pace.NOT_YET, pace.untilNext(1, 1, now), "load " + busy);
        }
    }

    @Test
    void whatOverlappingItselfCostsDoesNotEndIt() {
        for (double each : new double[] {0.5, 0.8}) {
            load.set(each);
            for (int i = 0; i < 50; i++) {
                round(8 * MILLI);
            }
            assertTrue(pace.takesMore(1), "load " + each);
        }
    }

    private void round(long nanos) {
        pace.begun(now);
        now += nanos;
        pace.ended(nanos);
    }
}
