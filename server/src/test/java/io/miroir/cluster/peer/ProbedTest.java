package io.miroir.cluster.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When a pod is taken for lost, which moves its lanes to others. */
class ProbedTest {
    private static final Duration SOON = Duration.ofMillis(1);

    @Test
    void aPodIsLostThatMissesTwiceInARow() {
        Probed once = Probed.NEVER.then(false, SOON);
        assertTrue(once.lives());
        assertFalse(once.then(false, Peers.PROBE_TIMEOUT).lives());
        assertTrue(once.then(true, SOON).then(false, SOON).lives());
    }

    @Test
    void aLostPodThatAnswersLives() {
        Probed lost = Probed.NEVER.then(false, SOON).then(false, SOON);
        assertTrue(lost.then(true, SOON).lives());
    }

    @Test
    void whoWasHeldUpItselfHasLearnedNothingOfTheOthers() {
        Duration late = Probed.LATE.plusMillis(1);
        Probed once = Probed.NEVER.then(false, SOON);
        assertTrue(once.then(false, late).lives());
        assertFalse(once.then(false, late).then(false, SOON).lives());
        assertFalse(once.then(false, SOON).then(false, late).lives());
    }

    @Test
    void whoIsAlwaysLateFindsALostPodAllTheSame() {
        Duration late = Probed.LATE.plusMillis(1);
        Probed probed = Probed.NEVER;
        for (int i = 0; i < Probed.LATE_MAX * Probed.MISSES_MAX; i++) {
            assertTrue(probed.lives(), "after " + i);
            probed = probed.then(false, late);
        }
        assertFalse(probed.lives());
        assertEquals(Probed.NEVER, probed.then(true, SOON));
    }
}
