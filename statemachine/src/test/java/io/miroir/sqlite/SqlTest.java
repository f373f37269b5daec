package io.miroir.sqlite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What statements do on a connection, whatever the driver thinks of it. */
class SqlTest {
    private static final int MANY = 1_000;

    /** Takes hours. */
    private static final String ENDLESS =
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000000000)"
                    + " SELECT count(*) FROM n";

    @TempDir private Path dir;
    private Database database;
    private Sql sql;

    @BeforeEach
    void open() {
        database = Database.open(dir.resolve("test.db"), Durability.BEHIND_A_LOG);
        sql = database.writer();
        sql.update("CREATE TABLE kept (id INTEGER PRIMARY KEY, value ANY UNIQUE) STRICT");
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void everyValueComesBackAsItWas() {
        List<@Nullable Object> values =
                Arrays.asList(
                        null,
                        0L,
                        -1L,
                        Long.MAX_VALUE,
                        Long.MIN_VALUE,
                        "",
                        "zażółć 🦊",
                        "with a \0 in it",
                        new byte[0],
                        new byte[] {0, -1, 127});
        for (int i = 0; i < values.size(); i++) {
            insert(i, values.get(i));
            Object back = first("SELECT value FROM kept WHERE id = ?", SqlTest::held, i).get();
            if (values.get(i) instanceof byte[] bytes) {
                assertArrayEquals(bytes, (byte[]) back);
            } else {
                assertEquals(Optional.ofNullable(values.get(i)), back);
            }
        }
        insert(100, 7);
        insert(101, true);
        assertEquals(7, sql.number("SELECT value FROM kept WHERE id = 100"));
        assertEquals(1, sql.number("SELECT value FROM kept WHERE id = 101"));
        assertEquals("7", first("SELECT value FROM kept WHERE id = 100", row -> row.text(1)).get());
        assertEquals(Optional.of(2.5), first("SELECT 2.5, 1", SqlTest::held).get());
        assertEquals(2, first("SELECT 2.5, 1", Cursor::columns).get());
        assertThrows(IllegalArgumentException.class, () -> insert(102, 'c'));
    }

    @Test
    void closingEndsALongReadAndDoesNotWaitForIt() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CompletableFuture<Long> read =
                CompletableFuture.supplyAsync(
                        () ->
                                database.readApart(
                                        apart -> {
                                            reading.countDown();
                                            return apart.number(ENDLESS);
                                        }),
                        task -> Thread.ofPlatform().start(task));
        reading.await();
        database.close();
        CompletionException ended = assertThrows(CompletionException.class, read::join);
        assertInstanceOf(DatabaseClosedException.class, ended.getCause());
        assertThrows(DatabaseClosedException.class, () -> database.readApart(Sql::databaseBytes));
    }

    @Test
    void whatIsNullSaysSo() {
        insert(1, null);
        String select = "SELECT value FROM kept WHERE id = 1";
        sql.each(
                select,
                row -> {
                    assertNull(row.numberOrNull(1));
                    assertNull(row.integerOrNull(1));
                    assertNull(row.textOrNull(1));
                    assertNull(row.blobOrNull(1));
                    assertNull(row.value(1));
                });
        assertThrows(CorruptRowException.class, () -> first(select, row -> row.text(1)));
        assertThrows(CorruptRowException.class, () -> first(select, row -> row.blob(1)));
    }

    /** One that breaks a rule, and one that the driver ends for good when it fails. */
    @Test
    void aStatementThatFailedWorksAgainAndItsTransactionGoesOn() {
        sql.beginWrite();
        insert(1, "one");
        SqliteException twice = assertThrows(SqliteException.class, () -> insert(1, "other"));
        assertTrue(twice.ofTheData());
        SqliteException noKey =
                assertThrows(
                        SqliteException.class,
                        () -> sql.update("INSERT INTO kept VALUES (?, ?)", "no number", 1));
        assertTrue(noKey.ofTheData());
        insert(2, "two");
        sql.commit();
        assertEquals(List.of("one", "two"), values());
    }

    @Test
    void aQueryThatFailedInItsMiddleWorksAgain() {
        IntStream.range(0, 3).forEach(i -> insert(i, i));
        String select = "SELECT abs(value - ?) FROM kept ORDER BY id";
        // There is no number that is as far above zero as the lowest is below it.
        sql.update("UPDATE kept SET value = ? WHERE id = 1", Long.MIN_VALUE);
        assertThrows(SqliteException.class, () -> sql.all(select, row -> row.number(1), 0));
        sql.update("UPDATE kept SET value = 1 WHERE id = 1");
        assertEquals(List.of(0L, 1L, 2L), sql.all(select, row -> row.number(1), 0));
    }

    @Test
    void aTransactionBeginsAndEndsWhereItIsSaid() {
        insert(1, "alone");
        assertEquals(1, database.read(SqlTest::rows));
        sql.beginWrite();
        insert(2, "together");
        insert(3, "with this");
        assertEquals(1, database.read(SqlTest::rows));
        sql.commit();
        assertEquals(3, database.read(SqlTest::rows));
        sql.beginWrite();
        insert(4, "undone");
        sql.rollback();
        assertEquals(3, rows(sql));
        assertEquals(3, database.read(SqlTest::rows));
    }

    @Test
    void aQueryThatEndsBeforeItsLastRowHoldsNoView() {
        sql.beginWrite();
        IntStream.range(0, MANY).forEach(i -> insert(i, i));
        sql.commit();
        String all = "SELECT value FROM kept ORDER BY id";
        long first = database.read(reader -> reader.number(all));
        assertEquals(0, first);
        assertThrows(
                CorruptRowException.class,
                () -> database.read(reader -> reader.all(all, SqlTest::notUnderstood)));
        insert(MANY, "later");
        assertTrue(database.checkpoint(), "a reader is in the way");
        assertEquals(MANY + 1, database.read(reader -> reader.all(all, Cursor::columns)).size());
    }

    @Test
    void aReaderWritesNothing() {
        SqliteException refused =
                assertThrows(
                        SqliteException.class,
                        () -> database.read(reader -> reader.update("DELETE FROM kept")));
        assertFalse(refused.ofTheData());
    }

    @Test
    void moreStatementsThanAreKept() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < MANY; i++) {
                assertEquals(i, sql.number("SELECT " + i));
            }
        }
    }

    private void insert(int id, @Nullable Object value) {
        assertEquals(1, sql.update("INSERT INTO kept (id, value) VALUES (?, ?)", id, value));
    }

    private <T> Optional<T> first(String query, RowReader<T> reader, Object... arguments) {
        return sql.first(query, reader, arguments);
    }

    private List<String> values() {
        return sql.all("SELECT value FROM kept ORDER BY id", row -> row.text(1));
    }

    /** The value itself if it is an array, as two of them are never equal, else as an optional. */
    private static Object held(Cursor row) {
        Object value = row.value(1);
        return value instanceof byte[] bytes ? bytes : Optional.ofNullable(value);
    }

    private static long notUnderstood(Cursor row) {
        throw new IllegalStateException("row " + row.number(1));
    }

    private static long rows(Sql on) {
        return on.number("SELECT count(*) FROM kept");
    }
}
