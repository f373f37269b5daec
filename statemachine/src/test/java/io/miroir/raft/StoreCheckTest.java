package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.sqlite.StoreSeal;
import io.miroir.store.TaskStore;
import io.miroir.store.Writes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a member that are damaged while it is down: each kind is noticed at the next start. */
class StoreCheckTest {
    private static final int ENTRIES = 60;

    @TempDir Path dir;
    private Path data;
    private Path log;

    @BeforeEach
    void aStoreThatWasClosedInOrder() throws Exception {
        RaftStoreConfig.Tuning tuning = new RaftStoreConfig.Tuning(100, 200, 10_000, 6 << 10);
        try (Group group = new Group(dir, tuning, 10_000, Group.freePeers("pod-a"))) {
            TaskStore store = group.start("pod-a");
            group.awaitLeader();
            long epoch = Writes.claim(store, "movies", "pod-x");
            for (int i = 0; i < ENTRIES; i++) {
                Writes.write(store, "movies", epoch);
            }
            data = group.config("pod-a").dataDir();
        }
        log = data.resolve("raft").resolve(RaftStoreConfig.COMMON_CLUSTER + "/current");
        assertNull(examine().damage());
        assertTrue(examine().held().end() > ENTRIES);
    }

    private StoreCheck.Report examine() {
        return StoreCheck.examine(data, RaftStoreConfig.COMMON_CLUSTER);
    }

    private String damage() {
        return Objects.requireNonNull(examine().damage(), "nothing was noticed");
    }

    private Path segment(boolean closed) throws IOException {
        try (Stream<Path> files = Files.list(log)) {
            return files.filter(f -> f.getFileName().toString().startsWith("log_"))
                    .filter(f -> f.toString().contains("inprogress") != closed)
                    .findFirst()
                    .orElseThrow();
        }
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

    @Test
    void aFileThatIsToTakeTheDatabasesPlaceIsHere() throws Exception {
        // Who sent it was told so, and a crash came before the database was exchanged.
        Path sent = Files.createDirectories(data.resolve("snapshot")).resolve("store-3-5000.db");
        Files.createFile(sent);
        assertEquals(5_000, examine().held().applied());
    }

    @Test
    void anyFlippedBitOfTheDatabaseIsSeen() throws Exception {
        Path database = data.resolve("store.db");
        Random random = new Random(7);
        byte[] whole = Files.readAllBytes(database);
        for (int i = 0; i < 20; i++) {
            flip(database, random.nextInt(whole.length));
            assertTrue(damage().contains("bits changed"));
            Files.write(database, whole);
        }
        cut(database, whole.length / 2);
        assertTrue(damage().contains("bytes"));
        Files.delete(database);
        assertTrue(damage().contains("gone"));
    }

    @Test
    void aDamagedDatabaseWithoutASealIsSeenByItsStructure() throws Exception {
        // After a crash there is no seal.
        Path database = data.resolve("store.db");
        Files.delete(data.resolve("store.seal"));
        assertNull(examine().damage());
        byte[] whole = Files.readAllBytes(database);
        flip(database, 3);
        assertTrue(damage().contains("store.db is damaged"));
        Files.write(database, whole);
        cut(database, whole.length / 2);
        assertTrue(damage().contains("store.db is damaged"));
        Files.write(database, new byte[0]);
        assertTrue(damage().contains("empty"));
    }

    @Test
    void whatWasFoundToBeWrongIsNotForgotten() {
        DamageMark.put(data, "its tables are not those of others");
        assertTrue(damage().contains("not those of others"));
    }

    @Test
    void onlyASealOfTablesThatWereRightSaysThatTheyAre() throws Exception {
        // Nobody has told this store that its tables are.
        assertFalse(examine().proven());
        StoreSeal.put(data, examine().held().end(), true);
        assertTrue(examine().proven());
        Files.delete(data.resolve("store.seal"));
        assertFalse(examine().proven());
        assertNull(examine().damage());
    }

    @Test
    void anIndexThatDisagreesWithItsTableIsSeen() throws Exception {
        Path database = data.resolve("store.db");
        Files.delete(data.resolve("store.seal"));
        byte[] whole = Files.readAllBytes(database);
        boolean onlyTheIndex = false;
        for (long at : endOfEachIndexPage(database)) {
            flip(database, at);
            // What looks at structure alone passes such a page; of an empty one nothing counts.
            if (ask(database, "PRAGMA quick_check(1)").equals("ok")) {
                String damage = examine().damage();
                onlyTheIndex |= damage != null && damage.contains("index");
            }
            Files.write(database, whole);
        }
        assertTrue(onlyTheIndex, "no bit hit an index and nothing else");
    }

    /** SQLite writes the first entry of a page at its end. */
    private static List<Long> endOfEachIndexPage(Path database) throws SQLException {
        String pages =
                ask(
                        database,
                        "SELECT group_concat(rootpage) FROM sqlite_schema WHERE type = 'index'");
        long bytes = Long.parseLong(ask(database, "PRAGMA page_size"));
        return Stream.of(pages.split(",")).map(page -> Long.parseLong(page) * bytes - 1).toList();
    }

    private static String ask(Path database, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void anyFlippedBitOfTheLogIsSeen() throws Exception {
        Random random = new Random(7);
        for (boolean closed : new boolean[] {true, false}) {
            Path segment = segment(closed);
            byte[] whole = Files.readAllBytes(segment);
            for (int i = 0; i < 20; i++) {
                flip(segment, random.nextInt(whole.length));
                assertTrue(damage().contains("log_"));
                Files.write(segment, whole);
            }
        }
        assertNull(examine().damage());
    }

    @Test
    void aLogThatIsTooShortIsSeen() throws Exception {
        Path open = segment(false);
        byte[] whole = Files.readAllBytes(open);
        cut(open, whole.length / 2);
        assertTrue(damage().contains("the log ends at"));
        Files.write(open, whole);
        Path closed = segment(true);
        whole = Files.readAllBytes(closed);
        cut(closed, whole.length / 2);
        assertTrue(damage().contains("ends at"));
        Files.write(closed, whole);
        Path meta = log.resolve("raft-meta");
        Files.delete(meta);
        assertTrue(damage().contains("voted"));
        Files.writeString(meta, "term=0\nvotedFor=pod-a\n");
        assertTrue(damage().contains("term 0"));
    }

    @Test
    void aWriteThatPowerLossCutShortIsNoDamage() throws Exception {
        // It was never synced, so never acknowledged: one sector of it is still the zeros that the
        // file was made of.
        Files.delete(data.resolve("store.seal"));
        Path open = segment(false);
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
        long end = examine().held().end();
        assertNull(examine().damage());
        assertEquals(whole.length, Files.size(open));
        assertTrue(end > ENTRIES);
    }
}
