package io.miroir.raft;

import io.miroir.sqlite.DatabaseFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Says in a data directory that its pod had a vote with the data that it gives up. Once it is
 * struck off nobody else knows that, and it may be stopped before it has its vote again.
 */
public final class LostVote {
    /** The file. */
    static final String FILE = "lost-vote";

    private LostVote() {}

    /** On disk when this returns. */
    public static void put(Path dataDir) {
        try {
            Files.createDirectories(dataDir);
            DatabaseFiles.write(dataDir.resolve(FILE), "");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + dataDir, e);
        }
    }

    /** Whether it says so. */
    public static boolean isThere(Path dataDir) {
        return Files.exists(dataDir.resolve(FILE));
    }

    /**
     * It has its vote again, or an operator is asked to give it, or is the beginning of a cluster.
     */
    public static void remove(Path dataDir) {
        try {
            Files.deleteIfExists(dataDir.resolve(FILE));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete from " + dataDir, e);
        }
    }
}
