package io.miroir.raft;

import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.util.FileUtils;
import org.jspecify.annotations.Nullable;

/**
 * What Ratis calls snapshots. The latest one is an index up to which this pod's database is
 * checkpointed and synced (protocol rule 21): no file. A file is written when a newcomer asks for
 * it; it may hold more than the index says, which does no harm: an applier skips what its database
 * has.
 */
final class SnapshotFiles implements StateMachineStorage {
    private static final Pattern NAME = Pattern.compile("store-(\\d+)-(\\d+)\\.db");

    private static final String DIRECTORY = "snapshot";

    private final Path directory;
    private final Path temporary;
    private final Supplier<Database> database;
    private final Lock writing = new ReentrantLock();
    private volatile @Nullable DurableIndex latest;
    private volatile long latestNanos;

    SnapshotFiles(Path dataDir, Supplier<Database> database) {
        this.directory = dataDir.resolve(DIRECTORY);
        this.temporary = dataDir.resolve("snapshot-tmp");
        this.database = database;
    }

    /** Everything up to here is on disk. */
    synchronized void advance(TermIndex durable) {
        // A look at the database that an install replaced comes late.
        if (latest == null || latest.getIndex() < durable.getIndex()) {
            latest = new DurableIndex(durable);
            latestNanos = System.nanoTime();
        }
    }

    /** Since the log could be purged further the last time; -1 if that never was. */
    long ageNanos() {
        return latest == null ? -1 : System.nanoTime() - latestNanos;
    }

    /** The file that a leader sent. */
    Arrived arrived() {
        return arrived(files(directory).getFirst());
    }

    /** A whole file that a crash kept from taking the database's place, or that was sent. */
    static @Nullable Arrived leftBehind(Path dataDir) {
        return files(dataDir.resolve(DIRECTORY)).stream()
                .map(SnapshotFiles::arrived)
                .findFirst()
                .orElse(null);
    }

    private static Arrived arrived(Path file) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (!name.matches()) {
            throw new IllegalStateException("not the name of a snapshot: " + file);
        }
        TermIndex sentUnder =
                TermIndex.valueOf(Long.parseLong(name.group(1)), Long.parseLong(name.group(2)));
        return new Arrived(file, sentUnder);
    }

    /**
     * An installed file.
     *
     * @param sentUnder what Ratis takes it for; the database in it may be further
     */
    record Arrived(Path file, TermIndex sentUnder) {}

    /** What was received is on disk when this returns. */
    void syncReceived() {
        try (Stream<Path> received = Files.walk(temporary)) {
            for (Path file : received.filter(Files::isRegularFile).toList()) {
                DatabaseFiles.sync(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot sync what was received", e);
        }
    }

    @Override
    public void init(RaftStorage storage) throws IOException {
        Files.createDirectories(directory);
        // Each try of an install has a directory of its own; those that were cut off stay.
        FileUtils.deleteFully(temporary.toFile());
        Files.createDirectories(temporary);
    }

    @Override
    public @Nullable SnapshotInfo getLatestSnapshot() {
        return latest;
    }

    @Override
    public void format() {
        // The database is not Ratis' to empty.
    }

    @Override
    public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) {
        // There are no old ones: a file lives until the next one is asked for.
    }

    @Override
    public File getSnapshotDir() {
        return directory.toFile();
    }

    @Override
    public File getTmpDir() {
        return temporary.toFile();
    }

    private static List<Path> files(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.toString().endsWith(".db")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + directory, e);
        }
    }

    /** Keeps the directory to one file; who still reads an older one has it open. */
    private Path writeFile(TermIndex index) {
        writing.lock();
        try {
            Files.createDirectories(directory);
            try (Stream<Path> old = Files.list(directory)) {
                for (Path file : old.toList()) {
                    Files.delete(file);
                }
            }
            String name = "store-%d-%d.db".formatted(index.getTerm(), index.getIndex());
            Path part = directory.resolve(name + ".part");
            database.get().copyTo(part);
            return Files.move(part, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write a snapshot to " + directory, e);
        } finally {
            writing.unlock();
        }
    }

    private final class DurableIndex implements SnapshotInfo {
        private final TermIndex index;
        private @Nullable List<FileInfo> written;

        DurableIndex(TermIndex index) {
            this.index = index;
        }

        @Override
        public TermIndex getTermIndex() {
            return index;
        }

        /**
         * Writes the file at the first call, and again if it made room for another one. To be asked
         * for once a transfer: who has the file open reads on, whatever becomes of its name.
         */
        @Override
        public synchronized List<FileInfo> getFiles() {
            List<FileInfo> files = written;
            if (files == null || !Files.exists(files.getFirst().getPath())) {
                // No digest: Ratis takes it while it reads the file.
                files = List.of(new FileInfo(writeFile(index), null));
                written = files;
            }
            return files;
        }

        @Override
        public String toString() {
            return "snapshot at " + index;
        }
    }
}
