package io.miroir.pod;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What happens to the disks of nodes that are stopped. */
final class Disks {
    private Disks() {}

    /** An empty one in its place. */
    static void empty(Path home) {
        try {
            for (Path file : all(home).reversed()) {
                Files.delete(file);
            }
            Files.createDirectories(home);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A copy; {@code to} is empty or not there. */
    static void copy(Path from, Path to) {
        try {
            for (Path file : all(from)) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> all(Path home) throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            return files.sorted(Comparator.naturalOrder()).toList();
        }
    }
}
