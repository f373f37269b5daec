package io.miroir.store.backup;

import io.miroir.store.StoreStatus;
import io.miroir.store.TaskStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Backups of a running store. A copy is made beside reads and writes, which costs its size on the
 * disk for as long as it is sent; one at a time.
 */
public final class OnlineBackup {
    private final TaskStore store;
    private final Path copy;
    private final String clusterId;
    private final AtomicBoolean busy = new AtomicBoolean();

    /**
     * @param directory on the disk that has room for a second database: the data directory
     * @param clusterId whose state it is; empty if that is not known
     */
    public OnlineBackup(TaskStore store, Path directory, String clusterId) {
        this.store = store;
        this.clusterId = clusterId;
        this.copy = directory.resolve("backup.tmp");
    }

    /** What came of {@link #take}. */
    public sealed interface Taken {
        /** The copy is made; it must be closed, sent or not. */
        record Copy(OnlineBackup owner, Summary summary) implements Taken, BackupStream {
            @Override
            public long bytes() {
                return BackupFile.bytes(summary);
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                BackupFile.write(owner.copy, summary, out);
            }

            /** Deletes the copy. */
            @Override
            public void close() throws IOException {
                owner.end();
            }
        }

        /** Another one is under way, or this pod's database is being replaced: try again. */
        record Busy() implements Taken {}

        /** The disk has no room for a copy. */
        record NoRoom(long freeBytes, long neededBytes) implements Taken {}
    }

    /**
     * Copies the store as it is now: with everything that was acknowledged on any pod before the
     * call.
     *
     * @throws io.miroir.store.StoreUnavailableException if no quorum confirms that this pod has all
     *     of it
     */
    public Taken take() throws IOException {
        if (!busy.compareAndSet(false, true)) {
            return new Taken.Busy();
        }
        boolean taken = false;
        try {
            long acknowledged = store.barrier().orThrow();
            Files.deleteIfExists(copy);
            long neededBytes = store.databaseBytes();
            long freeBytes = Files.getFileStore(copy.toAbsolutePath().getParent()).getUsableSpace();
            if (freeBytes < neededBytes) {
                return new Taken.NoRoom(freeBytes, neededBytes);
            }
            store.copyTo(copy);
            StoreStatus status = store.status();
            // Files of SQLite's own beside the copy are never made: it is not in WAL mode.
            Origin origin = new Origin(clusterId, status.podId(), status.backend());
            Summary summary = DatabaseFigures.of(copy, origin);
            if (summary.appliedIndex() < acknowledged) {
                // A file that a leader sent took the database's place under the copy.
                return new Taken.Busy();
            }
            taken = true;
            return new Taken.Copy(this, summary);
        } finally {
            if (!taken) {
                end();
            }
        }
    }

    private void end() throws IOException {
        try {
            Files.deleteIfExists(copy);
        } finally {
            busy.set(false);
        }
    }
}
