package io.miroir.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A verdict is about neighbours in time. */
class FigureTest {
    @Test
    void whatCountsIsTheMedianOfTheRatiosOfNeighbours() {
        // Medians alone would lie: each turn of ours is a tenth slower than its neighbour.
        Compared slower = Compared.of(List.of(9.0, 90.0, 900.0), List.of(10.0, 100.0, 1_000.0));
        assertEquals(0.9, slower.ratio(), 1e-9);
        assertEquals(Verdict.MISSED, Figure.atLeast("a", "1/s", slower, 0.95, "").verdict());
        assertEquals(Verdict.MET, Figure.atLeast("a", "1/s", slower, 0.9, "").verdict());
        Compared even = Compared.of(List.of(2.0, 4.0), List.of(2.0, 2.0));
        assertEquals(1.5, even.ratio(), 1e-9);
        assertEquals(3, even.ours(), 1e-9);
    }

    @Test
    void turnsWithoutANeighbourAreNoComparison() {
        assertThrows(
                IllegalArgumentException.class, () -> Compared.of(List.of(1.0), List.of(1.0, 2.0)));
        assertThrows(IllegalArgumentException.class, () -> Compared.of(List.of(), List.of()));
    }

    @Test
    void whatIsAskedForIsMetAtItsBound() {
        assertEquals(Verdict.MET, Figure.atMost("a", "us", 5, 5, "").verdict());
        assertEquals(Verdict.MISSED, Figure.atMost("a", "us", 5.1, 5, "").verdict());
        assertEquals(Verdict.TOLD, Figure.told("a", "us", 5, "").verdict());
        assertEquals("absent", Figure.absent("a", "why").verdict().word());
    }

    @Test
    void whatIsComparedIsJudgedByItsRatioOrItsDistance() {
        assertEquals(Verdict.MET, Figure.atMostTimes("a", "ms", 15, 10, 1.5, "").verdict());
        assertEquals(Verdict.MISSED, Figure.atMostTimes("a", "ms", 15.1, 10, 1.5, "").verdict());
        assertEquals(Verdict.MET, Figure.within("a", "", 95, 100, 0.05, "").verdict());
        assertEquals(Verdict.MISSED, Figure.within("a", "", 94, 100, 0.05, "").verdict());
        assertEquals(Verdict.MISSED, Figure.within("a", "", 106, 100, 0.05, "").verdict());
        assertEquals(Verdict.MET, Figure.none("a", "", 0, "").verdict());
        assertEquals(Verdict.MISSED, Figure.none("a", "", 1, "").verdict());
        assertEquals(Verdict.TOLD, Figure.beside("a", "ms", 9, 1, "").verdict());
    }
}
