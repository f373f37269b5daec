package io.miroir.bench.gate;

import io.miroir.bench.tools.Directories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
     * @param warmMillis of warming up with one number of callers
     * @param warmRounds of warming up at most, see {@link Warming}
     * @param tasks that lie on disk where sizes and copies are measured
     * @param flatCommands over which memory must not grow
     */
    record Effort(
            int runs,
            long runMillis,
            long warmMillis,
            int warmRounds,
            int tasks,
            int flatCommands) {
        private static final long RUN_OVERHEAD_MILLIS = 50;

        static final Effort FULL = new Effort(10, 1_000, 8_000, 10, 50_000, 10_000_000);
        static final Effort QUICK = new Effort(3, 400, 1_500, 2, 10_000, 200_000);

        /** What all runs of so many sides take. */
        Duration runsOf(int sides) {
            return Duration.ofMillis((long) runs * sides * (runMillis + RUN_OVERHEAD_MILLIS));
        }

        /** What all runs of something take that takes so long once. */
        Duration runsOf(Duration once) {
            return once.multipliedBy(runs);
        }

        Effort withFlatCommands(int commands) {
            return new Effort(runs, runMillis, warmMillis, warmRounds, tasks, commands);
        }
    }

    Bench(Effort effort) {
        this.effort = effort;
        try {
            this.dir = Files.createTempDirectory("miroir-gate-");
        } catch (IOException e) {
            throw new UncheckedIOException("no directory to measure in", e);
        }
        // Of one that is stopped in the middle, as it may be, nothing stays.
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    Child.endAll();
                                    deleteDirectory();
                                }));
    }

    Effort effort() {
        return effort;
    }

    /** A directory that nobody has used. */
    Path newDirectory(String name) {
        return dir.resolve(++directories + "-" + name);
    }

    /** All contenders; another shape closes the one before. */
    Arena arena(Arena.Shape shape) {
        if (arena == null || !arena.shape().equals(shape)) {
            closeArena();
            arena = new Arena(newDirectory("arena"), shape, effort);
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
        deleteDirectory();
    }

    private void deleteDirectory() {
        try {
            if (Files.exists(dir)) {
                Directories.deleteTree(dir);
            }
        } catch (UncheckedIOException e) {
            System.err.println("left behind: " + dir + " (" + e + ")");
        }
    }
}
