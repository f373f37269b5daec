package io.miroir.sqlite;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.Codes;
import org.sqlite.core.CoreStatement;
import org.sqlite.core.DB;
import org.sqlite.core.SafeStmtPtr;

/**
 * One connection and its prepared statements. For one thread at a time.
 *
 * <p>Arguments are Long, Integer, Boolean (0 or 1), String, byte[] or null.
 *
 * <p>Statements run on the driver's core. Its JDBC asks SQLite for the names of all columns at each
 * query, which takes longer than to read a row by its key, and tries to begin a transaction of its
 * own after each statement, which fails within one and takes longer than to bind its arguments.
 */
public final class Sql implements AutoCloseable {
    /** Queries of many filters make many texts; the oldest unused statements go. */
    private static final int STATEMENTS_MAX = 256;

    private final SQLiteConnection connection;
    private final DB database;
    private final Statements statements = new Statements();

    Sql(SQLiteConnection connection) throws SQLException {
        this.connection = connection;
        this.database = connection.getDatabase();
        // Transactions begin and end where it is said here; this has begun one.
        connection.setAutoCommit(false);
        commit();
    }

    /** Runs a statement; answers the number of rows it changed. */
    public int update(String sql, @Nullable Object... arguments) {
        try {
            return (int) database.executeUpdate(statements.get(sql), values(arguments));
        } catch (SQLException e) {
            throw failed(sql, e);
        }
    }

    /** The first row, if any. */
    public <T> Optional<T> first(String sql, RowReader<T> reader, @Nullable Object... arguments) {
        List<T> found = new ArrayList<>(1);
        run(
                sql,
                row -> {
                    found.add(read(sql, reader, row));
                    return false;
                },
                arguments);
        return found.isEmpty() ? Optional.empty() : Optional.of(found.getFirst());
    }

    /** All rows; the statement must bound their number. */
    public <T> List<T> all(String sql, RowReader<T> reader, @Nullable Object... arguments) {
        List<T> found = new ArrayList<>();
        run(sql, row -> found.add(read(sql, reader, row)), arguments);
        return found;
    }

    /** Hands every row over, however many there are. */
    public void each(String sql, RowVisitor visitor) {
        run(
                sql,
                row -> {
                    visitor.visit(row);
                    return true;
                });
    }

    /** The single number that a query gives. */
    public long number(String sql, @Nullable Object... arguments) {
        return first(sql, row -> row.number(1), arguments).orElseThrow();
    }

    /** Size of the database with all that is committed, free pages included. */
    public long databaseBytes() {
        return number("PRAGMA page_count") * number("PRAGMA page_size");
    }

    /** Starts a transaction that may write: waits for no reader. */
    public void beginWrite() {
        update("BEGIN IMMEDIATE");
    }

    /** Starts a transaction whose reads all see one state. */
    public void beginRead() {
        update("BEGIN DEFERRED");
    }

    public void commit() {
        update("COMMIT");
    }

    public void rollback() {
        update("ROLLBACK");
    }

    /** Ends the statement that runs, from any thread: it fails. */
    void interrupt() {
        try {
            database.interrupt();
        } catch (SQLException e) {
            throw new SqliteException("interrupt", e);
        }
    }

    @Override
    public void close() {
        try {
            statements.closeAll();
            connection.close();
        } catch (SQLException e) {
            throw new SqliteException("close", e);
        }
    }

    /** Receives rows. */
    @FunctionalInterface
    public interface RowVisitor {
        void visit(Cursor row);
    }

    /** Receives a row; answers whether it wants the next one too. */
    @FunctionalInterface
    private interface Rows {
        boolean take(Cursor row);
    }

    private void run(String sql, Rows rows, @Nullable Object... arguments) {
        try {
            CoreStatement statement = statements.get(sql);
            if (database.execute(statement, values(arguments))) {
                statement.pointer.safeRunConsume((db, pointer) -> hand(db, pointer, rows));
            }
        } catch (SQLException e) {
            throw failed(sql, e);
        }
    }

    private static void hand(DB database, long statement, Rows rows) throws SQLException {
        try {
            Cursor row = new Cursor(database, statement);
            int code = Codes.SQLITE_ROW;
            while (code == Codes.SQLITE_ROW && rows.take(row)) {
                code = database.step(statement);
            }
            if (code != Codes.SQLITE_ROW && code != Codes.SQLITE_DONE) {
                database.throwex(code);
            }
        } finally {
            // Or it would hold its view of the file, and a checkpoint could not pass that.
            database.reset(statement);
        }
    }

    /** A reader that does not understand the row it wrote has met a corruption. */
    private static <T> T read(String sql, RowReader<T> reader, Cursor row) {
        try {
            return reader.read(row);
        } catch (IllegalArgumentException | IllegalStateException | ArithmeticException e) {
            throw new CorruptRowException(sql, e);
        }
    }

    /** The driver may have ended a statement that failed, or left it in its middle. */
    private SqliteException failed(String sql, SQLException cause) {
        try {
            statements.forget(sql);
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
        return new SqliteException(sql, cause);
    }

    private static @Nullable Object[] values(@Nullable Object... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case null -> {}
                case Long _, Integer _, String _, byte[] _ -> {}
                case Boolean flag -> arguments[i] = flag ? 1 : 0;
                case Object other ->
                        throw new IllegalArgumentException(
                                "no column type for " + other.getClass());
            }
        }
        return arguments;
    }

    private final class Statements {
        private final Map<String, CoreStatement> byText = new LinkedHashMap<>(64, 0.75f, true);

        CoreStatement get(String sql) throws SQLException {
            CoreStatement known = byText.get(sql);
            if (known != null) {
                return known;
            }
            if (byText.size() == STATEMENTS_MAX) {
                forget(byText.keySet().iterator().next());
            }
            CoreStatement made = (CoreStatement) connection.prepareStatement(sql);
            byText.put(sql, made);
            return made;
        }

        void forget(String sql) throws SQLException {
            CoreStatement statement = byText.remove(sql);
            if (statement != null) {
                end(statement.pointer);
            }
        }

        void closeAll() throws SQLException {
            for (CoreStatement statement : byText.values()) {
                end(statement.pointer);
            }
            byText.clear();
        }

        /** SQLite says once more what the statement failed with, if it did. */
        private static void end(SafeStmtPtr pointer) throws SQLException {
            int _ = pointer.close();
        }
    }
}
