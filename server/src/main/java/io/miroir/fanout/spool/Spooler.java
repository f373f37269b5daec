package io.miroir.fanout.spool;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Makes spools, and keeps what they hold together within limits. */
public final class Spooler {
    private static final long ROOM_BYTES_MIN = 1 << 20;

    /** What all bodies in memory may hold together; beyond it they go to files at once. */
    static final long ALL_MEMORY_BYTES_MAX = 64L << 20;

    private final Path directory;
    private final long bodyMemoryBytes;
    private final long quotaBytes;
    private final AtomicLong fileBytes = new AtomicLong();
    private final AtomicLong memoryBytes = new AtomicLong();

    /**
     * Takes over a directory; what an earlier run left in it is deleted.
     *
     * @param bodyMemoryBytes a smaller body never touches the disk
     * @param quotaBytes what all files together may hold
     */
    public Spooler(Path directory, long bodyMemoryBytes, long quotaBytes) throws IOException {
        this.directory = directory;
        this.bodyMemoryBytes = bodyMemoryBytes;
        this.quotaBytes = quotaBytes;
        Files.createDirectories(directory);
        try (Stream<Path> left = Files.list(directory)) {
            for (Path file : left.toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** A new empty spool. */
    public Spool open() {
        return new Spool(this);
    }

    /**
     * A whole body and its digest.
     *
     * @param sha256 64 hex digits
     */
    public record Received(Spooled body, String sha256) {}

    /** Takes in a whole body. What its stream throws passes through; nothing stays behind then. */
    public Received receive(InputStream in) throws IOException {
        Spool spool = open();
        try {
            DigestInputStream digesting = new DigestInputStream(in, sha256());
            digesting.transferTo(spool);
            String digest = HexFormat.of().formatHex(digesting.getMessageDigest().digest());
            return new Received(spool.finish(), digest);
        } catch (IOException | RuntimeException failed) {
            spool.discard();
            throw failed;
        }
    }

    /** What all bodies hold in memory now. */
    public long heldMemoryBytes() {
        return memoryBytes.get();
    }

    /** What all bodies hold in files now. */
    public long heldFileBytes() {
        return fileBytes.get();
    }

    Path newFile() throws IOException {
        return Files.createTempFile(directory, "body-", ".spool");
    }

    long bodyMemoryBytes() {
        return bodyMemoryBytes;
    }

    boolean takeMemory(long bytes) {
        if (memoryBytes.addAndGet(bytes) > ALL_MEMORY_BYTES_MAX) {
            memoryBytes.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    void giveBackMemory(long bytes) {
        memoryBytes.addAndGet(-bytes);
    }

    void takeFile(long bytes) {
        if (fileBytes.addAndGet(bytes) > quotaBytes) {
            fileBytes.addAndGet(-bytes);
            throw new ApiException(
                    ErrorCode.MIROIR_OVERLOADED,
                    "The bodies that wait on this pod fill their quota of "
                            + quotaBytes
                            + " bytes.");
        }
    }

    void giveBackFile(long bytes) {
        fileBytes.addAndGet(-bytes);
    }

    /** A full disk is the operator's trouble, not a bug: the client is told. */
    RuntimeException failed(IOException failure) {
        try {
            FileStore disk = Files.getFileStore(directory);
            if (disk.getUsableSpace() < ROOM_BYTES_MIN) {
                return new ApiException(
                        ErrorCode.NO_SPACE_LEFT_ON_DEVICE,
                        "There is no more space left on the device.");
            }
        } catch (IOException alsoFailed) {
            failure.addSuppressed(alsoFailed);
        }
        return new UncheckedIOException(failure);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
