package io.miroir.sqlite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file's format is seen before anything else of it. */
class DatabaseFormatTest {
    private static final Durability LOGGED = Durability.BEHIND_A_LOG;

    @Test
    void aFileOfFormatOneIsBroughtForwardWithItsRows(@TempDir Path dir) throws Exception {
        // Rule 20: the file as format 1 made it, statement by statement.
        Path file = dir.resolve("store.db");
        List<String> rows =
                List.of(
                        "PRAGMA user_version = 1",
                        "UPDATE applied SET applied_index = 7, next_task_uid = 2",
                        "INSERT INTO tasks (uid, type, status, enqueued_at, finished_at,"
                                + " details_json, epoch, position, incarnation)"
                                + " VALUES (1, 4, 2, 10, 20, '{}', 0, 0, 0)",
                        "INSERT INTO aliases VALUES ('live', 0, x'', 3, 5, x'')",
                        "INSERT INTO api_keys VALUES ('k', 'n', NULL, x'', x'', 9, 7, 8)");
        raw(file, schema(1).split(";\\s*\n"));
        raw(file, rows.toArray(String[]::new));

        try (Database database = Database.open(file, LOGGED)) {
            Sql sql = database.writer();
            assertEquals(Database.FORMAT, sql.number("PRAGMA user_version"));
            assertEquals(7, sql.number("SELECT applied_index FROM applied"));
            assertEquals(20, sql.number("SELECT finished_at FROM tasks WHERE uid = 1"));
            assertEquals(3, sql.number("SELECT version FROM aliases WHERE name = 'live'"));
            assertEquals(7, sql.number("SELECT created_at FROM api_keys WHERE expiry IS NULL"));
        }
        Path fresh = dir.resolve("fresh.db");
        try (Database old = Database.open(file, LOGGED);
                Database made = Database.open(fresh, LOGGED)) {
            // Whichever way it came to the format, a file has the same tables.
            assertEquals(objects(made), objects(old));
        }
    }

    /** A backup of a stopped pod that an earlier program wrote: its seal must go on to fit. */
    @Test
    void aCopyIsOfThisFormatAndTheFileStaysAsItIs(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("store.db");
        raw(file, "PRAGMA journal_mode = WAL");
        raw(file, schema(1).split(";\\s*\n"));
        raw(file, "PRAGMA user_version = 1", "UPDATE applied SET applied_index = 7");
        byte[] before = Files.readAllBytes(file);
        Path copy = dir.resolve("copy.db");
        new DatabaseFiles(dir, LOGGED).copyTo(copy);
        assertArrayEquals(before, Files.readAllBytes(file));
        try (Sql sql = Database.inspect(copy)) {
            assertEquals(Database.FORMAT, sql.number("PRAGMA user_version"));
            assertEquals(7, sql.number("SELECT applied_index FROM applied"));
        }
    }

    @Test
    void aNewerFileIsRefusedWithAWayOut(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("store.db");
        Database.open(file, LOGGED).close();
        raw(file, "PRAGMA user_version = 99");
        IllegalStateException refused =
                assertThrows(
                        IllegalStateException.class, () -> Database.open(file, LOGGED).close());
        String message = Objects.requireNonNull(refused.getMessage());
        assertTrue(message.contains("format 99") && message.contains("newer program"), message);
    }

    @Test
    void anotherProgramsFileIsNotTouched(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("store.db");
        raw(file, "CREATE TABLE theirs (a)");
        byte[] before = Files.readAllBytes(file);
        IllegalStateException refused =
                assertThrows(
                        IllegalStateException.class, () -> Database.open(file, LOGGED).close());
        assertTrue(Objects.requireNonNull(refused.getMessage()).contains("no task store"));
        assertEquals(before.length, Files.size(file));
    }

    private static List<String> objects(Database database) {
        return database.writer()
                .all(
                        "SELECT type || ' ' || name || ' ' || ifnull(sql, '') FROM sqlite_schema"
                                + " ORDER BY name",
                        row -> row.text(1));
    }

    private static void raw(Path file, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                if (!sql.isBlank()) {
                    statement.execute(sql);
                }
            }
        }
    }

    private static String schema(int format) throws IOException {
        try (InputStream in = Database.class.getResourceAsStream("schema-" + format + ".sql")) {
            String sql =
                    new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            return sql.replaceAll("--[^\n]*", "");
        }
    }
}
