package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.sqlite.Database;
import io.miroir.sqlite.Sql;
import io.miroir.store.Reply;
import io.miroir.store.TaskStore;
import io.miroir.store.recovery.StateJump;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A recovery that dies before any of its changes, and is run again, ends with the store with which
 * it would have ended.
 */
class RecoveryCrashTest {
    private static final UUID NEW = UUID.fromString("00000000-0000-4000-8000-00000000000b");
    private static final int TASKS = 150;
    private static final String OLD_MIDDLE = "in the middle of the old ones";
    private static final String LAST = "among those that came last";
    private static final int PAGE_BYTES = 4_096;

    @TempDir Path dir;
    private List<RaftStoreConfig.Peer> one = List.of();
    private Path data;

    /** Its database as it was at half of the tasks. */
    private Path older;

    @BeforeEach
    void aMemberThatWasClosedInOrder() throws Exception {
        one = Group.freePeers("pod-a");
        older = dir.resolve("older.db");
        RaftStoreConfig.Tuning tuning = new RaftStoreConfig.Tuning(100, 200, 10_000, 6 << 10);
        try (Group group = new Group(dir, tuning, 10_000, one)) {
            TaskStore store = group.start("pod-a");
            group.awaitLeader();
            write(store, TASKS / 2, "{}");
            write(store, 1, "{\"words\":\"" + OLD_MIDDLE + "\"}");
            write(store, TASKS / 2, "{}");
            store.copyTo(older);
            write(store, TASKS / 2, "{}");
            write(store, 1, "{\"words\":\"" + LAST + "\"}");
            write(store, TASKS / 2, "{}");
            data = group.config("pod-a").dataDir();
        }
    }

    private String damage() throws IOException {
        return Objects.requireNonNull(Survivor.look(data).damage(), "nothing was noticed");
    }

    private static void write(TaskStore store, int tasks, String details) {
        for (int i = 0; i < tasks; i++) {
            NewTask task = NewTask.of(TaskType.DUMP_CREATION, null, details, null, null);
            assertInstanceOf(Reply.Applied.class, store.tasks().enqueue(task));
        }
    }

    @Test
    void ofPagesThatCantBeRead() throws Exception {
        damagePageOf(database(data), OLD_MIDDLE);
        assertTrue(damage().contains("of table tasks"), damage());
        OfflineStore.Outcome.Ready ready = assertSameWhereverItDies();
        assertEquals(1, ready.unread().size(), ready::toString);
        assertTrue(ready.unread().getFirst().contains("of table tasks"), ready::toString);
    }

    /** It is whole, the database that it was to replace is not. */
    @Test
    void withAFileThatWasInstalledAndWaits() throws Exception {
        installedOver(database(data));
        damagePageOf(database(data), OLD_MIDDLE);
        Survivor.Findings found = Survivor.look(data);
        assertFalse(damage().contains("of table"), "nothing of it is lost: " + damage());
        assertTrue(found.appliedIndex() > 2 * TASKS, found::toString);
        OfflineStore.Outcome.Ready ready = assertSameWhereverItDies();
        assertEquals(List.of(), ready.unread());
        assertEquals(found.lastIndex(), ready.appliedIndex());
        assertEquals(2 * TASKS + 2, tasks());
        Path kept = data.resolve("before-recovery/snapshot");
        try (Stream<Path> files = Files.list(kept)) {
            assertEquals(1, files.filter(f -> f.toString().endsWith(".db")).count());
        }
    }

    /** The database is whole, and older than what is left of the log. */
    @Test
    void ofAnInstalledFileThatIsDamaged() throws Exception {
        Path installed = installedOver(database(data));
        damagePageOf(installed, LAST);
        String damage = damage();
        assertTrue(damage.contains(installed + " is damaged"), damage);
        assertTrue(damage.contains("of table tasks"), damage);
        OfflineStore.Outcome.Ready ready = assertSameWhereverItDies();
        assertTrue(ready.unread().getFirst().contains("of table tasks"), ready::toString);
        assertTrue(tasks() > TASKS + 1, "what the installed file has");
    }

    /** The newest state is in a file that a crash kept from taking the database's place. */
    private Path installedOver(Path database) throws IOException {
        Files.delete(data.resolve("store.seal"));
        Survivor.Findings found = Survivor.look(data);
        Path snapshots = Files.createDirectories(data.resolve("snapshot"));
        Path installed =
                snapshots.resolve(
                        "store-%d-%d.db".formatted(found.appliedTerm(), found.appliedIndex()));
        Files.move(database, installed);
        Files.deleteIfExists(data.resolve("store.db-wal"));
        Files.deleteIfExists(data.resolve("store.db-shm"));
        Files.move(older, database);
        Path log = data.resolve("raft").resolve(RaftStoreConfig.COMMON_CLUSTER + "/current");
        try (Stream<Path> files = Files.list(log)) {
            Path first =
                    files.filter(f -> f.getFileName().toString().startsWith("log_0-"))
                            .findFirst()
                            .orElseThrow();
            Files.delete(first);
        }
        return installed;
    }

    /** What a run that is not cut short tells, which all others have told in the end. */
    private OfflineStore.Outcome.Ready assertSameWhereverItDies() throws IOException {
        Path pristine = dir.resolve("pristine");
        copy(data, pristine);
        OfflineStore.Outcome.Ready told = recover(data);
        String store = described(data);
        int changes = 0;
        for (boolean died = true; died; changes++) {
            Path cut = dir.resolve("cut-" + changes);
            copy(pristine, cut);
            try {
                recover(CrashingFiles.of(cut, changes));
                died = false;
            } catch (CrashingFiles.Crash crash) {
                String where = "before change %d".formatted(changes);
                assertEquals(told, recover(cut), where);
                assertEquals(store, described(cut), where);
            }
        }
        assertTrue(changes > 30, changes + " changes, not all are seen");
        return told;
    }

    private OfflineStore.Outcome.Ready recover(Path directory) throws IOException {
        OfflineStore.Identity identity =
                (where, id) -> Files.writeString(where.resolve("identity"), id.toString());
        OfflineStore.Outcome outcome =
                new OfflineStore(directory, one.getFirst(), identity)
                        .acceptingDamage(true)
                        .recover(NEW, StateJump.Distance.DEFAULT);
        return assertInstanceOf(OfflineStore.Outcome.Ready.class, outcome, outcome::toString);
    }

    private long tasks() {
        try (Sql sql = Database.inspect(database(data))) {
            return sql.number("SELECT count(*) FROM tasks");
        }
    }

    /** All that is in the directory and counts. */
    private static String described(Path directory) throws IOException {
        StringBuilder text = new StringBuilder();
        try (Sql sql = Database.inspect(database(directory))) {
            for (String table :
                    sql.all(
                            "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
                            row -> row.text(1))) {
                text.append(table).append('\n');
                sql.each(
                        "SELECT * FROM " + table,
                        row -> {
                            for (int column = 1; column <= row.columns(); column++) {
                                Object value = row.value(column);
                                text.append(
                                                value instanceof byte[] bytes
                                                        ? HexFormat.of().formatHex(bytes)
                                                        : value)
                                        .append('|');
                            }
                            text.append('\n');
                        });
            }
        }
        Path log = directory.resolve("raft").resolve(NEW + "/current");
        text.append(Files.readString(log.resolve("raft-meta")).replaceAll("(?m)^#.*\n", ""));
        text.append(HexFormat.of().formatHex(Files.readAllBytes(log.resolve("raft-meta.conf"))));
        text.append(Files.readString(directory.resolve("identity")));
        text.append('\n').append(Files.readString(directory.resolve("before-recovery/damaged")));
        try (Stream<Path> files = Files.list(directory)) {
            files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !name.matches("store\\.db-(wal|shm)"))
                    .sorted()
                    .forEach(name -> text.append('\n').append(name));
        }
        // What was wrong is told with the directory's name.
        return text.toString().replace(directory.toString(), "DIRECTORY");
    }

    private static Path database(Path directory) {
        return directory.resolve("store.db");
    }

    private static void damagePageOf(Path file, String words) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(words);
        assertTrue(at > 0, words);
        int page = at / PAGE_BYTES * PAGE_BYTES;
        Arrays.fill(bytes, page, page + PAGE_BYTES, (byte) 0);
        Files.write(file, bytes);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.sorted(Comparator.naturalOrder()).toList()) {
                Files.copy(
                        file,
                        to.resolve(from.relativize(file).toString()),
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
