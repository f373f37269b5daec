package io.miroir.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
    void aFigureThatCanNotExistIsNullAndTheNoteSaysWhy() {
        assertThrows(
                IllegalStateException.class,
                () -> new Row("id", "", 1.0, 2.0, null, "1..1", Verdict.BETTER, "a note"));
        assertThrows(
                IllegalStateException.class,
                () -> new Row("id", "", 1.0, 2.0, 3.0, null, Verdict.BETTER, "a note"));
        assertThrows(
                IllegalStateException.class,
                () -> new Row("id", "", null, 2.0, 3.0, "", Verdict.BETTER, Row.NO_REDIS));
        Row beside = Row.beside(5, "id", "", Row.Good.HIGH, List.of(9.0), Row.NO_REDIS + "why");
        assertEquals(Verdict.BETTER, beside.verdict());
        assertNull(beside.redisEqual());
        Row once = Row.once("id", "", Row.Good.LOW, 1, 2, 3, "it is counted", "a note");
        assertEquals("a note; no spread: it is counted", once.note());
        assertNull(once.spread());
    }

    @Test
    void redisInItsUsualSettingIsShownAndDecidesNothing() {
        Row.Runs runs = new Row.Runs(List.of(1.0), List.of(2.0), List.of(0.1));
        Row row = Row.of("id", "ms", Row.Good.LOW, runs, "");
        assertEquals(Verdict.BETTER, row.verdict());
        assertEquals(0.1, row.redisUsual());
    }

    @Test
    void aRowThatLosesSaysWhy() {
        for (String id : Rows.ids()) {
            Row lost = Row.once(id, "ms", Row.Good.LOW, 2, 1, 1, "once", "");
            assertTrue(Reasons.explained(lost).note().contains("; loses: "), id);
        }
        Row won = Row.once("write.batch100", "ms", Row.Good.LOW, 1, 2, 2, "once", "note");
        assertEquals(won, Reasons.explained(won));
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
        return Row.of("id", "unit", good, new Row.Runs(ours, theirs, theirs), "").verdict();
    }
}
