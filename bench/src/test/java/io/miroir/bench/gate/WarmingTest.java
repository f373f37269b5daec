package io.miroir.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.bench.tools.ProcessFigures;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WarmingTest {
    private static final long ROUND_MILLIS = 10_000;

    private final AtomicLong millis = new AtomicLong();
    private final AtomicLong compilerMillis = new AtomicLong();

    @Test
    void itIsWarmWhenCompilersRest() {
        Warming.Warmth warmth = warm(10, List.of(15_000L, 4_000L, 301L, 200L, 0L));

        assertEquals(4, warmth.rounds());
        assertEquals(0.02, warmth.compiling());
        assertTrue(warmth.reached());
    }

    @Test
    void aQuietFirstRoundIsNotBelieved() {
        assertEquals(3, warm(10, List.of(0L, 9_000L, 100L)).rounds());
    }

    @Test
    void whatNeverRestsIsTakenAsItIsAndSaysSo() {
        Warming.Warmth warmth = warm(3, List.of(9_000L, 8_000L, 7_000L));

        assertEquals(3, warmth.rounds());
        assertFalse(warmth.reached());
    }

    @Test
    void compilersOfAJvmAreSeen() {
        ProcessFigures own = new ProcessFigures(ProcessHandle.current().pid());

        long compiling = own.compilersCpuMillis();
        assertTrue(compiling > 0 && compiling < own.cpuMillis(), () -> compiling + " ms");
        assertEquals(0, new ProcessFigures(Long.MAX_VALUE).compilersCpuMillis());
    }

    private Warming.Warmth warm(int roundsMax, List<Long> compilingByRound) {
        Iterator<Long> compiling = compilingByRound.iterator();
        return new Warming(roundsMax)
                .warm(
                        () -> {
                            millis.addAndGet(ROUND_MILLIS);
                            compilerMillis.addAndGet(compiling.next());
                        },
                        millis::get,
                        compilerMillis::get);
    }
}
