package io.miroir.cluster.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cluster.health.HealthState.Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When nodes count as down and as back. */
class HealthStateTest {
    private static final HealthState.Thresholds THRESHOLDS = new HealthState.Thresholds(3, 2);

    private static HealthState good(HealthState state, int probes) {
        HealthState now = state;
        for (int i = 0; i < probes; i++) {
            now = now.succeeded(THRESHOLDS, true);
        }
        return now;
    }

    private static HealthState bad(HealthState state, int probes) {
        HealthState now = state;
        for (int i = 0; i < probes; i++) {
            now = now.failed(THRESHOLDS, true);
        }
        return now;
    }

    /** How many good probes it takes until the node is used again. */
    private static int untilUsed(HealthState state) {
        int probes = 0;
        for (HealthState now = state; !now.status().usable(); now = good(now, 1)) {
            probes++;
        }
        return probes;
    }

    @Test
    void aNodeIsDownAfterTheThresholdAndBackAfterTheOther() {
        HealthState state = good(HealthState.UNKNOWN, 1);
        assertTrue(state.status().usable());
        state = bad(state, 1);
        assertEquals(Status.SUSPECT, state.status());
        assertFalse(state.status().usable());
        state = bad(state, 2);
        assertEquals(Status.DOWN, state.status());
        state = good(state, 1);
        assertEquals(Status.DOWN, state.status());
        assertEquals(Status.HEALTHY, good(state, 1).status());
        // A failure in between begins the count anew.
        state = good(bad(state, 1), 1);
        assertEquals(Status.DOWN, state.status());
    }

    @Test
    void oneFailedExchangeIsForgottenWithTheNextGoodOne() {
        HealthState state = bad(HealthState.UNKNOWN, 1).succeeded(THRESHOLDS, false);
        assertEquals(new HealthState(Status.HEALTHY, 0, 0, 0), state);
        state = bad(state, 1).succeeded(THRESHOLDS, false);
        assertEquals(Status.HEALTHY, state.status());
    }

    @Test
    void requestsThatFailTogetherDontMakeANodeDown() {
        HealthState state = good(HealthState.UNKNOWN, 1);
        for (int i = 0; i < 10; i++) {
            state = state.failed(THRESHOLDS, false);
        }
        assertEquals(Status.SUSPECT, state.status());
        assertEquals(1, state.relapses());
    }

    /** Shows: each relapse doubles what a node must prove, up to a bound. */
    @Test
    void aNodeThatFallsAgainAndAgainMustProveItselfLonger() {
        List<Integer> suspected = new ArrayList<>();
        List<Integer> down = new ArrayList<>();
        HealthState state = good(HealthState.UNKNOWN, 1);
        for (int fall = 0; fall < 7; fall++) {
            suspected.add(untilUsed(bad(state, 1)));
            down.add(untilUsed(bad(state, 3)));
            state = good(bad(state, 1), suspected.getLast());
        }
        assertEquals(List.of(1, 2, 4, 8, 16, 16, 16), suspected);
        assertEquals(List.of(2, 4, 8, 16, 32, 32, 32), down);
        assertEquals(HealthState.RELAPSES_MAX, state.relapses());
    }

    /** A node of which every second request fails is not well because of the others. */
    @Test
    void requestsDontProveANodeThatRelapsed() {
        HealthState state = good(bad(good(bad(good(HealthState.UNKNOWN, 1), 1), 1), 1), 0);
        assertEquals(2, state.relapses());
        for (int i = 0; i < 100; i++) {
            state = state.succeeded(THRESHOLDS, false);
        }
        assertEquals(Status.SUSPECT, state.status());
        assertEquals(Status.HEALTHY, good(state, 2).status());
    }

    @Test
    void relapsesAreForgottenOneAfterTheOtherInCalmTimes() {
        HealthState state = good(bad(good(bad(good(HealthState.UNKNOWN, 1), 1), 1), 1), 2);
        assertEquals(new HealthState(Status.HEALTHY, 0, 0, 2), state);
        // Requests may be thousands in the time of one probe.
        assertEquals(state, state.succeeded(THRESHOLDS, false));
        state = good(state, HealthState.CALM_PROBES - 1);
        assertEquals(2, state.relapses());
        state = good(state, 1);
        assertEquals(1, state.relapses());
        assertEquals(HealthState.UNKNOWN.succeeded(THRESHOLDS, true), good(state, 20));
    }
}
