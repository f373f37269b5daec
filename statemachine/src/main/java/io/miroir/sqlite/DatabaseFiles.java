package io.miroir.sqlite;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The database file in its directory, and how a whole new one takes its place. A crash at any point
 * leaves the old one or the new one, never a mixture: the new file is complete when it bears its
 * waiting name, and from then on the old one counts no more.
 */
public final class DatabaseFiles {
    /** The file that says that a command has begun to change the directory and not ended. */
    public static final String UNFINISHED = "unfinished";

    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");

    private static final String FILE = "store.db";
    private static final String WAITING = FILE + ".new";
    private static final String PART = FILE + ".part";

    /** What SQLite keeps beside a file while somebody has it open, or after a crash. */
    private static final String LOG = "-wal";

    private static final List<String> BESIDE = List.of(LOG, "-shm", "-journal");

    private final Path directory;
    private final Durability durability;
    private final Path file;
    private final Path waiting;

    /** The database's file in a directory, whether or not there is one. */
    public static Path file(Path directory) {
        return directory.resolve(FILE);
    }

    /** SQLite's write-ahead log of the database. */
    static Path writeAheadLog(Path directory) {
        return directory.resolve(FILE + LOG);
    }

    /**
     * The file that the database is in, whether or not there is one: a whole new one that a crash
     * kept from taking its place counts already.
     */
    public static Path current(Path directory) {
        Path next = directory.resolve(WAITING);
        return Files.exists(next) ? next : file(directory);
    }

    /** Names of all files that the database may be in. */
    public static List<String> names() {
        List<String> names = new ArrayList<>(List.of(FILE));
        BESIDE.forEach(suffix -> names.add(FILE + suffix));
        names.add(WAITING);
        return names;
    }

    /** Copies the files as they are, whatever is in them, into an empty directory. */
    public static void copyAsTheyAre(Path directory, Path copy) throws IOException {
        for (String name : names()) {
            if (Files.exists(directory.resolve(name))) {
                copyPrivate(directory.resolve(name), copy.resolve(name));
            }
        }
        sync(copy);
    }

    /** Copies a file for its owner alone; what is in it is on disk when this returns. */
    public static void copyPrivate(Path file, Path copy) throws IOException {
        Files.copy(file, copy);
        Files.setPosixFilePermissions(copy, OWNER_ONLY);
        sync(copy);
    }

    public DatabaseFiles(Path directory, Durability durability) {
        this.directory = directory;
        this.durability = durability;
        this.file = file(directory);
        this.waiting = directory.resolve(WAITING);
    }

    /**
     * Opens the database, after finishing a replacement that a crash cut short.
     *
     * @throws IllegalStateException if a command that changes the directory did not end
     */
    public Database open() {
        prepare();
        return Database.open(file, durability);
    }

    /**
     * Opens the database of a single pod if nothing is wrong with it, and breaks its seal. A new
     * one appears when it is whole: an empty file is a damaged one.
     *
     * @throws DamagedDatabaseException if it is not what it was; it is as it was found then
     * @throws IllegalStateException if a command that changes the directory did not end
     */
    public Database openSound() {
        prepare();
        try {
            Optional<String> damage = DatabaseCheck.single(directory);
            if (damage.isPresent()) {
                throw new DamagedDatabaseException(damage.get());
            }
            if (!Files.exists(file)) {
                create();
            }
            StoreSeal.remove(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use " + directory, e);
        }
        Database database = Database.open(file, durability);
        // What a crash cut short in the write-ahead log must not lie behind what comes next there.
        boolean _ = database.emptyWriteAheadLog();
        return database;
    }

    /**
     * Writes all that is committed into a new file, of this program's format, and syncs it. The
     * database stays as it is, and so does its seal.
     *
     * @param copy must not exist
     */
    public void copyTo(Path copy) throws IOException {
        prepare();
        if (Database.format(file) == Database.FORMAT) {
            Database.copy(file, copy);
            return;
        }
        Path older = copy.resolveSibling(copy.getFileName() + ".older");
        Files.deleteIfExists(older);
        Database.copy(file, older);
        try (Database brought = Database.open(older, Durability.EVERY_COMMIT)) {
            brought.copyTo(copy);
        } finally {
            Files.deleteIfExists(older);
        }
    }

    private void create() throws IOException {
        Path part = directory.resolve(PART);
        Files.deleteIfExists(part);
        for (String suffix : BESIDE) {
            Files.deleteIfExists(directory.resolve(PART + suffix));
        }
        Database.open(part, Durability.EVERY_COMMIT).close();
        sync(part);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        sync(directory);
    }

    private void prepare() {
        try {
            Files.createDirectories(directory);
            if (Files.exists(directory.resolve(UNFINISHED))) {
                throw new IllegalStateException(
                        directory
                                + " was being changed by `miroir "
                                + Files.readString(directory.resolve(UNFINISHED))
                                + "`, which did not end: run that again");
            }
            finishReplacement();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare " + directory, e);
        }
    }

    /** A file that a crash kept from taking the database's place takes it. */
    public void finishReplacement() throws IOException {
        if (Files.exists(waiting)) {
            takePlace();
        }
    }

    /**
     * The file, which must be complete and on the same file system, becomes the database.
     *
     * @throws IOException if a part of what was committed to it is not in it, but beside it
     */
    public void replaceBy(Path complete) throws IOException {
        Path log = complete.resolveSibling(complete.getFileName() + LOG);
        if (Files.exists(log) && Files.size(log) > 0) {
            throw new IOException(log + " holds what " + complete + " lacks");
        }
        Files.setPosixFilePermissions(complete, OWNER_ONLY);
        sync(complete);
        Files.move(complete, waiting, StandardCopyOption.ATOMIC_MOVE);
        sync(directory);
        takePlace();
    }

    private void takePlace() throws IOException {
        // The old log must go before the new file comes: it would be replayed into it.
        for (String suffix : BESIDE) {
            Files.deleteIfExists(directory.resolve(FILE + suffix));
        }
        sync(directory);
        Files.move(waiting, file, StandardCopyOption.ATOMIC_MOVE);
        sync(directory);
    }

    /** What was written to the file, or the names in the directory, are on disk afterwards. */
    public static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * Writes a small file that only its owner may read, on disk when this returns. A crash leaves
     * what was there before or all of it.
     */
    public static void write(Path file, String text) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(part);
        createPrivate(part);
        Files.writeString(part, text);
        sync(part);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        sync(requireNonNull(file.toAbsolutePath().getParent()));
    }

    /** Makes an empty file that only its owner may read. */
    public static void createPrivate(Path path) throws IOException {
        Files.createFile(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    }
}
