package io.miroir.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Reads SQLite's write-ahead log against the checksums of its frames. SQLite takes the first one
 * that does not fit for the log's end. So it must be where a crash cut a transaction short; but if
 * a bit flipped, whatever was committed behind it would be gone without a word.
 *
 * <p>Each commit is synced before the next transaction writes anything. So a frame behind a commit
 * shows that this commit was synced, and with it every frame before: one of them that does not fit
 * is damaged.
 */
final class WalCheck {
    /** The last bit says in which order its checksums read bytes. */
    private static final int MAGIC = 0x377f0682;

    private static final int HEADER_BYTES = 32;
    private static final int FRAME_HEADER_BYTES = 24;
    private static final int PAGE_BYTES_MIN = 512;
    private static final int PAGE_BYTES_MAX = 65_536;

    private final FileChannel log;
    private int first;
    private int second;

    private WalCheck(FileChannel log) {
        this.log = log;
    }

    /** Whether there is a write-ahead log that is not empty. */
    static boolean holdsSomething(Path dataDir) throws IOException {
        Path file = DatabaseFiles.writeAheadLog(dataDir);
        return Files.exists(file) && Files.size(file) > 0;
    }

    /**
     * Whether committed transactions can't be read any more; nothing if there is no write-ahead
     * log. For a database whose every commit is synced.
     */
    static Optional<String> lost(Path dataDir) throws IOException {
        Path file = DatabaseFiles.writeAheadLog(dataDir);
        if (!holdsSomething(dataDir)) {
            return Optional.empty();
        }
        try (FileChannel log = FileChannel.open(file, StandardOpenOption.READ)) {
            return new WalCheck(log).damage().map(what -> file + " is damaged: " + what);
        }
    }

    private Optional<String> damage() throws IOException {
        if (log.size() < HEADER_BYTES + FRAME_HEADER_BYTES) {
            // Its head is synced before the first frame is written.
            return Optional.empty();
        }
        ByteBuffer head = read(0, HEADER_BYTES);
        int pageBytes = head.getInt(8);
        boolean known =
                (head.getInt(0) & ~1) == MAGIC
                        && pageBytes >= PAGE_BYTES_MIN
                        && pageBytes <= PAGE_BYTES_MAX;
        ByteOrder order =
                (head.getInt(0) & 1) == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        sum(head, 0, HEADER_BYTES - 2 * Integer.BYTES, order);
        return known && fits(head, HEADER_BYTES)
                ? frames(head.getLong(16), pageBytes, order)
                : Optional.of("its head does not fit its checksum");
    }

    private Optional<String> frames(long salt, int pageBytes, ByteOrder order) throws IOException {
        int frameBytes = FRAME_HEADER_BYTES + pageBytes;
        long unfit = -1;
        boolean commitBehind = false;
        for (long at = HEADER_BYTES; at + frameBytes <= log.size(); at += frameBytes) {
            ByteBuffer frame = read(at, frameBytes);
            // Others are of a time before the log began anew: all of that is in the database.
            boolean ofThisLog = frame.getLong(8) == salt;
            if (unfit < 0) {
                sum(frame, 0, 8, order);
                sum(frame, FRAME_HEADER_BYTES, frameBytes, order);
                unfit = ofThisLog && fits(frame, FRAME_HEADER_BYTES) ? -1 : at;
            } else if (ofThisLog && commitBehind) {
                return Optional.of(
                        "the frame at byte %d does not fit its checksum, and commits follow"
                                .formatted(unfit));
            }
            commitBehind |= unfit >= 0 && ofThisLog && frame.getInt(4) != 0;
        }
        return Optional.empty();
    }

    /** Whether the two numbers at the end of a head are the checksum so far. */
    private boolean fits(ByteBuffer head, int headBytes) {
        return head.getInt(headBytes - 2 * Integer.BYTES) == first
                && head.getInt(headBytes - Integer.BYTES) == second;
    }

    /** As SQLite's file format says; it goes on from one frame to the next. */
    private void sum(ByteBuffer bytes, int from, int to, ByteOrder order) {
        ByteBuffer words = bytes.duplicate().order(order);
        for (int at = from; at < to; at += 2 * Integer.BYTES) {
            first += words.getInt(at) + second;
            second += words.getInt(at + Integer.BYTES) + first;
        }
    }

    private ByteBuffer read(long at, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining() && log.read(buffer, at + buffer.position()) >= 0) {
            // Until all of it is there.
        }
        return buffer.flip();
    }
}
