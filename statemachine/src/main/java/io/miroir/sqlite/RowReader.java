package io.miroir.sqlite;

/** Makes a value of one row. */
@FunctionalInterface
public interface RowReader<T> {
    T read(Cursor row);
}
