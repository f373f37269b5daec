package io.miroir.raft;

import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.store.engine.Applied;
import io.miroir.store.engine.NewerFormatException;
import io.miroir.store.engine.StoreEngine;
import io.miroir.store.engine.WatchHub;
import io.miroir.store.format.CommandFormats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens a member's database. */
final class StoreFiles {
    private static final Logger LOG = LoggerFactory.getLogger(StoreFiles.class);

    private StoreFiles() {}

    /** Finishes an install that a crash cut short: the log may already go on from it. */
    static Database open(Path dataDir) {
        DatabaseFiles files = new DatabaseFiles(dataDir, Durability.BEHIND_A_LOG);
        Database database = files.open();
        SnapshotFiles.Arrived file = SnapshotFiles.leftBehind(dataDir);
        if (file == null
                || file.sentUnder().getIndex() <= Applied.load(database.writer()).index()) {
            return database;
        }
        LOG.info("A file that was installed before replaces the database: {}", file.sentUnder());
        database.close();
        try {
            files.replaceBy(file.file());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot replace the database by " + file.file(), e);
        }
        return files.open();
    }

    /** What applies to it; an earlier program than the cluster's must not go on with its data. */
    static StoreEngine engine(Database database, WatchHub watchers, CommandFormats formats) {
        try {
            return new StoreEngine(database, watchers, formats);
        } catch (NewerFormatException e) {
            database.close();
            throw e;
        }
    }
}
