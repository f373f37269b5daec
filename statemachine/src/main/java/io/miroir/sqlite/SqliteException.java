package io.miroir.sqlite;

import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Set;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The database failed: a full disk, an I/O error, a corruption, or a bug in a statement. Never an
 * expected refusal; in an applier it stops the store, unless it is {@link #ofTheData}.
 */
public final class SqliteException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private static final Set<SQLiteErrorCode> OF_THE_DATA =
            EnumSet.of(
                    SQLiteErrorCode.SQLITE_CONSTRAINT,
                    SQLiteErrorCode.SQLITE_TOOBIG,
                    SQLiteErrorCode.SQLITE_MISMATCH);
    private static final int PRIMARY_CODE = 0xff;

    private final boolean ofTheData;

    SqliteException(String what, SQLException cause) {
        super(what + ": " + cause.getMessage(), cause);
        this.ofTheData =
                cause instanceof SQLiteException e
                        && OF_THE_DATA.contains(
                                SQLiteErrorCode.getErrorCode(
                                        e.getResultCode().code & PRIMARY_CODE));
    }

    /**
     * Whether the values are at fault, not the disk: the same statement fails alike on every pod
     * with the same tables.
     */
    public boolean ofTheData() {
        return ofTheData;
    }
}
