package io.miroir.core.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Writes are held for a moment where that is enough, and pressed on where nothing else is. */
class ApproachTest {
    private static final Duration MAX = Duration.ofSeconds(10);
    private static final long MUCH = 1_000_000;

    @Test
    void writesGoOnAsLongAsEachLookFindsLess() {
        Approach approach = Approach.BEGUN;
        for (long found = MUCH; found > Approach.FEW; found /= 2) {
            approach = approach.looked(found);
            assertFalse(approach.isDue(), approach::toString);
        }
        approach = approach.looked(Approach.FEW);
        assertTrue(approach.isDue());
        assertFalse(approach.pressed());
        assertEquals(Approach.MOMENT, approach.patience(MAX));
    }

    @Test
    void writesAreHeldWhenALookFindsAsMuchAsTheOneBefore() {
        Approach approach = Approach.BEGUN.looked(MUCH).looked(MUCH / 2 + 1);
        assertTrue(approach.isDue());
        assertTrue(approach.pressed());
        assertEquals(MAX, approach.patience(MAX));
        assertEquals(Duration.ZERO, approach.pause());
    }

    @Test
    void writesAreHeldAgainAsLongAsNodesGetOn() {
        Approach approach = Approach.BEGUN.looked(Approach.FEW);
        for (int i = 1; i < Approach.VAIN_MAX; i++) {
            approach = approach.held(true);
            assertTrue(approach.isDue());
            assertEquals(MAX, approach.patience(MAX));
        }
        // Whatever is the matter, they go on now.
        approach = approach.held(true);
        assertFalse(approach.pressed());
        assertFalse(approach.looked(MUCH).looked(MUCH).pressed());
    }

    @Test
    void writesGoOnWhereHoldingThemChangesNothing() {
        Approach approach = Approach.BEGUN.looked(Approach.FEW);
        for (int i = 1; i < Approach.IDLE_MAX; i++) {
            approach = approach.held(false);
            assertTrue(approach.pressed(), approach::toString);
        }
        // Long tasks end now and then.
        approach = approach.held(true);
        for (int i = 1; i < Approach.IDLE_MAX; i++) {
            approach = approach.held(false);
            assertTrue(approach.pressed(), approach::toString);
        }
        approach = approach.held(false);
        assertFalse(approach.pressed());
        assertFalse(approach.pause().isZero());
    }

    @Test
    void whoIsDisturbedLetsWritesGoOnForLongerEachTime() {
        Approach approach = Approach.BEGUN.looked(MUCH).looked(MUCH);
        Duration before = Duration.ZERO;
        for (int i = 0; i < 6; i++) {
            approach = approach.disturbed();
            assertFalse(approach.pressed());
            assertTrue(approach.pause().compareTo(before) > 0, approach::toString);
            before = approach.pause();
        }
        assertEquals(before, approach.disturbed().pause());
    }

    @Test
    void noHoldIsLongerThanWritesMayWait() {
        Duration little = Duration.ofMillis(500);
        assertEquals(little, Approach.BEGUN.patience(little));
    }
}
