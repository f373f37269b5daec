package io.miroir.bench.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whoever waits is told for what; a log gets a line a measurement, a terminal one line. */
class ProgressTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void aLogGetsALineAMeasurementAndAStep() {
        tell(false);
        List<String> lines = said().lines().toList();
        assertEquals(3, lines.size());
        assertTrue(lines.getFirst().startsWith("[1 of 2, "), lines.getFirst());
        assertTrue(lines.get(1).startsWith("[2 of 2, "), lines.get(1));
        assertTrue(lines.getLast().startsWith("[2 of 2, "), lines.getLast());
        assertTrue(lines.getLast().contains(" write.b: warming up "), lines.getLast());
    }

    @Test
    void whoWaitsIsToldForHowLong() {
        try (Progress progress =
                new Progress(2, false, new PrintStream(out, true, StandardCharsets.UTF_8))) {
            progress.begin("write.a", Duration.ofMinutes(90));
        }
        assertTrue(said().contains(", about 90 min left] write.a"), said());
    }

    @Test
    void aTerminalsLineIsWrittenOverAndGoneAtTheEnd() {
        tell(true);
        assertFalse(said().contains("\n"));
        assertTrue(said().endsWith("\r\033[K"));
    }

    private void tell(boolean terminal) {
        try (Progress progress =
                new Progress(2, terminal, new PrintStream(out, true, StandardCharsets.UTF_8))) {
            progress.begin("write.a");
            progress.begin("write.b");
            progress.step("warming up");
        }
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
