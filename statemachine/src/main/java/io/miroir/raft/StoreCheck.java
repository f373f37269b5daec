package io.miroir.raft;

import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseCheck;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.sqlite.StoreSeal;
import io.miroir.store.engine.Applied;
import io.miroir.store.recovery.Unfinished;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a member's files before anything relies on them. What is damaged is told, never skipped:
 * a member that lost entries which it had acknowledged must not vote as if there had been none.
 */
public final class StoreCheck {
    private StoreCheck() {}

    /**
     * What was found.
     *
     * @param damage what is wrong, null if nothing is
     * @param held what the member still has
     * @param proven whether the tables are known to be right: they are those of a store that was
     *     closed with tables that were, or there are none. After a crash only others can tell
     */
    public record Report(@Nullable String damage, Held held, boolean proven) {
        private static Report damaged(String damage, Held held) {
            return new Report(damage, held, false);
        }
    }

    /**
     * Examines the data directory of a pod that has been a member before. Takes about a second for
     * each gigabyte.
     */
    public static Report examine(Path dataDir, UUID clusterId) {
        try {
            Optional<String> mark = DamageMark.read(dataDir);
            if (mark.isPresent()) {
                return Report.damaged(mark.get(), Held.NOTHING);
            }
            Path log = dataDir.resolve("raft").resolve(clusterId.toString()).resolve("current");
            if (!Files.isDirectory(log)) {
                return Report.damaged("the log is gone from " + dataDir, Held.NOTHING);
            }
            LogCheck.Report found = LogCheck.examine(log);
            if (found.damage() != null) {
                return Report.damaged(found.damage(), held(found, -1));
            }
            Optional<StoreSeal> seal = StoreSeal.read(dataDir);
            Optional<String> damage = database(dataDir, seal, found);
            if (damage.isPresent()) {
                return Report.damaged(damage.get(), held(found, -1));
            }
            long applied = applied(dataDir);
            boolean proven = applied <= 0 || seal.map(StoreSeal::proven).orElse(false);
            return new Report(null, held(found, applied), proven);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + dataDir, e);
        }
    }

    /**
     * What is wrong with a directory that no pod has open, of a member or of a single pod. Changes
     * nothing in it.
     *
     * @return nothing if nothing is wrong that can be seen
     */
    public static Optional<String> damage(Path dataDir) throws IOException {
        Optional<String> mark = DamageMark.read(dataDir);
        if (mark.isPresent()) {
            return mark;
        }
        String begun = Unfinished.command(dataDir);
        if (!begun.isEmpty()) {
            // It has changed a part of the files; they were looked at when it began.
            return begun.equals(Recovery.COMMAND) ? Recovery.damage(dataDir) : structure(dataDir);
        }
        OldLog log = OldLog.in(dataDir);
        if (log == null) {
            return DatabaseCheck.single(dataDir);
        }
        LogCheck.Report found = LogCheck.look(log.directory());
        if (found.damage() != null) {
            return Optional.of(found.damage());
        }
        Optional<String> damage = database(dataDir, StoreSeal.read(dataDir), found);
        return damage.isPresent() ? damage : gap(dataDir, found);
    }

    /** A log that begins behind the database's end, or that of a file that is to replace it. */
    private static Optional<String> gap(Path dataDir, LogCheck.Report log) {
        SnapshotFiles.Arrived arrived = SnapshotFiles.leftBehind(dataDir);
        long end = arrived == null ? 0 : arrived.sentUnder().getIndex();
        end = Math.max(end, Survivor.appliedIndex(dataDir));
        return log.begin() <= end + 1
                ? Optional.empty()
                : Optional.of(
                        "the log begins at %d, the database ends at %d: what lies between is lost"
                                .formatted(log.begin(), end));
    }

    private static Optional<String> database(
            Path dataDir, Optional<StoreSeal> seal, LogCheck.Report log) throws IOException {
        return seal.isPresent() ? seal.get().broken(dataDir, log.end()) : structure(dataDir);
    }

    /** Of the database, and of an installed file that is to take its place. */
    static Optional<String> structure(Path dataDir) throws IOException {
        Path current = DatabaseFiles.current(dataDir);
        Optional<String> damage = DatabaseCheck.structure(current);
        if (damage.isPresent()) {
            return damage;
        }
        Path newest = Survivor.newest(dataDir);
        return newest.equals(current) ? damage : DatabaseCheck.structure(newest);
    }

    private static Held held(LogCheck.Report log, long applied) {
        return new Held(log.term(), log.end(), log.endTerm(), applied);
    }

    /**
     * How far the database has come, or the file that is to take its place: who sent that was told
     * that it is here. -1 if there is none.
     */
    private static long applied(Path dataDir) {
        SnapshotFiles.Arrived arrived = SnapshotFiles.leftBehind(dataDir);
        long installed = arrived == null ? -1 : arrived.sentUnder().getIndex();
        if (!Files.exists(DatabaseFiles.current(dataDir))) {
            return installed;
        }
        try (Database database = new DatabaseFiles(dataDir, Durability.BEHIND_A_LOG).open()) {
            return Math.max(installed, Applied.load(database.writer()).index());
        }
    }
}
