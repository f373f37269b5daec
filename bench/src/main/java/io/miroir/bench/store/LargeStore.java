package io.miroir.bench.store;

import io.miroir.bench.tools.ProcessFigures;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.EnqueueTask;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseCheck;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.store.Digests;
import io.miroir.store.engine.DigestReads;
import io.miroir.store.engine.StoreEngine;
import io.miroir.store.engine.WatchHub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * What a pod with gigabytes in its task store waits for after a crash, before it serves: SQLite's
 * check of the file, and the digests of all tables, which other pods make too, beside their work.
 */
public final class LargeStore {
    private static final long TIME = 1_767_225_600_000_000L;
    private static final int ENTRY_TASKS = 256;

    /** Of a task, as long settings leave them: a store of fewer tasks than it may have. */
    private static final int DETAILS_CHARS = 16_000;

    private static final String DETAILS =
            "{\"filter\":\"%s\"}".formatted("x".repeat(DETAILS_CHARS));
    private static final int WRITES_APART_MILLIS = 10;

    private LargeStore() {}

    /**
     * Prints a line a step: seconds, seconds of CPU, seconds a gigabyte.
     *
     * @param arguments gigabytes of the file (1 to 12; by default 4), which lies where temporary
     *     files do
     */
    public static void main(String[] arguments) throws Exception {
        String gigabytesAsked = arguments.length == 0 ? "4" : arguments[0];
        if (arguments.length > 1 || !gigabytesAsked.matches("[1-9]|1[0-2]")) {
            System.err.println("usage: bench/run largestore [GIGABYTES], 1 to 12, by default 4");
            System.exit(2);
        }
        int gigabytes = Integer.parseInt(gigabytesAsked);
        Path dir = Files.createTempDirectory("large");
        try {
            measure(dir, gigabytes);
        } finally {
            ApplySpeed.delete(dir);
        }
    }

    private static void measure(Path dir, int gigabytes) throws Exception {
        Path file = dir.resolve("store.db");
        Step step = new Step(gigabytes);
        try (Database database = open(dir)) {
            StoreEngine engine = new StoreEngine(database, new WatchHub(0));
            for (long index = 1; Files.size(file) < gigabytes * 1_000_000_000L; index++) {
                apply(engine, index);
            }
        }
        step.done("written, %,d MB".formatted(Files.size(file) / 1_000_000));
        DatabaseCheck.structure(file)
                .ifPresent(
                        damage -> {
                            throw new IllegalStateException(damage);
                        });
        step.done("checked by SQLite");
        try (Database database = open(dir)) {
            StoreEngine engine = new StoreEngine(database, new WatchHub(0));
            step.done("opened");
            Digests quiet = database.readApart(DigestReads::digests);
            step.done("digests, nothing written");
            long from = quiet.appliedIndex();
            CompletableFuture<Digests> beside =
                    CompletableFuture.supplyAsync(() -> database.readApart(DigestReads::digests));
            long index = from;
            while (!beside.isDone()) {
                apply(engine, ++index);
                Thread.sleep(WRITES_APART_MILLIS);
            }
            step.done(
                    "digests, %,d tasks written meanwhile".formatted((index - from) * ENTRY_TASKS));
            if (beside.get().appliedIndex() > index) {
                throw new IllegalStateException("digests of what was not applied");
            }
        }
        System.out.printf(
                "memory of the process at most: %.0f MB%n",
                new ProcessFigures(ProcessHandle.current().pid()).megabytes("VmHWM"));
    }

    private static Database open(Path dir) {
        return new DatabaseFiles(dir, Durability.BEHIND_A_LOG).open();
    }

    private static void apply(StoreEngine engine, long index) {
        Batch.Builder entry = Batch.newBuilder();
        for (int task = 0; task < ENTRY_TASKS; task++) {
            entry.addCommand(
                    Command.newBuilder()
                            .setEnqueueTask(
                                    EnqueueTask.newBuilder()
                                            .setIndexUid("movies-" + task % 100)
                                            .setDetailsJson(DETAILS)));
        }
        engine.apply(index, 1, TIME + index, entry.build());
        engine.commit();
    }

    /** Tells what has passed since the step before. */
    private static final class Step {
        private final int gigabytes;
        private long nanos = System.nanoTime();
        private long cpuMillis = cpuMillis();

        Step(int gigabytes) {
            this.gigabytes = gigabytes;
            System.out.printf(
                    "%-50s %9s %9s %14s%n",
                    "a store of " + gigabytes + " GB", "s", "s of CPU", "s a gigabyte");
        }

        void done(String what) {
            double seconds = (System.nanoTime() - nanos) / 1e9;
            double cpuSeconds = (cpuMillis() - cpuMillis) / 1e3;
            System.out.printf(
                    "%-50s %9.1f %9.1f %14.1f%n", what, seconds, cpuSeconds, seconds / gigabytes);
            nanos = System.nanoTime();
            cpuMillis = cpuMillis();
        }

        private static long cpuMillis() {
            return new ProcessFigures(ProcessHandle.current().pid()).cpuMillis();
        }
    }
}
