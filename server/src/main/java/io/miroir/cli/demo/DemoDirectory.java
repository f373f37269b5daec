package io.miroir.cli.demo;

import io.miroir.cli.fleet.FleetException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a demo keeps its data: a directory that the user gave, or a temporary one that goes away.
 *
 * @param keep whether it stays after the end
 */
public record DemoDirectory(Path path, boolean keep) {
    /** The given directory, or a new one below the system's for temporary files. */
    public static DemoDirectory open(Optional<Path> given, boolean keep) {
        try {
            if (given.isPresent()) {
                return new DemoDirectory(
                        Files.createDirectories(given.get().toAbsolutePath()), true);
            }
            return new DemoDirectory(Files.createTempDirectory("miroir-demo-"), keep);
        } catch (IOException e) {
            throw new FleetException(
                    "The directory %s can't be made: %s. Give another one with --dir."
                            .formatted(given.map(Path::toString).orElse("for the data"), e),
                    e);
        }
    }

    /** Removes what is not kept; what can't be removed is left to the system. */
    public void cleanUp() {
        if (keep) {
            return;
        }
        try {
            Files.walkFileTree(path, new Remover());
        } catch (IOException e) {
            System.err.println("miroir demo: " + path + " could not be removed: " + e);
        }
    }

    private static final class Remover extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException fault)
                throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
