package io.miroir.cluster.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cluster.health.HealthState.Status;
import org.junit.jupiter.api.Test;

/** When nodes count as down and as back. */
class HealthStateTest {
    private static final HealthState.Thresholds THRESHOLDS = new HealthState.Thresholds(3, 2);

    @Test
    void aNodeIsDownAfterTheThresholdAndBackAfterTheOther() {
        HealthState state = HealthState.UNKNOWN.succeeded(THRESHOLDS);
        assertTrue(state.status().usable());
        state = state.failed(THRESHOLDS, true);
        assertEquals(Status.SUSPECT, state.status());
        assertFalse(state.status().usable());
        state = state.failed(THRESHOLDS, true).failed(THRESHOLDS, true);
        assertEquals(Status.DOWN, state.status());
        state = state.succeeded(THRESHOLDS);
        assertEquals(Status.DOWN, state.status());
        assertEquals(Status.HEALTHY, state.succeeded(THRESHOLDS).status());
        // A failure in between begins the count anew.
        state = state.failed(THRESHOLDS, true).succeeded(THRESHOLDS);
        assertEquals(Status.DOWN, state.status());
    }

    @Test
    void oneFailedExchangeIsForgottenWithTheNextGoodOne() {
        HealthState state = HealthState.UNKNOWN.failed(THRESHOLDS, true).succeeded(THRESHOLDS);
        assertEquals(new HealthState(Status.HEALTHY, 0, 0), state);
    }

    @Test
    void requestsThatFailTogetherDontMakeANodeDown() {
        HealthState state = HealthState.UNKNOWN.succeeded(THRESHOLDS);
        for (int i = 0; i < 10; i++) {
            state = state.failed(THRESHOLDS, false);
        }
        assertEquals(Status.SUSPECT, state.status());
    }
}
