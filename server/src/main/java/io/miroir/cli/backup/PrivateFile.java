package io.miroir.cli.backup;

import io.miroir.sqlite.DatabaseFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that hold what only their owner may read. */
public final class PrivateFile {
    private PrivateFile() {}

    /** Makes the file, which must not exist, and opens it for writing. */
    public static OutputStream create(Path file) throws IOException {
        DatabaseFiles.createPrivate(file);
        return Files.newOutputStream(file);
    }
}
