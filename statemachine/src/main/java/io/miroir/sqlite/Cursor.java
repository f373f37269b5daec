package io.miroir.sqlite;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.core.Codes;
import org.sqlite.core.DB;

/** The current row of a query; columns count from 1. Valid only inside its {@link RowReader}. */
public final class Cursor {
    private final DB database;
    private final long statement;

    Cursor(DB database, long statement) {
        this.database = database;
        this.statement = statement;
    }

    public long number(int column) {
        try {
            return database.column_long(statement, column - 1);
        } catch (SQLException e) {
            throw new SqliteException("column " + column, e);
        }
    }

    /** For columns that the schema keeps within an int. */
    public int integer(int column) {
        return Math.toIntExact(number(column));
    }

    public @Nullable Long numberOrNull(int column) {
        return type(column) == Codes.SQLITE_NULL ? null : number(column);
    }

    public @Nullable Integer integerOrNull(int column) {
        Long value = numberOrNull(column);
        return value == null ? null : Math.toIntExact(value);
    }

    public String text(int column) {
        String value = textOrNull(column);
        if (value == null) {
            throw new IllegalStateException("column " + column + " is null");
        }
        return value;
    }

    public @Nullable String textOrNull(int column) {
        // The same bytes as text come by way of a buffer outside of the heap, which costs more.
        byte[] utf8 = blobOrNull(column);
        return utf8 == null ? null : new String(utf8, StandardCharsets.UTF_8);
    }

    public byte[] blob(int column) {
        byte[] value = blobOrNull(column);
        if (value == null) {
            throw new IllegalStateException("column " + column + " is null");
        }
        return value;
    }

    public byte @Nullable [] blobOrNull(int column) {
        try {
            return database.column_blob(statement, column - 1);
        } catch (SQLException e) {
            throw new SqliteException("column " + column, e);
        }
    }

    /** The value in SQLite's own type: Long, Double, String, byte[] or null. */
    public @Nullable Object value(int column) {
        return switch (type(column)) {
            case Codes.SQLITE_INTEGER -> number(column);
            case Codes.SQLITE_FLOAT -> real(column);
            case Codes.SQLITE_TEXT -> text(column);
            case Codes.SQLITE_BLOB -> blob(column);
            case Codes.SQLITE_NULL -> null;
            default -> throw new IllegalStateException("no type of SQLite's: " + type(column));
        };
    }

    public int columns() {
        try {
            return database.column_count(statement);
        } catch (SQLException e) {
            throw new SqliteException("columns", e);
        }
    }

    private double real(int column) {
        try {
            return database.column_double(statement, column - 1);
        } catch (SQLException e) {
            throw new SqliteException("column " + column, e);
        }
    }

    private int type(int column) {
        try {
            return database.column_type(statement, column - 1);
        } catch (SQLException e) {
            throw new SqliteException("column " + column, e);
        }
    }
}
