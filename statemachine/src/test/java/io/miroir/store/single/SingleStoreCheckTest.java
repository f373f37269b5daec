package io.miroir.store.single;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.sqlite.DamagedDatabaseException;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.TaskStore;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a single pod's store that are damaged while it is down: nothing of them is served. */
class SingleStoreCheckTest {
    private static final int WRITES = 60;
    private static final int HEAD_BYTES = 32;

    @TempDir Path dir;
    private Path data;
    private Path database;
    private Path log;
    private Path seal;

    @BeforeEach
    void aStoreThatWasClosedInOrder() {
        in(dir.resolve("data"));
        try (TaskStore store = open()) {
            fill(store);
        }
    }

    private void in(Path directory) {
        data = directory;
        database = data.resolve("store.db");
        log = data.resolve("store.db-wal");
        seal = data.resolve("store.seal");
    }

    @Test
    void anyFlippedBitIsSeenAndTheFileStaysAsItIs() throws Exception {
        Random random = new Random(7);
        byte[] whole = Files.readAllBytes(database);
        for (int i = 0; i < 20; i++) {
            flip(database, random.nextInt(whole.length));
            byte[] damaged = Files.readAllBytes(database);
            // Asking again does not make it right.
            assertTrue(refusal().contains("bits changed"));
            assertTrue(refusal().contains("bits changed"));
            assertArrayEquals(damaged, Files.readAllBytes(database));
            Files.write(database, whole);
        }
        cut(database, whole.length / 2);
        assertTrue(refusal().contains("bytes"));
        Files.delete(database);
        assertTrue(refusal().contains("gone"));
        Files.write(database, whole);
        assertHolds(WRITES);
    }

    @Test
    void afterACrashTheStructureIsLookedAt() throws Exception {
        Files.delete(seal);
        byte[] whole = Files.readAllBytes(database);
        flip(database, 3);
        assertTrue(refusal().contains("store.db is damaged"));
        Files.write(database, whole);
        cut(database, whole.length / 2);
        assertTrue(refusal().contains("store.db is damaged"));
        Files.write(database, new byte[0]);
        assertTrue(refusal().contains("empty"));
        Files.write(database, whole);
        assertHolds(WRITES);
    }

    /** Half a seal is none. A store that is open, or failed, has none. */
    @Test
    void onlyAStoreThatEndsInOrderIsSealed() throws Exception {
        String whole = Files.readString(seal);
        Files.writeString(seal, whole.substring(0, whole.length() / 2));
        assertHolds(WRITES);
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        TaskStore failing = open(failures::add);
        assertFalse(Files.exists(seal), "a crash would leave it");
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = other.createStatement()) {
            statement.execute("DROP TABLE tasks");
        }
        assertInstanceOf(Reply.Refused.class, write(failing));
        failing.close();
        assertEquals(1, failures.size());
        assertFalse(Files.exists(seal));
    }

    /** SQLite would take the damaged place for the log's end, and tell nobody. */
    @Test
    void whatWasCommittedIsNotDroppedForABitInTheWriteAheadLog() throws Exception {
        crash();
        Random random = new Random(7);
        byte[] whole = Files.readAllBytes(log);
        for (int i = 0; i < 20; i++) {
            // The last transaction can't be told from one that was cut short.
            flip(log, HEAD_BYTES + random.nextInt(whole.length / 2));
            assertTrue(refusal().contains("commits follow"));
            Files.write(log, whole);
        }
        for (int at : new int[] {2, 3, 9, 17, 30}) {
            flip(log, at);
            assertTrue(refusal().contains("its head"));
            Files.write(log, whole);
        }
        byte[] rows = Files.readAllBytes(database);
        Files.delete(database);
        assertTrue(refusal().contains("gone"));
        Files.write(database, rows);
        assertHolds(2 * WRITES);
    }

    @Test
    void aTransactionThatACrashCutShortIsNoDamage() throws Exception {
        crash();
        cut(log, Files.size(log) - 100);
        assertHolds(2 * WRITES - 1);
        // And once more from there.
        crash();
        flip(log, Files.size(log) - 100);
        assertHolds(3 * WRITES - 2);
    }

    /** Copies the files of a store that runs, all of whose last writes are in its log. */
    private void crash() throws IOException {
        Path crashed = Files.createDirectory(dir.resolve("crashed-from-" + data.getFileName()));
        try (TaskStore store = open()) {
            fill(store);
            for (Path file : List.of(database, log)) {
                Files.copy(file, crashed.resolve(file.getFileName()));
            }
        }
        in(crashed);
        assertTrue(Files.size(log) > WRITES * 4_096L);
    }

    private static void fill(TaskStore store) {
        for (int i = 0; i < WRITES; i++) {
            assertInstanceOf(Reply.Applied.class, write(store));
        }
    }

    private static Reply<Tasks.Birth> write(TaskStore store) {
        return store.tasks().enqueue(NewTask.of(TaskType.DUMP_CREATION, null, "{}", null, null));
    }

    private void assertHolds(int tasks) {
        try (TaskStore store = open()) {
            long total = store.tasks().uids(ReadLevel.LOCAL, TaskQuery.newest(1)).total();
            assertEquals(tasks, total);
        }
    }

    private String refusal() {
        return String.valueOf(
                assertThrows(DamagedDatabaseException.class, () -> open().close()).getMessage());
    }

    private TaskStore open() {
        return open(
                failure -> {
                    throw new AssertionError("the store failed", failure);
                });
    }

    private TaskStore open(Consumer<Throwable> onFatal) {
        return new SqliteTaskStore(
                SqliteStoreConfig.of("pod-a", data),
                InstantSource.system(),
                new CollectorRegistry(),
                onFatal);
    }

    private static void flip(Path file, long at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) at] ^= 0x10;
        Files.write(file, bytes);
    }

    private static void cut(Path file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
    }
}
