package io.miroir.capability.leader.dump;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TarStreamTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final TarStream tar = new TarStream(written, 1_700_000_000);

    @Test
    void filesAndFoldersComeBack() throws Exception {
        String block = "x".repeat(512);
        tar.folder("indexes");
        tar.file("", "none", new byte[0]);
        tar.file("indexes/movies", "one", block.getBytes(StandardCharsets.UTF_8));
        tar.file("indexes/" + "u".repeat(147), "two", content("ünd"), 4);
        tar.close();
        assertEquals(
                Map.of(
                        "indexes/",
                        "",
                        "none",
                        "",
                        "indexes/movies/one",
                        block,
                        "indexes/" + "u".repeat(147) + "/two",
                        "ünd"),
                TarFiles.read(written.toByteArray()));
    }

    @Test
    void aFolderOfALongNameDoesNotFit() {
        assertTrue(TarStream.fitsFolder("indexes/" + "u".repeat(147)));
        assertFalse(TarStream.fitsFolder("indexes/" + "u".repeat(148)));
    }

    /** Its size does not fit eleven octal digits: it is written as a number of base 256. */
    @Test
    void aFileMayBeLargerThanEightGibibytes() {
        long bytes = (1L << 33) + 5;
        assertThrows(IllegalStateException.class, () -> tar.file("", "huge", content(""), bytes));
        byte[] header = written.toByteArray();
        TarFiles.check(header, 0);
        assertEquals(0x80, header[124] & 0xff);
        long told = 0;
        for (int i = 125; i < 136; i++) {
            told = (told << 8) | (header[i] & 0xff);
        }
        assertEquals(bytes, told);
    }

    @Test
    void aStreamThatGivesOtherThanItSaidIsABug() {
        assertThrows(IllegalStateException.class, () -> tar.file("", "a", content("abc"), 2));
    }

    private static InputStream content(String text) throws IOException {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
