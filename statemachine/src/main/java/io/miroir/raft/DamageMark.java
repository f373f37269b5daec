package io.miroir.raft;

import io.miroir.sqlite.DatabaseFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * Says in a data directory that its tables were found to be wrong while they looked right: nothing
 * in the files shows that, so a crash must not make the pod forget it. It goes with the files.
 */
public final class DamageMark {
    /** The file. */
    public static final String FILE = "damaged";

    private DamageMark() {}

    /**
     * On disk when this returns.
     *
     * @param why for whoever reads it
     */
    public static void put(Path dataDir, String why) {
        Path mark = dataDir.resolve(FILE);
        try {
            Files.writeString(mark, why);
            Files.setPosixFilePermissions(mark, PosixFilePermissions.fromString("rw-------"));
            DatabaseFiles.sync(mark);
            DatabaseFiles.sync(dataDir);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + mark, e);
        }
    }

    /** What was found; one that a crash cut short counts too. */
    static Optional<String> read(Path dataDir) throws IOException {
        Path mark = dataDir.resolve(FILE);
        return Files.exists(mark)
                ? Optional.of(dataDir.resolve("store.db") + ": " + Files.readString(mark))
                : Optional.empty();
    }

    /** The files that it speaks of are replaced. */
    static void remove(Path dataDir) throws IOException {
        if (Files.deleteIfExists(dataDir.resolve(FILE))) {
            DatabaseFiles.sync(dataDir);
        }
    }
}
