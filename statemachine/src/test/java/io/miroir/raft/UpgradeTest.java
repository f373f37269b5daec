package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.recorded.RecordedDirectories;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.Durability;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.Writes;
import io.miroir.store.format.CommandFormats;
import io.miroir.store.lane.IntentRow;
import io.miroir.store.lane.Lanes;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import io.miroir.store.task.TaskQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Data directories that earlier programs wrote. Those of the present format are recorded before the
 * next one comes (docs/formats.md): run this class with {@code -Dmiroir.record=DIRECTORY}.
 */
class UpgradeTest {
    private static final long EPOCH = 1;
    private static final String DATABASE = "store.db";

    @TempDir Path dir;

    static List<RecordedDirectories> recorded() {
        return List.of(RecordedDirectories.ONE, RecordedDirectories.SEVEN);
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void podsAreUpgradedOneAfterTheOtherAndKnowAllThatTheyKnew(RecordedDirectories recorded)
            throws Exception {
        recorded.unpack(dir);
        String[] pods = recorded.pods().toArray(String[]::new);
        String last = pods[2];
        // One is late: what the others write meanwhile is purged, so it is sent the whole database
        // of the new format on top of its old one.
        RaftStoreConfig.Tuning purging = new RaftStoreConfig.Tuning(300, 600, 50, 16 << 10);
        long next;
        try (Group group = new Group(dir, purging, 60_000, Group.freePeers(pods))) {
            group.start(pods[0]);
            group.start(pods[1]);
            TaskStore first = group.pod(group.awaitLeader());
            assertKnowsAll(first, recorded);
            assertEquals(Database.FORMAT, format(pods[0]));
            assertEquals(recorded.format(), format(last));
            next = Writes.write(first, "movies", EPOCH);
            for (int i = 1; i < 200; i++) {
                assertEquals(next + i, Writes.write(first, "movies", EPOCH));
            }
            TaskStore late = group.start(last);
            group.awaitEqual();
            assertKnowsAll(late, recorded);
            assertEquals(Database.FORMAT, format(last));
            // A later one is agreed on by a command, never by a member's program alone.
            assertEquals(CommandFormats.FIRST, late.clusterFormat().current());
            assertEquals(next + 200, Writes.write(late, "movies", EPOCH));
        }
        // Once more from what the new program wrote.
        try (Group group = new Group(dir, purging, 60_000, Group.freePeers(pods))) {
            group.startAll();
            assertEquals(next + 201, Writes.write(group.pod(last), "movies", EPOCH));
            group.awaitEqual();
        }
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void whatTheLogHasMoreThanTheDatabaseIsAppliedToTheSameTables(RecordedDirectories recorded)
            throws Exception {
        // Entries of the earlier program, brought on by this one: after a power loss the third of
        // format 7 has fifteen writes in its log alone.
        recorded.unpack(dir);
        String[] pods = recorded.pods().toArray(String[]::new);
        RaftStoreConfig.Tuning tuning = new RaftStoreConfig.Tuning(300, 600, 10_000, 8 << 20);
        try (Group group = new Group(dir, tuning, 60_000, Group.freePeers(pods))) {
            group.startAll();
            group.awaitEqual();
            assertKnowsAll(group.pod(pods[2]), recorded);
        }
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void everyRowOfEveryTableIsThereAsItWas(RecordedDirectories recorded) throws Exception {
        recorded.unpack(dir);
        for (String pod : recorded.pods()) {
            Path file = dir.resolve(pod).resolve(DATABASE);
            Path before = copy(file);
            Database.open(file, Durability.BEHIND_A_LOG).close();
            SortedMap<String, List<String>> columns = columns(before);
            SortedMap<String, List<String>> since = columns(file);
            // No program wrote what a later format has dropped.
            columns.keySet().retainAll(since.keySet());
            columns.forEach(
                    (table, names) -> names.retainAll(since.getOrDefault(table, List.of())));
            SortedMap<String, List<String>> rows = rows(before, columns);
            assertEquals(rows, rows(file, columns), pod);
            rows.values().removeIf(List::isEmpty);
            assertTrue(
                    recorded.isFull() ? rows.keySet().equals(columns.keySet()) : rows.size() > 9);
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "miroir.record", matches = ".+")
    void thoseOfThePresentFormatAreRecorded() throws Exception {
        Path zip =
                Path.of(System.getProperty("miroir.record"))
                        .resolve(RecordedDirectories.file(Database.FORMAT));
        new DirectoryRecorder(dir).record(zip);
        assertFalse(Files.size(zip) == 0);
    }

    private static void assertKnowsAll(TaskStore store, RecordedDirectories recorded) {
        assertEquals(
                List.of("movies", "films"),
                store.aliases().get(ReadLevel.LINEARIZABLE, "live").orElseThrow().targets());
        assertEquals(2, store.aliases().get(ReadLevel.LOCAL, "live").orElseThrow().version());
        assertEquals(
                List.of("movies*"),
                store.apiKeys().get(ReadLevel.LOCAL, "k1").orElseThrow().indexes());
        assertEquals(1, store.topology().get(ReadLevel.LOCAL).orElseThrow().version());
        long incarnation =
                store.indexes().get(ReadLevel.LOCAL, "movies").orElseThrow().incarnation();
        assertEquals(
                ShardStates.all(4, ShardState.OUT),
                store.replicas()
                        .get(ReadLevel.LOCAL, incarnation, "node-1")
                        .orElseThrow()
                        .states());
        assertTrue(
                store.tasks().uids(ReadLevel.LOCAL, TaskQuery.newest(1)).total()
                        >= recorded.tasks(),
                "tasks are missing");
        // A write that was under way: its key is known, and whose it is.
        List<IntentRow> open = store.lanes().openIntents(ReadLevel.LOCAL, "movies");
        assertEquals(1, open.size());
        assertEquals(List.of("node-0", "node-1"), open.getFirst().targets());
        assertEquals(recorded.shards(), open.getFirst().shards());
        assertInstanceOf(
                Lanes.Intention.Pending.class,
                store.lanes().intend(Writes.intend("movies", EPOCH, "key-open")).orThrow());
        assertEquals(
                new Lanes.Intention.AlreadyBound(0),
                store.lanes().intend(Writes.intend("movies", EPOCH, "key-1")).orThrow());
    }

    private long format(String pod) {
        try (var sql = Database.inspect(dir.resolve(pod).resolve(DATABASE))) {
            return sql.number("PRAGMA user_version");
        }
    }

    // ---- files as they are, without our own reads

    /** With what SQLite keeps beside it. */
    private static Path copy(Path file) throws IOException {
        Path to = file.resolveSibling("before.db");
        for (String beside : List.of("", "-wal")) {
            Path from = file.resolveSibling(file.getFileName() + beside);
            if (Files.exists(from)) {
                Files.copy(from, to.resolveSibling(to.getFileName() + beside));
            }
        }
        return to;
    }

    /** Names of the columns of each table. */
    private static SortedMap<String, List<String>> columns(Path file) throws SQLException {
        SortedMap<String, List<String>> columns = new TreeMap<>();
        query(
                file,
                "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE"
                        + " t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY 1, 2",
                row ->
                        columns.computeIfAbsent(row.getString(1), _ -> new ArrayList<>())
                                .add(row.getString(2)));
        return columns;
    }

    /** What is in these columns, by table. */
    private static SortedMap<String, List<String>> rows(
            Path file, SortedMap<String, List<String>> columns) throws SQLException {
        SortedMap<String, List<String>> rows = new TreeMap<>();
        for (var table : columns.entrySet()) {
            List<String> found = new ArrayList<>();
            query(
                    file,
                    "SELECT \"%s\" FROM %s"
                            .formatted(String.join("\", \"", table.getValue()), table.getKey()),
                    row -> found.add(text(row)));
            found.sort(null);
            rows.put(table.getKey(), found);
        }
        return rows;
    }

    private static String text(ResultSet row) throws SQLException {
        StringBuilder text = new StringBuilder();
        for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
            Object value = row.getObject(column);
            text.append(value instanceof byte[] blob ? HexFormat.of().formatHex(blob) : value)
                    .append('|');
        }
        return text.toString();
    }

    private interface Visitor {
        void visit(ResultSet row) throws SQLException;
    }

    private static void query(Path file, String sql, Visitor visitor) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                visitor.visit(row);
            }
        }
    }
}
