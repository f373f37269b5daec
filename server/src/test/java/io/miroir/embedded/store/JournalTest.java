package io.miroir.embedded.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    @TempDir private Path directory = Path.of("");

    private List<String> reopened() throws IOException {
        List<String> lines = new ArrayList<>();
        Journal.open(directory, "journal", lines::add).close();
        return lines;
    }

    private void append(String... lines) throws IOException {
        try (Journal journal = Journal.open(directory, "journal", _ -> {})) {
            for (String line : lines) {
                journal.append(line);
            }
        }
    }

    @Test
    void linesComeBackInOrder() throws IOException {
        append("one", "zwei – ü");
        append("three");
        assertEquals(List.of("one", "zwei – ü", "three"), reopened());
    }

    /** A crash in the middle of a write leaves a part of a line: it was not acknowledged. */
    @Test
    void aTornLineIsDroppedAtEveryLength() throws IOException {
        append("one", "two");
        byte[] whole = Files.readAllBytes(directory.resolve("journal"));
        int first = new String(whole, StandardCharsets.UTF_8).indexOf('\n') + 1;
        for (int length = first; length < whole.length; length++) {
            Files.write(directory.resolve("journal"), Arrays.copyOf(whole, length));
            assertEquals(List.of("one"), reopened(), "cut after " + length + " bytes");
            append("three");
            assertEquals(List.of("one", "three"), reopened());
        }
    }

    /** Damage before the end is no torn write: going on would lose what was acknowledged. */
    @Test
    void damageInTheMiddleIsRefused() throws IOException {
        append("one", "two");
        byte[] bytes = Files.readAllBytes(directory.resolve("journal"));
        bytes[10] ^= 1;
        Files.write(directory.resolve("journal"), bytes, StandardOpenOption.TRUNCATE_EXISTING);
        assertThrows(UncheckedIOException.class, this::reopened);
    }

    @Test
    void aRewriteReplacesEverything() throws IOException {
        try (Journal journal = Journal.open(directory, "journal", _ -> {})) {
            journal.append("one");
            journal.append("two");
            journal.rewrite(List.of("both"));
            journal.append("three");
        }
        assertEquals(List.of("both", "three"), reopened());
    }
}
