package io.miroir.raft;

import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseCheck;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.sqlite.Salvage;
import io.miroir.sqlite.SqliteException;
import io.miroir.store.recovery.StateJump;
import io.miroir.store.recovery.Unfinished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.ratis.util.FileUtils;
import org.jspecify.annotations.Nullable;

/**
 * Makes the database with which a survivor goes on, from copies and beside the one that is there.
 * Until it is whole nothing in the directory is changed that a pod reads, and whoever is cut short
 * begins anew. From then on it only has to take the old one's place: that may be done again and
 * again.
 */
final class Recovery {
    /** As the directory is marked while the old files give way. */
    static final String COMMAND = "cluster recover";

    private static final String BEFORE = "before-recovery";

    /** Says that all is made, and what is told of it. */
    private static final String OUTCOME = "outcome";

    private static final String UNREAD = "unread";

    private final Path dataDir;
    private final Path before;
    private final Path made;

    Recovery(Path dataDir) {
        this.dataDir = dataDir;
        this.before = dataDir.resolve(BEFORE);
        this.made = dataDir.resolve("recovered");
    }

    /**
     * What was made.
     *
     * @param term the highest that the survivor has heard of
     * @param unread what could not be read of damaged files
     */
    record Made(long term, StateJump.Made jump, List<String> unread) {}

    /** What was wrong with the files, and is lost, when a recovery that did not end began. */
    static Optional<String> damage(Path dataDir) throws IOException {
        Path before = dataDir.resolve(BEFORE);
        if (!Files.exists(before.resolve(DamageMark.FILE))) {
            return Optional.empty();
        }
        String damage = Files.readString(before.resolve(DamageMark.FILE));
        Path unread = before.resolve(UNREAD);
        return Optional.of(
                Files.exists(unread) && Files.size(unread) > 0
                        ? damage + "; " + Files.readString(unread).replace("\n", "; ")
                        : damage);
    }

    /** Whether the old files may have begun to give way. */
    boolean isBegun() throws IOException {
        return Unfinished.command(dataDir).equals(COMMAND);
    }

    /** Where the files of before are kept. */
    Path before() {
        return before;
    }

    /**
     * Keeps the files as they are, and makes the new database.
     *
     * @param damage what is wrong with them
     */
    void make(@Nullable String damage, StateJump.Distance distance) throws IOException {
        FileUtils.deleteFully(before);
        Files.createDirectories(before);
        if (damage != null) {
            DatabaseFiles.write(before.resolve(DamageMark.FILE), damage);
        }
        DatabaseFiles.copyAsTheyAre(dataDir, before);
        FileUtils.deleteFully(made);
        Files.createDirectories(made);
        try {
            List<String> unread = begin();
            long term = Survivor.read(dataDir, damage).term();
            StateJump.Made jump = goOn(distance);
            DatabaseFiles.write(before.resolve(UNREAD), String.join("\n", unread));
            DatabaseFiles.write(before.resolve(OUTCOME), text(term, jump));
        } catch (SqliteException unreadable) {
            FileUtils.deleteFully(made);
            throw new IOException(unreadable.getMessage(), unreadable);
        } catch (IOException | RuntimeException failed) {
            FileUtils.deleteFully(made);
            throw failed;
        }
    }

    /** A copy of the newest database, or of what can be read of it. */
    private List<String> begin() throws IOException {
        Path newest = Survivor.newest(dataDir);
        Path copy = DatabaseFiles.file(made);
        boolean installed = !newest.equals(DatabaseFiles.current(dataDir));
        if (installed) {
            Path kept = Files.createDirectory(before.resolve("snapshot"));
            DatabaseFiles.copyPrivate(newest, kept.resolve(newest.getFileName()));
            DatabaseFiles.sync(kept);
        }
        if (DatabaseCheck.structure(newest).isPresent()) {
            return Salvage.copy(newest, copy);
        }
        if (installed) {
            DatabaseFiles.copyPrivate(newest, copy);
        } else {
            DatabaseFiles.copyAsTheyAre(dataDir, made);
        }
        return List.of();
    }

    private StateJump.Made goOn(StateJump.Distance distance) throws IOException {
        try (Database database = new DatabaseFiles(made, Durability.EVERY_COMMIT).open()) {
            Survivor.replay(dataDir, database);
            StateJump.Made jump = StateJump.apply(database.writer(), distance);
            // Only the file takes the old one's place.
            if (!database.emptyWriteAheadLog()) {
                throw new IOException(database.file() + " is in use");
            }
            return jump;
        }
    }

    /** What an earlier run or this one made; null if that was a program that made nothing apart. */
    @Nullable Made made() throws IOException {
        Path file = before.resolve(OUTCOME);
        if (!Files.exists(file)) {
            return null;
        }
        String[] numbers = Files.readString(file).split(" ", -1);
        StateJump.Made jump =
                new StateJump.Made(
                        Long.parseLong(numbers[1]),
                        Long.parseLong(numbers[2]),
                        Long.parseLong(numbers[3]),
                        Long.parseLong(numbers[4]));
        List<String> unread = Files.readString(before.resolve(UNREAD)).lines().toList();
        return new Made(Long.parseLong(numbers[0]), jump, unread);
    }

    private static String text(long term, StateJump.Made jump) {
        return LongStream.of(
                        term,
                        jump.replicas(),
                        jump.adminSessions(),
                        jump.nextTaskUid(),
                        jump.nextIncarnation())
                .mapToObj(Long::toString)
                .collect(Collectors.joining(" "));
    }

    /** The directory is marked: the new database takes the old one's place, if it has not yet. */
    void takePlace() throws IOException {
        DatabaseFiles files = new DatabaseFiles(dataDir, Durability.EVERY_COMMIT);
        Path whole = DatabaseFiles.file(made);
        if (Files.exists(whole)) {
            files.replaceBy(whole);
        } else {
            files.finishReplacement();
        }
        FileUtils.deleteFully(made);
    }
}
