package io.miroir.bench.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Directories that measurements use. */
public final class Directories {
    private Directories() {}

    /** Deletes a directory with all that is in it. */
    public static void deleteTree(Path top) {
        try (Stream<Path> files = Files.walk(top)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(top.toString(), e);
        }
    }
}
