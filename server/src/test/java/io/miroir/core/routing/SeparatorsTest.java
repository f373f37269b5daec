package io.miroir.core.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SeparatorsTest {
    /** Shows: numbers come back, and texts sort as their numbers do (protocol, rule 13). */
    @Test
    void keepsNumbersAndTheirOrder() {
        Random random = new Random(13);
        long before = 0;
        for (int i = 0; i < 1_000; i++) {
            long seq = random.nextLong() & Long.MAX_VALUE;
            String text = Separators.seq(seq);
            assertEquals(63, text.length());
            assertEquals(seq, Separators.decode(text));
            assertEquals(
                    Integer.signum(Long.compare(before, seq)),
                    Integer.signum(Separators.seq(before).compareTo(text)));
            before = seq;
        }
        assertEquals("-------------_-_", Separators.shard(5));
        assertEquals("_".repeat(16), Separators.shard(65_535));
        assertEquals("_".repeat(63), Separators.seq(Long.MAX_VALUE));
    }

    /** Shows: what does not fit or is no such number is refused. */
    @Test
    void refusesWhatDoesNotFit() {
        assertThrows(IllegalArgumentException.class, () -> Separators.shard(65_536));
        assertThrows(IllegalArgumentException.class, () -> Separators.shard(-1));
        assertThrows(IllegalArgumentException.class, () -> Separators.seq(-1));
        assertThrows(IllegalArgumentException.class, () -> Separators.decode(""));
        assertThrows(IllegalArgumentException.class, () -> Separators.decode("-_7"));
        assertTrue(Separators.isReserved(Separators.SEQ_FIELD));
    }
}
