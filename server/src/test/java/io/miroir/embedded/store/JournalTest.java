package io.miroir.embedded.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.miroir.harness.SmallDisk;
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

    /** Of a line that finds no room nothing is left: the next one does not go on with a part. */
    @Test
    void aLineThatFindsNoRoomIsDropped() throws IOException {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"), 1)) {
            assumeTrue(disk.isThere(), "nobody may mount a disk here");
            directory = directory.resolve("disk");
            List<String> written = new ArrayList<>();
            try (Journal journal = Journal.open(directory, "journal", _ -> {})) {
                journal.append("before");
                written.add("before");
                disk.fill();
                // What is left of the last page holds some, and a part of the one that is too much.
                String line = "one of many that are longer than others";
                while (append(journal, line)) {
                    written.add(line);
                }
                disk.makeRoom();
                journal.append("after");
                written.add("after");
            }
            assertEquals(written, reopened());
        }
    }

    private static boolean append(Journal journal, String line) {
        try {
            journal.append(line);
            return true;
        } catch (IOException full) {
            return false;
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
