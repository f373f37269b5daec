package io.miroir.cluster.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cluster.format.FormatPlan.Decision;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When the cluster's format of commands is raised (rule 20). */
class FormatPlanTest {
    private static final List<String> ABC = List.of("a", "b", "c");

    private static String wait(Decision decision) {
        return assertInstanceOf(Decision.Wait.class, decision).why();
    }

    @Test
    void itIsRaisedToWhatAllKnow() {
        assertEquals(
                new Decision.Raise(3), FormatPlan.decide(2, ABC, Map.of("a", 3, "b", 5, "c", 4)));
        assertEquals(new Decision.Raise(4), FormatPlan.decide(1, List.of("a"), Map.of("a", 4)));
    }

    @Test
    void aMemberThatDoesNotKnowMoreHoldsItBack() {
        String why = wait(FormatPlan.decide(2, ABC, Map.of("a", 3, "b", 2, "c", 3)));
        assertTrue(why.contains("[b]"), why);
        // Nor is it lowered for one that should not be there.
        assertTrue(wait(FormatPlan.decide(2, ABC, Map.of("a", 3, "b", 1, "c", 3))).contains("[b]"));
    }

    @Test
    void aMemberThatDoesNotAnswerHoldsItBack() {
        // It may come back with the program that it had.
        String why = wait(FormatPlan.decide(2, ABC, Map.of("a", 3, "c", 3)));
        assertTrue(why.contains("no answer from [b]"), why);
    }

    @Test
    void whoIsNoMemberDoesNotCount() {
        assertEquals(
                new Decision.Raise(3),
                FormatPlan.decide(2, ABC, Map.of("a", 3, "b", 3, "c", 3, "gone", 2)));
    }
}
