package io.miroir.bench.gate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What measurements share: how long they take, a directory, the arena that is open. */
final class Bench implements AutoCloseable {
    private final Effort effort;
    private final Path dir;
    private @Nullable Arena arena;
    private int directories;

    /**
     * How much is measured.
     *
     * @param runs of each contender, one after the other in turns
     * @param runMillis of each
     * @param warmMillis of each step of warming up
     */
    record Effort(int runs, long runMillis, long warmMillis) {
        static final Effort FULL = new Effort(10, 1_000, 8_000);
        static final Effort QUICK = new Effort(3, 400, 1_500);
    }

    Bench(Effort effort) {
        this.effort = effort;
        try {
            this.dir = Files.createTempDirectory("miroir-gate-");
        } catch (IOException e) {
            throw new UncheckedIOException("no directory to measure in", e);
        }
    }

    Effort effort() {
        return effort;
    }

    /** A directory that nobody has used. */
    Path newDirectory(String name) {
        return dir.resolve(++directories + "-" + name);
    }

    /** All contenders with this many servers each; another number closes the one before. */
    Arena arena(int voters) {
        if (arena == null || arena.voters() != voters) {
            closeArena();
            arena = new Arena(newDirectory("arena"), voters, effort.warmMillis());
        }
        return arena;
    }

    /** Before a measurement that wants the machine for itself. */
    void closeArena() {
        if (arena != null) {
            arena.close();
            arena = null;
        }
    }

    @Override
    public void close() {
        closeArena();
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.err.println("left behind: " + dir + " (" + e + ")");
        }
    }
}
