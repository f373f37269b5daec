package io.miroir.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection and its prepared statements. For one thread at a time.
 *
 * <p>Arguments are Long, Integer, Boolean (0 or 1), String, byte[] or null.
 */
public final class Sql implements AutoCloseable {
    /** Queries of many filters make many texts; the oldest unused statements go. */
    private static final int STATEMENTS_MAX = 256;

    private final Connection connection;
    private final Statements statements = new Statements();

    Sql(Connection connection) {
        this.connection = connection;
    }

    /** Runs a statement; answers the number of rows it changed. */
    public int update(String sql, @Nullable Object... arguments) {
        try {
            return bound(sql, arguments).executeUpdate();
        } catch (SQLException e) {
            throw new SqliteException(sql, e);
        }
    }

    /** The first row, if any. */
    public <T> Optional<T> first(String sql, RowReader<T> reader, @Nullable Object... arguments) {
        try (ResultSet rows = bound(sql, arguments).executeQuery()) {
            return rows.next()
                    ? Optional.of(read(sql, reader, new Cursor(rows)))
                    : Optional.empty();
        } catch (SQLException e) {
            throw new SqliteException(sql, e);
        }
    }

    /** All rows; the statement must bound their number. */
    public <T> List<T> all(String sql, RowReader<T> reader, @Nullable Object... arguments) {
        try (ResultSet rows = bound(sql, arguments).executeQuery()) {
            List<T> read = new ArrayList<>();
            Cursor cursor = new Cursor(rows);
            while (rows.next()) {
                read.add(read(sql, reader, cursor));
            }
            return read;
        } catch (SQLException e) {
            throw new SqliteException(sql, e);
        }
    }

    /** Hands every row over, however many there are. */
    public void each(String sql, RowVisitor visitor) {
        try (ResultSet rows = bound(sql).executeQuery()) {
            Cursor cursor = new Cursor(rows);
            while (rows.next()) {
                visitor.visit(cursor);
            }
        } catch (SQLException e) {
            throw new SqliteException(sql, e);
        }
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

    /** A reader that does not understand the row it wrote has met a corruption. */
    private static <T> T read(String sql, RowReader<T> reader, Cursor row) {
        try {
            return reader.read(row);
        } catch (IllegalArgumentException | IllegalStateException | ArithmeticException e) {
            throw new CorruptRowException(sql, e);
        }
    }

    private PreparedStatement bound(String sql, @Nullable Object... arguments) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case null -> statement.setNull(i + 1, java.sql.Types.NULL);
                case Long number -> statement.setLong(i + 1, number);
                case Integer number -> statement.setInt(i + 1, number);
                case Boolean flag -> statement.setInt(i + 1, flag ? 1 : 0);
                case String text -> statement.setString(i + 1, text);
                case byte[] blob -> statement.setBytes(i + 1, blob);
                case Object other ->
                        throw new IllegalArgumentException(
                                "no column type for " + other.getClass());
            }
        }
        return statement;
    }

    private static final class Statements extends LinkedHashMap<String, PreparedStatement> {
        private static final long serialVersionUID = 1;

        Statements() {
            super(64, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, PreparedStatement> eldest) {
            if (size() <= STATEMENTS_MAX) {
                return false;
            }
            try {
                eldest.getValue().close();
            } catch (SQLException e) {
                throw new SqliteException("close statement", e);
            }
            return true;
        }

        void closeAll() throws SQLException {
            for (PreparedStatement statement : values()) {
                statement.close();
            }
            clear();
        }
    }
}
