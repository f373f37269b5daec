package io.miroir.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Sizes in the forms that Meilisearch has. */
class ByteTextTest {
    @Test
    void thoseOfTasksAreReadAndWrittenInTheLargestUnit() {
        for (String text : List.of("0 B", "999 B", "1 KB", "1 KiB", "68 KiB", "1.5 MiB", "2 GiB")) {
            assertEquals(text, ByteText.exact(ByteText.parse(text)));
        }
        assertEquals("1 MB", ByteText.exact(1_000_000));
        assertEquals("1.024 MB", ByteText.exact(1_024_000));
        assertEquals(0, ByteText.parse("many"));
    }

    @Test
    void thoseOfLimitsAreInTheUnitsThatTheyAreRoundIn() {
        assertEquals("100 MB", ByteText.limit(100_000_000));
        assertEquals("100 MiB", ByteText.limit(100 << 20));
        assertEquals("123.456789 MB", ByteText.limit(123_456_789));
        assertEquals("3 B", ByteText.limit(3));
    }

    @Test
    void thoseOfStatisticsHaveBinaryUnitsAndTwoDigits() {
        assertEquals("0 B", ByteText.binary(0));
        assertEquals("1000 B", ByteText.binary(1_000));
        assertEquals("1 KiB", ByteText.binary(1_024));
        assertEquals("1.46 KiB", ByteText.binary(1_500));
        assertEquals("976.56 KiB", ByteText.binary(1_000_000));
        assertEquals("2 PiB", ByteText.binary(2L << 50));
    }
}
