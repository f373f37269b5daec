package io.miroir.core.hash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.core.GoldenFile;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class XxHash64Test {
    /** Shows: our XXH64 gives what the reference library gives, for all tail lengths and seeds. */
    @Test
    void equalsTheReferenceLibrary() {
        int checked = 0;
        for (String[] line : GoldenFile.lines("xxhash64.tsv")) {
            byte[] input = HexFormat.of().parseHex(line[0]);
            long seed = Long.parseLong(line[1]);
            long expected = Long.parseUnsignedLong(line[2]);
            assertEquals(expected, XxHash64.hash(input, 0, input.length, seed), line[0]);
            if (seed == 0) {
                assertEquals(expected, XxHash64.hash(input), line[0]);
            }
            checked++;
        }
        assertTrue(checked >= 140, "vectors: " + checked);
    }

    /** Shows: a range inside a larger array is hashed as if it stood alone. */
    @Test
    void hashesARange() {
        byte[] framed = new byte[50];
        byte[] inner = new byte[41];
        for (int i = 0; i < inner.length; i++) {
            inner[i] = (byte) (i * 31);
            framed[i + 5] = inner[i];
        }
        assertEquals(XxHash64.hash(inner), XxHash64.hash(framed, 5, inner.length, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> XxHash64.hash(framed, 10, 41, 0));
    }
}
