package io.miroir.sqlite;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;

/**
 * One SQLite file in WAL mode: one connection that writes, a few that read and never wait for it,
 * one that checkpoints beside both.
 */
public final class Database implements AutoCloseable {
    /** Format that this program writes: schema-1.sql and the changes after it. */
    public static final int FORMAT = 8;

    /** Tells a task store from other SQLite files: "MIRO". */
    private static final int APPLICATION_ID = 0x4d49524f;

    private static final int READERS = 4;
    private static final int BUSY_TIMEOUT_MILLIS = 5_000;

    /** How often someone who waits for a connection looks whether there will be none any more. */
    private static final long CLOSED_CHECK_MILLIS = 50;

    private final Path file;
    private final Sql writer;
    private final Sql checkpointer;
    private final BlockingQueue<Sql> readers = new ArrayBlockingQueue<>(READERS);

    /** Of long reads; guarded by itself. */
    private final Set<Sql> apart = new HashSet<>();

    private volatile boolean closing;
    private volatile boolean closed;

    private Database(Path file, Durability durability) {
        this.file = file;
        this.writer = connect(file, durability);
        migrate();
        this.checkpointer = connect(file, durability);
        for (int i = 0; i < READERS; i++) {
            Sql reader = connect(file, durability);
            reader.update("PRAGMA query_only = 1");
            readers.add(reader);
        }
    }

    /** Opens the file, or creates it with the current schema. A newer format is refused. */
    public static Database open(Path file, Durability durability) {
        try {
            if (!Files.exists(file)) {
                DatabaseFiles.createPrivate(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create " + file, e);
        }
        return new Database(file, durability);
    }

    /**
     * Opens a file to look at it: it is not brought to this program's format, nor written to.
     *
     * @throws IllegalStateException if it is no task store, or of a newer format
     */
    public static Sql inspect(Path file) {
        try {
            SQLiteConfig readOnly = new SQLiteConfig();
            readOnly.setReadOnly(true);
            Sql sql = new Sql(JDBC.createConnection(url(file), readOnly.toProperties()));
            refuseUnknown(file, sql);
            return sql;
        } catch (SQLException e) {
            throw new SqliteException("cannot open " + file, e);
        }
    }

    /** The format of a file that is not open. */
    static int format(Path file) {
        try (Sql sql = inspect(file)) {
            return (int) sql.number("PRAGMA user_version");
        }
    }

    public Path file() {
        return file;
    }

    /** The connection that writes; for the one thread that applies. */
    public Sql writer() {
        return writer;
    }

    /** Lends a reading connection; waits for one if all are out. */
    public <T> T read(Function<Sql, T> query) {
        Sql reader = take();
        try {
            return query.apply(reader);
        } finally {
            readers.add(reader);
        }
    }

    /** As {@link #read}, with all statements seeing one state. */
    public <T> T readConsistently(Function<Sql, T> query) {
        return read(
                sql -> {
                    sql.beginRead();
                    try {
                        return query.apply(sql);
                    } finally {
                        sql.commit();
                    }
                });
    }

    /**
     * As {@link #readConsistently}, for what may take long: on a connection of its own. Nobody who
     * closes the database waits for it, it fails then.
     *
     * @throws DatabaseClosedException if the database is closed meanwhile
     */
    public <T> T readApart(Function<Sql, T> query) {
        Sql reader = openApart();
        try {
            reader.beginRead();
            return query.apply(reader);
        } catch (SqliteException failed) {
            throw closing ? new DatabaseClosedException() : failed;
        } finally {
            synchronized (apart) {
                // First: whoever closes the database waits for it.
                apart.remove(reader);
                apart.notifyAll();
                reader.close();
            }
        }
    }

    private Sql openApart() {
        synchronized (apart) {
            if (closing) {
                throw new DatabaseClosedException();
            }
            Sql reader = connect(file, Durability.EVERY_COMMIT);
            apart.add(reader);
            return reader;
        }
    }

    /** Again and again: one that is between two statements does not notice. */
    private void endLongReads() {
        synchronized (apart) {
            closing = true;
            boolean interrupted = false;
            while (!apart.isEmpty()) {
                apart.forEach(Sql::interrupt);
                try {
                    apart.wait(CLOSED_CHECK_MILLIS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Moves what is committed into the database file and syncs it, beside readers and writer.
     * Answers whether everything that was committed before the call is in the file now; a long read
     * may be in the way.
     */
    public synchronized boolean checkpoint() {
        if (closed) {
            return false;
        }
        return checkpointer
                .first(
                        "PRAGMA wal_checkpoint(PASSIVE)",
                        row -> row.number(1) == 0 && row.number(2) == row.number(3))
                .orElse(false);
    }

    /**
     * Moves what is committed into the database file, while nobody else has it open. To close it
     * does the same, but says nothing when the disk is full.
     *
     * @return false if somebody has it open, and something is left
     */
    public boolean emptyWriteAheadLog() {
        return checkpointer.number("PRAGMA wal_checkpoint(TRUNCATE)") == 0;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        endLongReads();
        for (int i = 0; i < READERS; i++) {
            take().close();
        }
        closed = true;
        checkpointer.close();
        writer.close();
    }

    /**
     * Writes all that is committed into a new file, beside readers and writer, and syncs it.
     *
     * @param copy must not exist
     */
    public void copyTo(Path copy) throws IOException {
        copy(file, copy);
    }

    /** The same of a file that is not open, which stays of the format that it has. */
    static void copy(Path file, Path copy) throws IOException {
        // SQLite fills an empty file as it would make one, but it would make one for all to read.
        DatabaseFiles.createPrivate(copy);
        Sql copier = connect(file, Durability.EVERY_COMMIT);
        try {
            copier.update("VACUUM INTO ?", copy.toString());
        } finally {
            copier.close();
        }
        try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private Sql take() {
        try {
            Sql reader = readers.poll(CLOSED_CHECK_MILLIS, TimeUnit.MILLISECONDS);
            while (reader == null) {
                if (closed) {
                    throw new DatabaseClosedException();
                }
                reader = readers.poll(CLOSED_CHECK_MILLIS, TimeUnit.MILLISECONDS);
            }
            return reader;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a connection", e);
        }
    }

    static Sql connect(Path file, Durability durability) {
        try {
            SQLiteConnection connection = JDBC.createConnection(url(file), new Properties());
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA busy_timeout = " + BUSY_TIMEOUT_MILLIS);
                statement.execute("PRAGMA journal_mode = WAL");
                statement.execute("PRAGMA synchronous = " + durability.synchronous());
                statement.execute("PRAGMA cache_size = -4096");
                statement.execute("PRAGMA temp_store = MEMORY");
                statement.execute("PRAGMA wal_autocheckpoint = 4096");
            }
            return new Sql(connection);
        } catch (SQLException e) {
            throw new SqliteException("cannot open " + file, e);
        }
    }

    private static String url(Path file) {
        return JDBC.PREFIX + file;
    }

    /** Brings the file to this program's format; each step is one transaction. */
    private void migrate() {
        int format = refuseUnknown(file, writer);
        for (int next = format + 1; next <= FORMAT; next++) {
            writer.beginWrite();
            Pattern.compile(";\\s*\n")
                    .splitAsStream(schema(next))
                    .filter(statement -> !statement.isBlank())
                    .forEach(statement -> writer.update(statement));
            writer.update("PRAGMA application_id = " + APPLICATION_ID);
            writer.update("PRAGMA user_version = " + next);
            writer.commit();
        }
    }

    /** The file's format; 0 if it is new. */
    private static int refuseUnknown(Path file, Sql sql) {
        long owner = sql.number("PRAGMA application_id");
        int format = (int) sql.number("PRAGMA user_version");
        boolean isNew = format == 0 && sql.number("SELECT count(*) FROM sqlite_schema") == 0;
        boolean first = format == 1 && owner == 0;
        if (!isNew && !first && owner != APPLICATION_ID) {
            throw new IllegalStateException(file + " is a SQLite file, but no task store");
        }
        if (format > FORMAT) {
            throw new IllegalStateException(
                    file
                            + " has format "
                            + format
                            + ", this program knows up to "
                            + FORMAT
                            + ": a newer program wrote it. Start that one, or restore a backup");
        }
        return format;
    }

    private static String schema(int format) {
        String name = "schema-" + format + ".sql";
        try (InputStream in = Database.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no " + name + " in the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("--[^\n]*", "");
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }
}
