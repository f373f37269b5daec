package io.miroir.sqlite;

/** A database is not what it was when it was closed, or can't be read: it must not be served. */
public final class DamagedDatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1;

    DamagedDatabaseException(String damage) {
        super(damage);
    }
}
