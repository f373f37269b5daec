package io.miroir.sqlite;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The current row of a query; columns count from 1. Valid only inside its {@link RowReader}. */
public final class Cursor {
    private final ResultSet rows;

    Cursor(ResultSet rows) {
        this.rows = rows;
    }

    public long number(int column) {
        try {
            return rows.getLong(column);
        } catch (SQLException e) {
            throw new SqliteException("column " + column, e);
        }
    }

    /** For columns that the schema keeps within an int. */
    public int integer(int column) {
        return Math.toIntExact(number(column));
    }

    public @Nullable Long numberOrNull(int column) {
        try {
            long value = rows.getLong(column);
            return rows.wasNull() ? null : value;
        } catch (SQLException e) {
            throw new SqliteException("column " + column, e);
        }
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
        try {
            return rows.getString(column);
        } catch (SQLException e) {
            throw new SqliteException("column " + column, e);
        }
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
            return rows.getBytes(column);
        } catch (SQLException e) {
            throw new SqliteException("column " + column, e);
        }
    }

    /** The value in SQLite's own type: Long, Double, String, byte[] or null. */
    public @Nullable Object value(int column) {
        try {
            Object value = rows.getObject(column);
            return value instanceof Integer i ? (Object) i.longValue() : value;
        } catch (SQLException e) {
            throw new SqliteException("column " + column, e);
        }
    }

    public int columns() {
        try {
            return rows.getMetaData().getColumnCount();
        } catch (SQLException e) {
            throw new SqliteException("columns", e);
        }
    }
}
