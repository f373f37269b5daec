package io.miroir.sqlite;

import java.sql.SQLException;

/**
 * The database failed: a full disk, an I/O error, a corruption, or a bug in a statement. Never an
 * expected refusal; in an applier it stops the store.
 */
public final class SqliteException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SqliteException(String what, SQLException cause) {
        super(what + ": " + cause.getMessage(), cause);
    }
}
