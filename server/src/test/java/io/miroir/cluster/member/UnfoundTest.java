package io.miroir.cluster.member;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cluster.peer.Greeted;
import io.miroir.cluster.peer.PodFacts;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whether a pod that opened alone runs on a copy of the pod's disk. */
class UnfoundTest {
    private static final long WAIT = Entrance.REACHED_WAIT_MAX.toNanos();
    private static final List<Greeted.Welcome> NOBODY = List.of();
    private static final List<Greeted.Welcome> FOUND = List.of(says(false), says(true));
    private static final List<Greeted.Welcome> NOT_FOUND = List.of(says(false), says(false));

    private final Unfound unfound = new Unfound();

    private static Greeted.Welcome says(boolean reached) {
        PodFacts facts = new PodFacts("pod-b", null, 1, true, null, List.of(), Map.of());
        return new Greeted.Welcome(facts, Optional.empty(), true, reached);
    }

    @Test
    void whomOthersDoNotFindForAMinuteEnds() {
        assertFalse(unfound.isOver(NOT_FOUND, 5));
        assertFalse(unfound.isOver(NOT_FOUND, 5 + WAIT - 1));
        assertTrue(unfound.isOver(NOT_FOUND, 5 + WAIT));
    }

    /** It counts from the first answer, and silence is none. */
    @Test
    void whileNobodyAnswersItGoesOn() {
        assertFalse(unfound.isOver(NOBODY, 0));
        assertFalse(unfound.isOver(NOBODY, 9 * WAIT));
        assertFalse(unfound.isOver(NOT_FOUND, 10 * WAIT));
        assertFalse(unfound.isOver(NOBODY, 11 * WAIT));
        assertFalse(unfound.isOver(NOT_FOUND, 11 * WAIT + 1));
        assertTrue(unfound.isOver(NOT_FOUND, 12 * WAIT + 1));
    }

    /** A pod that moves while it runs is no copy. */
    @Test
    void whomOneHasFoundGoesOn() {
        assertFalse(unfound.isOver(NOT_FOUND, 0));
        assertFalse(unfound.isOver(FOUND, 1));
        assertFalse(unfound.isOver(NOT_FOUND, 2));
        assertFalse(unfound.isOver(NOT_FOUND, 9 * WAIT));
    }
}
