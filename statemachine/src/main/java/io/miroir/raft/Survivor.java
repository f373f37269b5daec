package io.miroir.raft;

import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseCheck;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Salvage;
import io.miroir.sqlite.Sql;
import io.miroir.sqlite.SqliteException;
import io.miroir.store.engine.Applied;
import io.miroir.store.engine.StoreEngine;
import io.miroir.store.engine.WatchHub;
import io.miroir.store.recovery.Unfinished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.util.FileUtils;
import org.jspecify.annotations.Nullable;

/** What the data directory of a pod that does not run knows. */
public final class Survivor {
    /** Commands in one transaction of a replay. */
    private static final int TRANSACTION_COMMANDS_MAX = 1_000;

    private Survivor() {}

    /**
     * What was found.
     *
     * @param clusterId of its log; empty if it has none, as a single pod's store
     * @param members of the group, as far as this pod knew
     * @param appliedIndex last entry in its database
     * @param storeTimeMicros store time of that entry, epoch microseconds
     * @param lastIndex last entry in its log; what is above it was never here
     * @param waitingEntries entries of the log that are not in the database: this pod does not know
     *     whether they were acknowledged
     * @param waitingCommands commands in them
     * @param term the highest that this pod has heard of
     * @param damage why its files are not to be relied on; null if nothing is known against them.
     *     What is told above is then what can be read
     */
    public record Findings(
            String clusterId,
            List<String> members,
            long appliedIndex,
            long appliedTerm,
            long storeTimeMicros,
            long lastIndex,
            long waitingEntries,
            long waitingCommands,
            long term,
            @Nullable String damage) {}

    /**
     * Looks at a directory and changes nothing in it.
     *
     * @throws IOException if it holds no task store, or can't be read
     */
    public static Findings look(Path dataDir) throws IOException {
        if (!Files.exists(DatabaseFiles.current(dataDir))) {
            throw new IOException(dataDir + " holds no task store");
        }
        Optional<String> damage = StoreCheck.damage(dataDir);
        try {
            if (damage.isPresent() && Unfinished.command(dataDir).isEmpty()) {
                return read(dataDir, damage.get() + unread(newest(dataDir)));
            }
            return read(dataDir, damage.orElse(null));
        } catch (SqliteException unreadable) {
            throw new IOException(
                    "%s. Too little of it can be read to go on: take the files of another pod, or"
                                    .formatted(damage.orElse(unreadable.getMessage()))
                            + " restore a backup",
                    unreadable);
        }
    }

    /** What a recovery will not find on pages that can't be read; empty if it can read all. */
    private static String unread(Path database) throws IOException {
        if (DatabaseCheck.structure(database).isEmpty()) {
            return "";
        }
        Path elsewhere = Files.createTempDirectory("miroir-salvage");
        try {
            List<String> unread = Salvage.copy(database, elsewhere.resolve("salvaged.db"));
            return unread.stream().map(lost -> "; " + lost).collect(Collectors.joining());
        } catch (IOException tooLittle) {
            throw new IOException(
                    tooLittle.getMessage() + ". Take the files of another pod, or restore a backup",
                    tooLittle);
        } finally {
            FileUtils.deleteFully(elsewhere);
        }
    }

    /**
     * The file with the newest state: the database, or one that was installed and that a crash kept
     * from taking its place.
     */
    static Path newest(Path dataDir) {
        SnapshotFiles.Arrived arrived = SnapshotFiles.leftBehind(dataDir);
        // Those that this pod has sent are there, too, but older.
        return arrived != null && arrived.sentUnder().getIndex() > readableIndex(dataDir)
                ? arrived.file()
                : DatabaseFiles.current(dataDir);
    }

    /** Of a database that does not say where it is, any whole file is the newer one. */
    private static long readableIndex(Path dataDir) {
        try {
            return appliedIndex(dataDir);
        } catch (SqliteException | IllegalStateException unreadable) {
            return -1;
        }
    }

    /**
     * The same of files that were looked at before.
     *
     * @param damage what is wrong with them
     */
    static Findings read(Path dataDir, @Nullable String damage) throws IOException {
        Applied applied;
        try (Sql sql = Database.inspect(newest(dataDir))) {
            applied = Applied.load(sql);
        }
        OldLog log = OldLog.in(dataDir);
        AtomicLong entries = new AtomicLong();
        AtomicLong commands = new AtomicLong();
        if (log != null) {
            log.read(
                    entry -> {
                        if (entry.getIndex() > applied.index()) {
                            entries.incrementAndGet();
                            commands.addAndGet(commands(entry));
                        }
                    });
        }
        return new Findings(
                log == null ? "" : log.clusterId(),
                log == null ? List.of() : log.members(),
                applied.index(),
                applied.term(),
                applied.storeTimeMicros(),
                log == null ? applied.index() : Math.max(applied.index(), log.lastIndex()),
                entries.get(),
                commands.get(),
                Math.max(applied.term(), log == null ? 0 : log.term()),
                damage);
    }

    /** Members of the group, as far as this pod knew; none without a log. */
    static List<String> members(Path dataDir) throws IOException {
        OldLog log = OldLog.in(dataDir);
        if (log == null) {
            return List.of();
        }
        log.read(_ -> {});
        return log.members();
    }

    /**
     * Last entry in the database of a directory, which may be of any format; 0 if there is none.
     */
    static long appliedIndex(Path dataDir) {
        Path database = DatabaseFiles.current(dataDir);
        if (!Files.exists(database)) {
            return 0;
        }
        try (Sql sql = Database.inspect(database)) {
            return sql.number("SELECT applied_index FROM applied WHERE id = 1");
        }
    }

    /**
     * Applies what the log holds beyond the database, as far as it can be read: any of it may have
     * been acknowledged, and an acknowledged write must not be lost for want of knowing it.
     */
    static void replay(Path dataDir, Database database) throws IOException {
        OldLog log = OldLog.in(dataDir);
        if (log == null) {
            return;
        }
        StoreEngine engine = new StoreEngine(database, new WatchHub(0));
        log.read(entry -> apply(engine, entry));
        engine.commit();
    }

    private static void apply(StoreEngine engine, LogEntryProto entry) {
        long next = engine.applied().index() + 1;
        if (entry.getIndex() != next) {
            // The database has it, or lacks what was before it: that was told as damage.
            return;
        }
        if (entry.hasStateMachineLogEntry()) {
            StampedBatch stamped = StampedBatch.parse(entry.getStateMachineLogEntry().getLogData());
            engine.apply(
                    entry.getIndex(), entry.getTerm(), stamped.storeTimeMicros(), stamped.batch());
        } else {
            engine.skip(entry.getIndex(), entry.getTerm());
        }
        if (engine.openCommands() >= TRANSACTION_COMMANDS_MAX) {
            engine.commit();
        }
    }

    private static long commands(LogEntryProto entry) {
        if (!entry.hasStateMachineLogEntry()) {
            return 0;
        }
        return StampedBatch.parse(entry.getStateMachineLogEntry().getLogData())
                .batch()
                .getCommandCount();
    }
}
