package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.raft.link.Acknowledged;
import org.junit.jupiter.api.Test;

/** Which disks have lost what their member acknowledged, by the word of a leader of term 5. */
class HeldTest {
    private static final Acknowledged WORD = new Acknowledged(5, 110, 5);

    private static boolean lost(Held held) {
        return held.hasLost(WORD);
    }

    @Test
    void aDiskThatEndsBeforeWhatWasAcknowledgedHasLostIt() {
        assertFalse(lost(new Held(5, 110, 5, 90)));
        assertFalse(lost(new Held(5, 111, 5, 90)));
        assertTrue(lost(new Held(5, 109, 5, 90)));
        assertTrue(lost(new Held(5, -1, 0, -1)));
    }

    @Test
    void whatALaterLeaderCutOffIsNotLost() {
        // The leader of term 5 is deposed and does not know it, or leads a minority.
        assertFalse(lost(new Held(6, 100, 4, 90)));
        assertFalse(lost(new Held(6, 105, 6, 90)));
    }

    @Test
    void aLongLogOfAnEarlierTermIsNotWhatWasAcknowledged() {
        // It was there before the leader of term 5 put its own entries in the place of these.
        assertTrue(lost(new Held(5, 120, 4, 90)));
        assertTrue(lost(new Held(4, 120, 4, 90)));
        // Its vote of term 5 is forgotten: it could give another one.
        assertTrue(lost(new Held(4, 110, 4, 110)));
    }

    @Test
    void whatIsInTheDatabaseIsThereWithoutALog() {
        // After an install.
        assertFalse(lost(new Held(5, -1, 0, 110)));
        assertTrue(lost(new Held(5, -1, 0, 109)));
    }

    @Test
    void aLeaderThatHeardNothingSaysNothing() {
        assertFalse(new Held(4, 3, 4, 3).hasLost(new Acknowledged(5, -1, 0)));
    }

    @Test
    void whereTheLeaderHasPurgedTheEntryItsIndexCounts() {
        Acknowledged purged = new Acknowledged(5, 110, 0);
        assertFalse(new Held(5, 110, 3, 90).hasLost(purged));
        assertTrue(new Held(5, 109, 5, 90).hasLost(purged));
    }
}
