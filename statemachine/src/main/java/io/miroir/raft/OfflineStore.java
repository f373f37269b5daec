package io.miroir.raft;

import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.sqlite.StoreSeal;
import io.miroir.store.backup.BackupFile;
import io.miroir.store.backup.Reading;
import io.miroir.store.engine.Applied;
import io.miroir.store.recovery.StateJump;
import io.miroir.store.recovery.Unfinished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.ratis.util.FileUtils;
import org.jspecify.annotations.Nullable;

/**
 * Changes a data directory that no pod has open: a backup becomes a cluster's beginning, a survivor
 * goes on alone, a single pod's store becomes a group's and back. What is cut short by a crash is
 * refused by every start until the command has been run again.
 *
 * <p>The caller holds the directory's lock.
 */
public final class OfflineStore {
    /**
     * Terms of the lost time are not known; a leader's term is the token that fences its duties.
     */
    private static final long TERMS_AHEAD = 1_000;

    private static final String RESTORE = "restore";
    private static final String TO_RAFT = "store convert --to raft";
    private static final String TO_SQLITE = "store convert --to sqlite";

    /** What a directory may hold that counts as empty. */
    private static final Set<String> NOTHING =
            Set.of("miroir.lock", "lost+found", "spool", LostVote.FILE);

    /** A small file that a crash left half written. */
    private static final String PART = ".part";

    private final Path dataDir;
    private final RaftStoreConfig.@Nullable Peer self;
    private final Identity identity;
    private final boolean acceptsDamage;

    /**
     * A directory to be changed.
     *
     * @param self how the one member is reached; null for a store without a group
     * @param identity writes whose directory this is
     */
    public OfflineStore(Path dataDir, RaftStoreConfig.@Nullable Peer self, Identity identity) {
        this(dataDir, self, identity, false);
    }

    private OfflineStore(
            Path dataDir,
            RaftStoreConfig.@Nullable Peer self,
            Identity identity,
            boolean acceptsDamage) {
        this.dataDir = dataDir;
        this.self = self;
        this.identity = identity;
        this.acceptsDamage = acceptsDamage;
    }

    /**
     * The same directory.
     *
     * @param accepts whether to go on with files that are damaged, with what can be read of them
     */
    public OfflineStore acceptingDamage(boolean accepts) {
        return new OfflineStore(dataDir, self, identity, accepts);
    }

    /** Says in the directory to which cluster it belongs. */
    @FunctionalInterface
    public interface Identity {
        /** Called when all else is on disk. */
        void write(Path dataDir, UUID clusterId) throws IOException;
    }

    /** What came of a command. */
    public sealed interface Outcome {
        /**
         * Done; a pod may be started on the directory.
         *
         * @param unread what could not be read of damaged files, and is lost
         */
        record Ready(long appliedIndex, StateJump.@Nullable Made jump, List<String> unread)
                implements Outcome {
            /** With all that was there. */
            public Ready(long appliedIndex, StateJump.@Nullable Made jump) {
                this(appliedIndex, jump, List.of());
            }
        }

        /** Nothing was changed. */
        record Refused(String why) implements Outcome {}
    }

    /** Makes an empty directory the beginning of a new cluster with the state of a backup. */
    public Outcome restore(Path backup, UUID clusterId, StateJump.Distance distance)
            throws IOException {
        Files.createDirectories(dataDir);
        if (RESTORE.equals(Unfinished.command(dataDir))) {
            for (String name : contents()) {
                FileUtils.deleteFully(dataDir.resolve(name));
            }
        }
        List<String> there = contents();
        if (!there.isEmpty()) {
            return new Outcome.Refused(
                    dataDir + " is not empty: it holds " + there + ". A restore replaces nothing");
        }
        Unfinished mark = mark(RESTORE);
        Path database = DatabaseFiles.file(dataDir);
        if (BackupFile.read(backup, database) instanceof Reading.Damaged damaged) {
            Files.delete(database);
            mark.end();
            return new Outcome.Refused(backup + ": " + damaged.reason());
        }
        try (Database restored = open()) {
            StateJump.forgetAddresses(restored.writer());
        }
        return newLife(mark, clusterId, distance);
    }

    /**
     * Lets a survivor go on alone, in a new cluster: with all that its log holds, acknowledged or
     * not. What was there before is kept beside it.
     */
    public Outcome recover(UUID clusterId, StateJump.Distance distance) throws IOException {
        if (isOfAnother(Recovery.COMMAND)) {
            return ofAnother();
        }
        String damage = StoreCheck.damage(dataDir).orElse(null);
        if (isRefused(damage)) {
            return refused(damage);
        }
        Recovery recovery = new Recovery(dataDir);
        if (!recovery.isBegun()) {
            recovery.make(damage, distance);
        }
        Recovery.Made made = recovery.made();
        if (made == null) {
            return new Outcome.Refused(
                    "an earlier program began this in %s and did not end: run that one again"
                            .formatted(dataDir));
        }
        Unfinished mark = mark(Recovery.COMMAND);
        recovery.takePlace();
        setLogAside(recovery.before());
        Applied applied;
        try (Database database = open()) {
            applied = Applied.load(database.writer());
        }
        begin(clusterId, applied, Math.max(applied.term(), made.term()) + TERMS_AHEAD);
        mark.end();
        return new Outcome.Ready(applied.index(), made.jump(), made.unread());
    }

    /** Each knows only how to go on with what it began itself. */
    private boolean isOfAnother(String command) throws IOException {
        String begun = Unfinished.command(dataDir);
        return !begun.isEmpty() && !begun.equals(command);
    }

    private Outcome ofAnother() throws IOException {
        return new Outcome.Refused(
                "%s was being changed by `miroir %s`, which did not end: run that again"
                        .formatted(dataDir, Unfinished.command(dataDir)));
    }

    /**
     * Finishes an install that a crash cut short. To open the database brings it to this program's
     * format: it is not the one that was sealed any more.
     */
    private void finishInstall() throws IOException {
        StoreSeal.remove(dataDir);
        StoreFiles.open(dataDir).close();
    }

    private boolean isUnreadable(@Nullable String damage) throws IOException {
        return damage != null && StoreCheck.structure(dataDir).isPresent();
    }

    /** A conversion believes what it has; recovery makes everything be compared. */
    private static Outcome unreadable(@Nullable String damage) {
        return new Outcome.Refused(
                """
                its files are damaged: %s. Only `miroir cluster recover --from-survivor \
                --accept-damage` makes a store of what can be read of such pages\
                """
                        .formatted(damage));
    }

    private boolean isRefused(@Nullable String damage) {
        return damage != null && !acceptsDamage;
    }

    private static Outcome refused(@Nullable String damage) {
        return new Outcome.Refused(
                """
                its files are damaged: %s. Take those of another pod, or restore a backup; \
                --accept-damage goes on with what can be read of these \
                (docs/operations/recovery.md)"""
                        .formatted(damage));
    }

    /** Empties the directory for what was there before, and says in it what was wrong with that. */
    private static void setAside(Path before, @Nullable String damage) throws IOException {
        FileUtils.deleteFully(before);
        Files.createDirectories(before);
        if (damage != null) {
            DatabaseFiles.write(before.resolve(DamageMark.FILE), damage);
        }
    }

    /** A single pod's store becomes that of a group of one, which others may join. */
    public Outcome toRaft(UUID clusterId) throws IOException {
        if (self == null) {
            return new Outcome.Refused(
                    "other pods must know where to reach this one: give --raft and --peer, or a"
                            + " configuration with task_store.backend: raft and peers");
        }
        if (isOfAnother(TO_RAFT)) {
            return ofAnother();
        }
        Path raft = dataDir.resolve("raft");
        boolean again = Files.exists(dataDir.resolve(DatabaseFiles.UNFINISHED));
        if (Files.exists(raft) && !again) {
            return new Outcome.Refused(dataDir + " has a log already: it is a replicated store");
        }
        String damage = StoreCheck.damage(dataDir).orElse(null);
        if (isRefused(damage)) {
            return refused(damage);
        }
        if (isUnreadable(damage)) {
            return unreadable(damage);
        }
        if (Survivor.appliedIndex(dataDir) == 0) {
            return new Outcome.Refused(
                    dataDir + " holds nothing yet: start the pod with task_store.backend: raft");
        }
        Unfinished mark = mark(TO_RAFT);
        FileUtils.deleteFully(raft);
        Applied applied;
        try (Database database = open()) {
            applied = Applied.load(database.writer());
        }
        begin(clusterId, applied, applied.term());
        mark.end();
        return new Outcome.Ready(applied.index(), null);
    }

    /** A group of one becomes a single pod's store. */
    public Outcome toSqlite(String podId) throws IOException {
        if (isOfAnother(TO_SQLITE)) {
            return ofAnother();
        }
        boolean again = Files.exists(dataDir.resolve(DatabaseFiles.UNFINISHED));
        String damage = StoreCheck.damage(dataDir).orElse(null);
        if (isRefused(damage)) {
            return refused(damage);
        }
        if (isUnreadable(damage)) {
            return unreadable(damage);
        }
        List<String> members = Survivor.members(dataDir);
        if (!again && !members.equals(List.of(podId))) {
            return new Outcome.Refused(
                    "the members of its group are "
                            + members
                            + ", wanted is "
                            + podId
                            + " alone: let the others leave first, so that this pod has everything");
        }
        Path before = dataDir.resolve("before-conversion");
        if (!again) {
            finishInstall();
            setAside(before, damage);
        }
        Unfinished mark = mark(TO_SQLITE);
        Applied applied;
        try (Database database = open()) {
            Survivor.replay(dataDir, database);
            applied = Applied.load(database.writer());
        }
        setLogAside(before);
        mark.end();
        return new Outcome.Ready(applied.index(), null);
    }

    /**
     * From here on the directory is not to be used, and the files are not those that were sealed.
     */
    private Unfinished mark(String command) throws IOException {
        Unfinished mark = Unfinished.begin(dataDir, command);
        StoreSeal.remove(dataDir);
        DamageMark.remove(dataDir);
        LostVote.remove(dataDir);
        return mark;
    }

    /** Rule 17, and a group of one where there is to be a group. */
    private Outcome newLife(Unfinished mark, UUID clusterId, StateJump.Distance distance)
            throws IOException {
        StateJump.Made made;
        Applied applied;
        try (Database database = open()) {
            made = StateJump.apply(database.writer(), distance);
            applied = Applied.load(database.writer());
        }
        begin(clusterId, applied, applied.term() + TERMS_AHEAD);
        mark.end();
        return new Outcome.Ready(applied.index(), made);
    }

    private void begin(UUID clusterId, Applied applied, long term) throws IOException {
        if (self != null) {
            GroupSeed.write(dataDir, clusterId, self, applied, term);
        }
        identity.write(dataDir, clusterId);
    }

    private Database open() {
        return Database.open(DatabaseFiles.file(dataDir), Durability.EVERY_COMMIT);
    }

    /** The log, and the files that were sent with it. */
    private void setLogAside(Path before) throws IOException {
        Files.createDirectories(before);
        Path raft = dataDir.resolve("raft");
        if (Files.exists(raft)) {
            if (Files.exists(before.resolve("raft"))) {
                // Of a try that was cut short.
                FileUtils.deleteFully(raft);
            } else {
                Files.move(raft, before.resolve("raft"), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        FileUtils.deleteFully(dataDir.resolve("snapshot"));
        FileUtils.deleteFully(dataDir.resolve("snapshot-tmp"));
        DatabaseFiles.sync(before);
        DatabaseFiles.sync(dataDir);
    }

    private List<String> contents() throws IOException {
        try (Stream<Path> files = Files.list(dataDir)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !NOTHING.contains(name) && !name.endsWith(PART))
                    .sorted()
                    .toList();
        }
    }
}
