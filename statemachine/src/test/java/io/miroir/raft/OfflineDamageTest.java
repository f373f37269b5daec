package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.sqlite.Database;
import io.miroir.sqlite.Sql;
import io.miroir.sqlite.StoreSeal;
import io.miroir.store.Reply;
import io.miroir.store.TaskStore;
import io.miroir.store.recovery.StateJump;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskType;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Offline commands on files that are damaged: they say so and change nothing, unless the operator
 * has accepted it.
 */
class OfflineDamageTest {
    private static final int ENTRIES = 300;
    private static final int ENTRIES_BEFORE = 5;
    private static final String WORDS = "one value only";
    private static final String MIDDLE = "among all others";
    private static final int PAGE_BYTES = 4_096;
    private static final UUID NEW = UUID.fromString("00000000-0000-4000-8000-00000000000b");

    @TempDir Path dir;
    private List<RaftStoreConfig.Peer> one = List.of();
    private Path data;
    private Path database;
    private Path log;

    /** Its database as it was after a few entries. */
    private Path older;

    @BeforeEach
    void aMemberThatWasClosedInOrder() throws Exception {
        one = Group.freePeers("pod-a");
        older = dir.resolve("older.db");
        RaftStoreConfig.Tuning tuning = new RaftStoreConfig.Tuning(100, 200, 10_000, 6 << 10);
        try (Group group = new Group(dir, tuning, 10_000, one)) {
            TaskStore store = group.start("pod-a");
            group.awaitLeader();
            write(store, ENTRIES_BEFORE, "{}");
            store.copyTo(older);
            write(store, ENTRIES / 2, "{}");
            write(store, 1, "{\"words\":\"" + MIDDLE + "\"}");
            write(store, ENTRIES / 2, "{}");
            write(store, 1, "{\"words\":\"" + WORDS + "\"}");
            data = group.config("pod-a").dataDir();
        }
        database = data.resolve("store.db");
        log = data.resolve("raft").resolve(RaftStoreConfig.COMMON_CLUSTER + "/current");
        assertNull(Survivor.look(data).damage());
    }

    private static void write(TaskStore store, int tasks, String details) {
        for (int i = 0; i < tasks; i++) {
            NewTask task = NewTask.of(TaskType.DUMP_CREATION, null, details, null, null);
            assertInstanceOf(Reply.Applied.class, store.tasks().enqueue(task));
        }
    }

    @Test
    void aBitThatFlippedInAValue() throws Exception {
        flipABitOfTheWords();
        assertToldAndRefused("bits changed");
        assertRefused(offline().toSqlite("pod-a"), "bits changed");
        assertRecoveredIfAccepted("bits changed");
    }

    @Test
    void whatOtherPodsHaveCondemned() throws Exception {
        DamageMark.put(data, "its tables are not those of others");
        assertToldAndRefused("not those of others");
        assertRefused(offline().toSqlite("pod-a"), "not those of others");
        assertTrue(Files.exists(data.resolve(DamageMark.FILE)));
        assertRecoveredIfAccepted("not those of others");
    }

    @Test
    void aLogThatIsCutInTheMiddle() throws Exception {
        // Its database is an older one, so what is missing is in no file.
        crashBackToOlder();
        Path middle = segments().get(1);
        cut(middle, Files.size(middle) / 2);
        assertToldAndRefused("ends at");
        assertTrue(Survivor.look(data).waitingEntries() > 0, "up to there it can be read");
        assertRefused(offline().toSqlite("pod-a"), "ends at");
        assertRecoveredIfAccepted("ends at");
    }

    @Test
    void aLogThatBeginsBehindTheDatabase() throws Exception {
        crashBackToOlder();
        long applied = Survivor.look(data).appliedIndex();
        Files.delete(segments().getFirst());
        assertToldAndRefused("what lies between is lost");
        OfflineStore.Outcome outcome =
                offline().acceptingDamage(true).recover(NEW, StateJump.Distance.DEFAULT);
        var ready = assertInstanceOf(OfflineStore.Outcome.Ready.class, outcome, outcome::toString);
        assertEquals(applied, ready.appliedIndex());
    }

    @Test
    void aSinglePodsStore() throws Exception {
        Path single = dir.resolve("single");
        try (TaskStore store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("pod-a", single),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        _ -> {})) {
            write(store, 1, "{\"words\":\"" + WORDS + "\"}");
        }
        data = single;
        database = data.resolve("store.db");
        flipABitOfTheWords();
        assertTrue(damage().contains("bits changed"));
        SortedMap<String, String> before = files();
        assertRefused(offline().toRaft(NEW), "bits changed");
        assertEquals(before, files());
        OfflineStore.Outcome outcome = offline().acceptingDamage(true).toRaft(NEW);
        assertInstanceOf(OfflineStore.Outcome.Ready.class, outcome, outcome::toString);
    }

    @Test
    void pagesThatCantBeRead() throws Exception {
        byte[] bytes = Files.readAllBytes(database);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(MIDDLE);
        Arrays.fill(
                bytes, at / PAGE_BYTES * PAGE_BYTES, (at / PAGE_BYTES + 1) * PAGE_BYTES, (byte) 0);
        Files.write(database, bytes);
        assertToldAndRefused("bits changed");
        // What will be lost is told before anyone acts.
        assertToldAndRefused("of table tasks");
        SortedMap<String, String> before = files();
        OfflineStore.Outcome conversion = offline().acceptingDamage(true).toSqlite("pod-a");
        assertRefused(conversion, "recover --from-survivor");
        assertEquals(before, files(), "refused, but changed");

        OfflineStore.Outcome outcome =
                offline().acceptingDamage(true).recover(NEW, StateJump.Distance.DEFAULT);
        var ready = assertInstanceOf(OfflineStore.Outcome.Ready.class, outcome, outcome::toString);
        assertEquals(1, ready.unread().size(), ready::toString);
        assertTrue(ready.unread().getFirst().contains("of table tasks"), ready::toString);
        Path kept = data.resolve("before-recovery");
        assertTrue(Files.readString(kept.resolve("unread")).contains("of table tasks"));
        assertArrayEquals(bytes, Files.readAllBytes(kept.resolve("store.db")));
        assertNull(Survivor.look(data).damage());
        try (Sql sql = Database.inspect(database)) {
            // Both ends are there, and what is between them but for one page.
            long all = ENTRIES_BEFORE + ENTRIES + 2;
            assertEquals(0, sql.number("SELECT min(uid) FROM tasks"));
            assertEquals(all - 1, sql.number("SELECT max(uid) FROM tasks"));
            long left = sql.number("SELECT count(*) FROM tasks");
            assertTrue(left < all && left > all / 2, left + " tasks");
            assertEquals(
                    0,
                    sql.number(
                            "SELECT count(*) FROM tasks WHERE details_json LIKE '%"
                                    + MIDDLE
                                    + "%'"));
        }
    }

    /** Rows that a table refuses can be read, but not kept. */
    @Test
    void rowsThatNoTableTakes() throws Exception {
        Files.delete(data.resolve("store.seal"));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA writable_schema = ON");
            statement.execute(
                    "UPDATE sqlite_schema SET sql = replace(sql, 'details_json TEXT NOT NULL',"
                            + " 'details_json TEXT') WHERE name = 'tasks'");
            statement.execute("PRAGMA writable_schema = RESET");
            statement.execute("UPDATE tasks SET details_json = NULL WHERE uid IN (3, 7)");
            statement.execute("PRAGMA writable_schema = ON");
            statement.execute(
                    "UPDATE sqlite_schema SET sql = replace(sql, 'details_json TEXT',"
                            + " 'details_json TEXT NOT NULL') WHERE name = 'tasks'");
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        int all = ENTRIES_BEFORE + ENTRIES + 2;
        String lost = "of table tasks %d rows can be read, 2 that do not fit".formatted(all - 2);
        assertToldAndRefused(lost);
        OfflineStore.Outcome outcome =
                offline().acceptingDamage(true).recover(NEW, StateJump.Distance.DEFAULT);
        var ready = assertInstanceOf(OfflineStore.Outcome.Ready.class, outcome, outcome::toString);
        assertTrue(ready.unread().getFirst().contains(lost), ready::toString);
    }

    /** Each command knows how to go on with what it began itself. */
    @Test
    void whatAnotherCommandBegan() throws Exception {
        Files.writeString(data.resolve("unfinished"), "store convert --to sqlite");
        SortedMap<String, String> before = files();
        assertBegunByAnother(offline().recover(NEW, StateJump.Distance.DEFAULT), "to sqlite");
        assertBegunByAnother(offline().toRaft(NEW), "to sqlite");
        Files.writeString(data.resolve("unfinished"), "cluster recover");
        assertBegunByAnother(offline().toSqlite("pod-a"), "cluster recover");
        // As a program left it that changed the database where it is.
        assertBegunByAnother(
                offline().recover(NEW, StateJump.Distance.DEFAULT), "an earlier program");
        Files.writeString(data.resolve("unfinished"), "store convert --to sqlite");
        assertEquals(before, files(), "refused, but changed");
    }

    private static void assertBegunByAnother(OfflineStore.Outcome outcome, String which) {
        var refused =
                assertInstanceOf(OfflineStore.Outcome.Refused.class, outcome, outcome::toString);
        assertTrue(refused.why().contains(which), refused.why());
    }

    /** Too little is left: nothing is changed, and the operator is told what to do. */
    @Test
    void aHeadThatCantBeRead() throws Exception {
        byte[] bytes = Files.readAllBytes(database);
        Arrays.fill(bytes, 0, PAGE_BYTES, (byte) 0x55);
        Files.write(database, bytes);
        SortedMap<String, String> before = files();
        Exception told = assertThrows(Exception.class, () -> Survivor.look(data));
        assertTrue(String.valueOf(told.getMessage()).contains("restore a backup"), told.toString());
        OfflineStore accepting = offline().acceptingDamage(true);
        assertThrows(IOException.class, () -> accepting.recover(NEW, StateJump.Distance.DEFAULT));
        SortedMap<String, String> after = files();
        before.forEach((name, content) -> assertEquals(content, after.get(name), name));
        assertFalse(Files.exists(data.resolve("recovered")));
        assertFalse(Files.exists(data.resolve("unfinished")));
    }

    /** It is brought to this program's format when it is opened: then it is not what was sealed. */
    @Test
    void aRefusedConversionOfAnOlderDatabaseLeavesItAsItWas() throws Exception {
        long end = StoreSeal.read(data).orElseThrow().logEnd();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE client_objects");
            statement.execute("PRAGMA user_version = 7");
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        StoreSeal.put(data, end, true);
        assertNull(Survivor.look(data).damage());
        SortedMap<String, String> before = files();
        OfflineStore.Outcome outcome = offline().toSqlite("pod-b");
        var refused =
                assertInstanceOf(OfflineStore.Outcome.Refused.class, outcome, outcome::toString);
        assertTrue(refused.why().contains("let the others leave"), refused.why());
        assertEquals(before, files(), "refused, but changed");
        assertNull(Survivor.look(data).damage());
    }

    /** A file that was installed, and that a crash kept from taking its place, is the database. */
    @Test
    void aFileThatWaitsForItsPlaceIsTheDatabase() throws Exception {
        Path newest = dir.resolve("newest.db");
        Files.copy(database, newest);
        long end = Survivor.look(data).appliedIndex();
        crashBackToOlder();
        Files.delete(segments().getFirst());
        assertTrue(damage().contains("what lies between is lost"));
        Files.move(newest, data.resolve("store.db.new"));
        assertNull(Survivor.look(data).damage());
        assertEquals(end, Survivor.look(data).appliedIndex());
        OfflineStore.Outcome outcome = offline().recover(NEW, StateJump.Distance.DEFAULT);
        var ready = assertInstanceOf(OfflineStore.Outcome.Ready.class, outcome, outcome::toString);
        assertTrue(ready.appliedIndex() >= end, ready::toString);
    }

    @Test
    void aMembersDatabaseWithoutItsLog() throws Exception {
        Files.move(data.resolve("raft"), dir.resolve("elsewhere"));
        assertTrue(damage().contains("the log ends at"));
        assertRefused(offline().toRaft(NEW), "the log ends at");
    }

    /** A look does not cut it off either. */
    @Test
    void aWriteThatPowerLossCutShortIsNoDamage() throws Exception {
        crashBackToOlder();
        Path open = segments().getLast();
        byte[] whole = Files.readAllBytes(open);
        byte[] torn = new byte[whole.length + 4_096];
        System.arraycopy(whole, 0, torn, 0, whole.length);
        int entry = 3_000;
        torn[whole.length] = (byte) ((entry & 0x7f) | 0x80);
        torn[whole.length + 1] = (byte) (entry >> 7);
        for (int i = 2; i < 600; i++) {
            torn[whole.length + i] = 1;
        }
        Files.write(open, torn);
        SortedMap<String, String> before = files();
        assertNull(Survivor.look(data).damage());
        assertEquals(before, files());
        OfflineStore.Outcome outcome = offline().recover(NEW, StateJump.Distance.DEFAULT);
        assertInstanceOf(OfflineStore.Outcome.Ready.class, outcome, outcome::toString);
    }

    private void assertToldAndRefused(String what) throws IOException {
        SortedMap<String, String> before = files();
        assertTrue(damage().contains(what), damage());
        assertRefused(offline().recover(NEW, StateJump.Distance.DEFAULT), "files are damaged");
        assertEquals(before, files(), "refused, but changed");
    }

    /** And what was wrong is kept with what was there before. */
    private void assertRecoveredIfAccepted(String what) throws IOException {
        OfflineStore.Outcome outcome =
                offline().acceptingDamage(true).recover(NEW, StateJump.Distance.DEFAULT);
        assertInstanceOf(OfflineStore.Outcome.Ready.class, outcome, outcome::toString);
        Path kept = data.resolve("before-recovery").resolve(DamageMark.FILE);
        assertTrue(Files.readString(kept).contains(what));
        assertFalse(Files.exists(data.resolve(DamageMark.FILE)));
        assertNull(Survivor.look(data).damage());
    }

    private static void assertRefused(OfflineStore.Outcome outcome, String why) {
        var refused =
                assertInstanceOf(OfflineStore.Outcome.Refused.class, outcome, outcome::toString);
        assertTrue(refused.why().contains(why), refused.why());
        assertTrue(refused.why().contains("--accept-damage"), refused.why());
    }

    private OfflineStore offline() {
        return new OfflineStore(data, one.getFirst(), (_, _) -> {});
    }

    private String damage() throws IOException {
        return Objects.requireNonNull(Survivor.look(data).damage(), "nothing was noticed");
    }

    /** As after a power loss: the log is synced, the database was not. */
    private void crashBackToOlder() throws IOException {
        Files.delete(data.resolve("store.seal"));
        Files.deleteIfExists(data.resolve("store.db-wal"));
        Files.deleteIfExists(data.resolve("store.db-shm"));
        Files.move(older, database, StandardCopyOption.REPLACE_EXISTING);
    }

    private void flipABitOfTheWords() throws IOException {
        byte[] bytes = Files.readAllBytes(database);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int at = text.indexOf(WORDS);
        assertTrue(at > 0 && at == text.lastIndexOf(WORDS));
        bytes[at] ^= 1;
        Files.write(database, bytes);
    }

    private static void cut(Path file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
    }

    /** In the order of their entries. */
    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(log)) {
            return files.filter(f -> f.getFileName().toString().startsWith("log_"))
                    .sorted(Comparator.comparingLong(OfflineDamageTest::begin))
                    .toList();
        }
    }

    private static long begin(Path segment) {
        return Long.parseLong(segment.getFileName().toString().replaceAll("^\\D*(\\d+).*$", "$1"));
    }

    /** Their content, but of what SQLite makes for those who read. */
    private SortedMap<String, String> files() throws IOException {
        SortedMap<String, String> contents = new TreeMap<>();
        try (Stream<Path> all = Files.walk(data)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String name = data.relativize(file).toString();
                if (!name.endsWith("-wal") && !name.endsWith("-shm")) {
                    byte[] bytes = Files.readAllBytes(file);
                    contents.put(name, new String(bytes, StandardCharsets.ISO_8859_1));
                }
            }
        }
        return contents;
    }
}
