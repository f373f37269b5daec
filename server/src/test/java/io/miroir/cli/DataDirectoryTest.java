package io.miroir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose a data directory is, and when it can't be used. */
class DataDirectoryTest {
    @TempDir private Path dir;

    @Test
    void isMadeForItsOwnerOnly() throws IOException {
        Path data = dir.resolve("a/b");
        try (DataDirectory.Held held =
                assertInstanceOf(DataDirectory.Held.class, DataDirectory.take(data))) {
            assertTrue(held.lock().isValid());
            assertEquals(
                    "rwx------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(data)));
        }
    }

    /** Two pods on one directory would destroy it; the first one to end makes room for the next. */
    @Test
    void hasOneOwnerAtATime() throws IOException {
        try (DataDirectory.Held held =
                assertInstanceOf(DataDirectory.Held.class, DataDirectory.take(dir))) {
            assertTrue(held.lock().isValid());
            assertEquals(
                    "data_dir " + dir + " is in use by another process: each pod needs its own",
                    refusal(DataDirectory.take(dir)));
        }
        try (DataDirectory.Held next =
                assertInstanceOf(DataDirectory.Held.class, DataDirectory.take(dir))) {
            assertTrue(next.lock().isValid());
        }
    }

    @Test
    void aFileIsNoDirectory() throws IOException {
        Path file = Files.writeString(dir.resolve("file"), "");
        assertTrue(refusal(DataDirectory.take(file)).startsWith("data_dir " + file + " can't be"));
    }

    @Test
    void roomIsToldInMebibytes() {
        assertEquals(
                "the disk of data_dir /d has 3 MiB free, at least 64 MiB are needed",
                DataDirectory.noRoom(Path.of("/d"), 3_500_000));
    }

    private static String refusal(DataDirectory taken) {
        return assertInstanceOf(DataDirectory.Refused.class, taken).message();
    }
}
