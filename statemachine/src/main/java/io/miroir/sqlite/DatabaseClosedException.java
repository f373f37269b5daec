package io.miroir.sqlite;

/** The database was closed while someone waited for one of its connections. */
public final class DatabaseClosedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    DatabaseClosedException() {
        super("the database is closed");
    }
}
