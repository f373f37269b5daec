package io.miroir.raft;

import io.miroir.sqlite.DatabaseFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Says in a data directory that what is in it must not be used, though it looks right: its tables
 * are not those of others, or it is an old copy. Nothing in the files shows that, so a crash must
 * not make the pod forget it. It goes with the files.
 */
public final class DamageMark {
    /** The file. */
    public static final String FILE = "damaged";

    private DamageMark() {}

    /**
     * On disk when this returns. One that is there stays.
     *
     * @param why for whoever reads it
     */
    public static void put(Path dataDir, String why) {
        Path mark = dataDir.resolve(FILE);
        try {
            if (!Files.exists(mark)) {
                DatabaseFiles.write(mark, why);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + mark, e);
        }
    }

    /** What was found; one that an earlier program was cut short in counts too. */
    static Optional<String> read(Path dataDir) throws IOException {
        Path mark = dataDir.resolve(FILE);
        return Files.exists(mark)
                ? Optional.of(dataDir + ": " + Files.readString(mark))
                : Optional.empty();
    }

    /** The files that it speaks of are replaced. */
    static void remove(Path dataDir) throws IOException {
        if (Files.deleteIfExists(dataDir.resolve(FILE))) {
            DatabaseFiles.sync(dataDir);
        }
    }
}
