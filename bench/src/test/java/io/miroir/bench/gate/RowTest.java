package io.miroir.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A verdict is about neighbours in time, and says nothing that the runs don't. */
class RowTest {
    @Test
    void theVerdictIsWhereTheQuartilesOfTheRatiosAre() {
        assertEquals(Verdict.BETTER, low(List.of(1.0, 1.1, 1.2), List.of(2.0, 2.1, 2.2)));
        assertEquals(Verdict.WORSE, low(List.of(2.0, 2.1, 2.2), List.of(1.0, 1.1, 1.2)));
        assertEquals(Verdict.EQUAL, low(List.of(1.0, 3.0, 1.0, 3.0), List.of(2.0, 1.0, 2.0, 1.0)));
        assertEquals(Verdict.BETTER, high(List.of(9.0, 9.0, 9.0), List.of(5.0, 5.0, 5.0)));
        assertEquals(Verdict.WORSE, high(List.of(5.0, 5.0, 5.0), List.of(9.0, 9.0, 9.0)));
    }

    @Test
    void aMachineThatSlowsDownForBothMovesNoVerdict() {
        // Medians alone would lie: each run of ours is a tenth faster than its neighbour.
        assertEquals(Verdict.BETTER, low(List.of(0.9, 9.0, 90.0), List.of(1.0, 10.0, 100.0)));
    }

    @Test
    void threePercentAreNoDifference() {
        assertEquals(Verdict.EQUAL, low(List.of(1.0, 1.0, 1.0), List.of(1.02, 1.02, 1.02)));
        assertEquals(Verdict.BETTER, low(List.of(1.0, 1.0, 1.0), List.of(1.05, 1.05, 1.05)));
    }

    @Test
    void aFigureThatIsMissingIsNoVictory() {
        assertEquals(Verdict.ABSENT, low(List.of(), List.of(1.0)));
        assertEquals(Verdict.ABSENT, low(List.of(0.0), List.of(1.0)));
    }

    @Test
    void aRowThatLosesSaysWhy() {
        for (String id : Rows.ids()) {
            Row lost = Row.once(id, "ms", Row.Good.LOW, 2, 1, null, "");
            assertTrue(Reasons.explained(lost).note().startsWith("loses: "), id);
        }
        Row won = Row.once("write.batch100", "ms", Row.Good.LOW, 1, 2, null, "note");
        assertEquals("note", Reasons.explained(won).note());
        for (Reasons.Reason reason : Reasons.ALL) {
            assertTrue(
                    Rows.ids().stream().anyMatch(id -> reason.ids().matcher(id).matches()),
                    "no row has the reason " + reason.ids());
        }
    }

    private static Verdict low(List<Double> ours, List<Double> theirs) {
        return verdict(Row.Good.LOW, ours, theirs);
    }

    private static Verdict high(List<Double> ours, List<Double> theirs) {
        return verdict(Row.Good.HIGH, ours, theirs);
    }

    private static Verdict verdict(Row.Good good, List<Double> ours, List<Double> theirs) {
        return Row.of("id", "unit", good, new Row.Runs(ours, theirs, List.of()), "").verdict();
    }
}
