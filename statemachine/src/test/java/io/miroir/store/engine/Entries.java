package io.miroir.store.engine;

import io.miroir.proto.store.Batch;
import io.miroir.proto.store.BatchOutcome;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.Outcome;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.sqlite.Sql;
import io.miroir.store.Digests;
import java.nio.file.Path;

/** Entries of a log, one after the other, as a pod applies them to a database of its own. */
final class Entries implements AutoCloseable {
    /** Store time of the beginning: of the year 2026, epoch microseconds. */
    static final long TIME = 1_767_225_600_000_000L;

    static final long SECOND = 1_000_000;

    private final Database database;
    private final int entriesPerTransaction;
    private StoreEngine engine;

    /** A pod that ends a transaction with each entry. */
    Entries(Path dir) {
        this(dir, 1);
    }

    Entries(Path dir, int entriesPerTransaction) {
        this.database = new DatabaseFiles(dir, Durability.BEHIND_A_LOG).open();
        this.entriesPerTransaction = entriesPerTransaction;
        this.engine = new StoreEngine(database, new WatchHub(0));
    }

    Outcome apply(Command.Builder command) {
        return apply(0, command);
    }

    /**
     * @param afterMicros stamp of the entry, from the beginning
     */
    Outcome apply(long afterMicros, Command.Builder command) {
        return apply(afterMicros, Batch.newBuilder().addCommand(command).build()).getOutcome(0);
    }

    BatchOutcome apply(long afterMicros, Batch batch) {
        BatchOutcome outcome =
                engine.apply(engine.applied().index() + 1, 1, TIME + afterMicros, batch);
        if (engine.openEntries() >= entriesPerTransaction) {
            engine.commit();
        }
        return outcome;
    }

    /** As a pod that is stopped and started: what it counted, it must find again. */
    void restart() {
        engine.commit();
        engine = new StoreEngine(database, new WatchHub(0));
    }

    /** Of all tables, as committed. */
    Digests digests() {
        engine.commit();
        return DigestReads.digests(database.writer());
    }

    /** With what the open transaction did. */
    long rows(String table) {
        return database.writer().number("SELECT count(*) FROM " + table);
    }

    Sql sql() {
        return database.writer();
    }

    @Override
    public void close() {
        database.close();
    }
}
