package io.miroir.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseCheck;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.sqlite.Salvage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read of a damaged database is in the one file that was made of it, or it is said. */
class SalvageRoomTest {
    private static final int DISK_MEGABYTES = 4;
    private static final int BLOB_BYTES = 1 << 20;

    @TempDir Path dir;

    private Path database(int megabytes) {
        Path file = dir.resolve(megabytes + ".db");
        try (Database database = Database.open(file, Durability.EVERY_COMMIT)) {
            for (int i = 0; i < megabytes; i++) {
                database.writer()
                        .update(
                                "INSERT INTO proposers VALUES (?, 1, ?, 1)",
                                i,
                                new byte[BLOB_BYTES]);
            }
        }
        return file;
    }

    /** There is room for it, and not for a log of the same size beside it. */
    @Test
    void aDiskThatHasRoomForTheFileOnly() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(dir.resolve("disk"), DISK_MEGABYTES)) {
            assumeTrue(disk.isThere(), "nobody may mount a disk here");
            Path copy = dir.resolve("disk/copy.db");
            assertEquals(List.of(), Salvage.copy(database(2), copy));
            Path alone = dir.resolve("alone.db");
            Files.copy(copy, alone);
            assertEquals(Optional.empty(), DatabaseCheck.structure(alone));
            try (Database whole = Database.open(alone, Durability.EVERY_COMMIT)) {
                assertEquals(2, whole.writer().number("SELECT count(*) FROM proposers"));
            }
        }
    }

    @Test
    void aDiskThatIsTooSmall() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(dir.resolve("disk"), DISK_MEGABYTES)) {
            assumeTrue(disk.isThere(), "nobody may mount a disk here");
            Path database = database(DISK_MEGABYTES);
            assertThrows(
                    IOException.class, () -> Salvage.copy(database, dir.resolve("disk/copy.db")));
        }
    }

    /** A file whose log could not be emptied is not the whole database. */
    @Test
    void aFileWithALogBesideItReplacesNothing() throws Exception {
        Path part = dir.resolve("part.db");
        DatabaseFiles files = new DatabaseFiles(dir, Durability.EVERY_COMMIT);
        try (Database open = Database.open(part, Durability.EVERY_COMMIT)) {
            open.writer().update("INSERT INTO proposers VALUES (1, 1, x'00', 1)");
            assertThrows(IOException.class, () -> files.replaceBy(part));
        }
        files.replaceBy(part);
        try (Database whole = files.open()) {
            assertEquals(1, whole.writer().number("SELECT count(*) FROM proposers"));
        }
    }
}
