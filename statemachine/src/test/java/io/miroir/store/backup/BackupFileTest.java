package io.miroir.store.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.Digests;
import io.miroir.store.TaskStore;
import io.miroir.store.Writes;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup is the state at one moment, and says so when it is not whole. */
class BackupFileTest {
    @TempDir Path dir;

    @Test
    void theTablesInAFileAreThoseOfTheStore() throws Exception {
        try (TaskStore store = open("live")) {
            long epoch = Writes.claim(store, "movies", "pod-a");
            for (int i = 0; i < 20; i++) {
                Writes.write(store, "movies", epoch);
            }
            Digests live = store.digests();
            Path file = backup(store, "state.mbk");

            Summary summary = sound(file, "copy.db");
            assertEquals(live.appliedIndex(), summary.appliedIndex());
            assertEquals(live.sha256ByTable(), digests(summary));
            assertEquals(20, summary.rows("tasks"));
            assertEquals(Files.size(file), BackupFile.bytes(summary));
        }
    }

    @Test
    void aBackupTakenUnderWritesIsOneMoment() throws Exception {
        // Each write is a task and a lane position: a copy between the two would not agree.
        try (TaskStore store = open("busy");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            AtomicBoolean stop = new AtomicBoolean();
            long epoch = Writes.claim(store, "movies", "pod-a");
            Future<Long> writes =
                    threads.submit(
                            () -> {
                                long last = -1;
                                while (!stop.get()) {
                                    last = Writes.write(store, "movies", epoch);
                                }
                                return last;
                            });
            Summary earlier = sound(backup(store, "first.mbk"), "first.db");
            Summary later = sound(backup(store, "second.mbk"), "second.db");
            stop.set(true);
            assertTrue(writes.get() >= later.rows("tasks") - 1);
            assertTrue(earlier.appliedIndex() <= later.appliedIndex());
        }
    }

    @Test
    void onlyOneBackupIsTakenAtATimeAndNothingIsLeftBehind() throws Exception {
        try (TaskStore store = open("one")) {
            OnlineBackup backups = new OnlineBackup(store, dir, "test");
            var first = assertInstanceOf(OnlineBackup.Taken.Copy.class, backups.take());
            assertInstanceOf(OnlineBackup.Taken.Busy.class, backups.take());
            first.close();
            var again = assertInstanceOf(OnlineBackup.Taken.Copy.class, backups.take());
            again.close();
            assertFalse(Files.exists(dir.resolve("backup.tmp")));
        }
    }

    @Test
    void whatWasChangedOrCutIsNotSound() throws Exception {
        Path file;
        try (TaskStore store = open("harmed")) {
            long epoch = Writes.claim(store, "movies", "pod-a");
            Writes.write(store, "movies", epoch);
            file = backup(store, "harmed.mbk");
        }
        byte[] whole = Files.readAllBytes(file);
        Random random = new Random(7);
        for (int i = 0; i < 40; i++) {
            byte[] flipped = whole.clone();
            flipped[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
            damaged(flipped);
        }
        for (int length : new int[] {0, 7, 15, 40, whole.length / 2, whole.length - 1}) {
            damaged(Arrays.copyOf(whole, length));
        }
        damaged(Arrays.copyOf(whole, whole.length + 1));
    }

    private void damaged(byte[] bytes) throws IOException {
        Path file = Files.write(dir.resolve("damaged.mbk"), bytes);
        Path database = dir.resolve("damaged.db");
        Files.deleteIfExists(database);
        assertInstanceOf(Reading.Damaged.class, BackupFile.read(file, database));
    }

    private Summary sound(Path file, String database) throws IOException {
        Reading reading = BackupFile.read(file, dir.resolve(database));
        return assertInstanceOf(Reading.Sound.class, reading, reading::toString).summary();
    }

    private Path backup(TaskStore store, String name) throws IOException {
        Path file = dir.resolve(name);
        OnlineBackup.Taken taken = new OnlineBackup(store, dir, "test").take();
        try (OnlineBackup.Taken.Copy copy = assertInstanceOf(OnlineBackup.Taken.Copy.class, taken);
                OutputStream out = Files.newOutputStream(file)) {
            copy.writeTo(out);
        }
        return file;
    }

    private static SortedMap<String, String> digests(Summary summary) {
        SortedMap<String, String> digests = new TreeMap<>();
        summary.tables().forEach((table, figures) -> digests.put(table, figures.sha256()));
        return digests;
    }

    private TaskStore open(String name) {
        return new SqliteTaskStore(
                SqliteStoreConfig.of("pod-a", dir.resolve(name)),
                InstantSource.system(),
                new CollectorRegistry(),
                failure -> {
                    throw new AssertionError("the store failed", failure);
                });
    }
}
