package io.miroir.store.recovery;

import io.miroir.sqlite.DatabaseFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Marks a data directory while an offline command changes it, so that no pod starts on what a crash
 * leaves: {@link DatabaseFiles#open} refuses it.
 */
public final class Unfinished {
    private final Path dataDir;

    private Unfinished(Path dataDir) {
        this.dataDir = dataDir;
    }

    /** From here on the directory is not to be used. */
    public static Unfinished begin(Path dataDir, String command) throws IOException {
        DatabaseFiles.write(dataDir.resolve(DatabaseFiles.UNFINISHED), command);
        return new Unfinished(dataDir);
    }

    /** The command that began and did not end; empty if none did. */
    public static String command(Path dataDir) throws IOException {
        Path mark = dataDir.resolve(DatabaseFiles.UNFINISHED);
        return Files.exists(mark) ? Files.readString(mark) : "";
    }

    /** All is on disk: it may be used. */
    public void end() throws IOException {
        DatabaseFiles.sync(dataDir);
        Files.delete(dataDir.resolve(DatabaseFiles.UNFINISHED));
        DatabaseFiles.sync(dataDir);
    }
}
