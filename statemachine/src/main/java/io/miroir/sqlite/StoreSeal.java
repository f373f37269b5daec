package io.miroir.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * A checksum of a store that was closed in order, so that a bit that flips while the pod is down is
 * noticed wherever it is. It is broken before the store is opened: after a crash there is none.
 *
 * @param databaseBytes length of the database file
 * @param databaseCrc CRC-32C of all of it
 * @param logEnd last index in the log; {@link #NO_LOG} of a single pod's store
 * @param proven whether the tables were known to be right when the store was closed
 */
public record StoreSeal(long databaseBytes, long databaseCrc, long logEnd, boolean proven) {
    /** Stands for the last index of a store without a log. */
    public static final long NO_LOG = -1;

    private static final String FILE = "store.seal";
    private static final Pattern TEXT =
            Pattern.compile(
                    "miroir seal 1 bytes (\\d+) crc ([0-9a-f]+) log (-?\\d+)( unproven)?\n");

    private static final int CHUNK_BYTES = 1 << 20;

    /**
     * Of the closed files, on disk when this returns. None is made where the database's write-ahead
     * log still holds something, as after a disk that failed: the file alone is not the store.
     */
    public static void put(Path dataDir, long logEnd, boolean proven) throws IOException {
        if (WalCheck.holdsSomething(dataDir)) {
            return;
        }
        Path database = DatabaseFiles.file(dataDir);
        // An earlier program takes the longer one for half a seal: it looks as after a crash.
        String text =
                "miroir seal 1 bytes %d crc %x log %d%s\n"
                        .formatted(
                                Files.size(database),
                                crc(database),
                                logEnd,
                                proven ? "" : " unproven");
        DatabaseFiles.write(dataDir.resolve(FILE), text);
    }

    /** Nothing after a crash, and nothing from half a seal. */
    public static Optional<StoreSeal> read(Path dataDir) throws IOException {
        Path seal = dataDir.resolve(FILE);
        if (!Files.exists(seal)) {
            return Optional.empty();
        }
        byte[] bytes = Files.readAllBytes(seal);
        Matcher parts = TEXT.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
        return parts.matches()
                ? Optional.of(
                        new StoreSeal(
                                Long.parseLong(parts.group(1)),
                                Long.parseLong(parts.group(2), 16),
                                Long.parseLong(parts.group(3)),
                                parts.group(4) == null))
                : Optional.empty();
    }

    /** The store is about to change. */
    public static void remove(Path dataDir) throws IOException {
        if (Files.deleteIfExists(dataDir.resolve(FILE))) {
            DatabaseFiles.sync(dataDir);
        }
    }

    /** What differs, if anything. */
    public Optional<String> broken(Path dataDir, long logEndNow) throws IOException {
        Path database = DatabaseFiles.file(dataDir);
        if (!Files.exists(database)) {
            return Optional.of(database + " is gone");
        }
        if (Files.size(database) != databaseBytes) {
            return Optional.of(
                    "%s has %d bytes, it had %d when it was closed"
                            .formatted(database, Files.size(database), databaseBytes));
        }
        if (crc(database) != databaseCrc) {
            return Optional.of(database + " is not what it was when it was closed: bits changed");
        }
        return logEndNow < logEnd
                ? Optional.of(
                        "the log ends at %d, it ended at %d when it was closed"
                                .formatted(logEndNow, logEnd))
                : Optional.empty();
    }

    private static long crc(Path file) throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (channel.read(chunk) >= 0) {
                chunk.flip();
                crc.update(chunk);
                chunk.clear();
            }
        }
        return crc.getValue();
    }
}
