package io.miroir.cli.fleet;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskRoomTest {
    @TempDir Path dir;

    @Test
    void aDirectoryIsMadeAndAFullDiskIsRefusedWithNumbers() {
        Path wanted = dir.resolve("a/b");
        DiskRoom.require(wanted, 1);
        assertTrue(Files.isDirectory(wanted));
        FleetException refused =
                assertThrows(
                        FleetException.class, () -> DiskRoom.require(wanted, Long.MAX_VALUE / 2));
        assertTrue(refused.getMessage().contains("--dir"), refused.getMessage());
        assertTrue(refused.getMessage().contains("MB free"), refused.getMessage());
    }

    @Test
    void aFileInTheWayIsNamed() throws IOException {
        Path file = Files.createFile(dir.resolve("file"));
        FleetException refused =
                assertThrows(FleetException.class, () -> DiskRoom.require(file, 1));
        assertTrue(refused.getMessage().contains(file.toString()), refused.getMessage());
    }
}
