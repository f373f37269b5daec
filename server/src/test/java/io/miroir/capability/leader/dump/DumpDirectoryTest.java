package io.miroir.capability.leader.dump;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.backup.BackupStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DumpDirectoryTest {
    private static final String UID = "20261126-200000123";
    private static final byte[] CONTENT = {1, 2, 3};

    private final AtomicLong freeBytes = new AtomicLong(Long.MAX_VALUE);

    @SuppressWarnings("NullAway.Init")
    private Path path;

    @SuppressWarnings("NullAway.Init")
    private DumpDirectory directory;

    @BeforeEach
    void make(@TempDir Path parent) throws IOException {
        path = parent.resolve("dumps");
        directory = new DumpDirectory(path, freeBytes::get);
        directory.prepare();
    }

    @Test
    void onlyWhatIsKeptCanBeAskedFor() throws Exception {
        Path file = write(UID);
        assertTrue(directory.open(UID).isEmpty());
        directory.keep(file, UID);
        try (BackupStream dump = directory.open(UID).orElseThrow()) {
            assertEquals(CONTENT.length, dump.bytes());
            ByteArrayOutputStream sent = new ByteArrayOutputStream();
            dump.writeTo(sent);
            assertArrayEquals(CONTENT, sent.toByteArray());
        }
        assertEquals(
                Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE),
                Files.getPosixFilePermissions(path.resolve(UID + ".dump")));
    }

    @Test
    void whatALostRunLeftGoes() throws Exception {
        Path left = write(UID);
        directory.keep(write("20261126-200000124"), "20261126-200000124");
        directory.prepare();
        assertFalse(Files.exists(left));
        directory.open("20261126-200000124").orElseThrow().close();
    }

    /** The name comes from a request. */
    @Test
    void namesLeadNowhereElse() throws Exception {
        Files.write(path.resolveSibling("x.dump"), CONTENT);
        for (String name : new String[] {"../x", "", "x", UID + "/../" + UID}) {
            assertTrue(directory.open(name).isEmpty(), name);
        }
    }

    @Test
    void theDiskIsNotFilled() throws Exception {
        freeBytes.set(DumpDirectory.FREE_BYTES_MIN + CONTENT.length);
        Path file = write(UID);
        freeBytes.decrementAndGet();
        OutputStream out = directory.write(file);
        out.write(CONTENT);
        assertThrows(DumpDirectory.NoRoomException.class, out::flush);
    }

    private Path write(String name) throws IOException {
        Path file = directory.unfinished(name);
        try (OutputStream out = directory.write(file)) {
            out.write(CONTENT);
        }
        return file;
    }
}
