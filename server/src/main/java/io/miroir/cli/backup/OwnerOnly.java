package io.miroir.cli.backup;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Files that hold what only their owner may read. */
public final class OwnerOnly {
    private OwnerOnly() {}

    /** Makes the file, which must not exist, and opens it for writing. */
    public static OutputStream create(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        boolean posix =
                parent != null && Files.getFileStore(parent).supportsFileAttributeView("posix");
        if (posix) {
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(file);
        }
        return Files.newOutputStream(file);
    }
}
