package io.miroir.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** A directory that one process alone writes to, with room in it. */
sealed interface DataDirectory {
    /** Less room than this would end in the middle of the first snapshot. */
    long ROOM_BYTES_MIN = 64L << 20;

    /** The directory is ours until this is closed or the process ends, however it ends. */
    record Held(FileChannel lockFile, FileLock lock) implements DataDirectory, AutoCloseable {
        @Override
        public void close() throws IOException {
            lockFile.close();
        }
    }

    /** It can't be used; the message says why and what to do. */
    record Refused(String message) implements DataDirectory {}

    /** Makes the directory where there is none, for its owner only, and takes it. */
    static DataDirectory take(Path directory) {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory);
                if (Files.getFileStore(directory).supportsFileAttributeView("posix")) {
                    Files.setPosixFilePermissions(
                            directory, PosixFilePermissions.fromString("rwx------"));
                }
            }
            long freeBytes = Files.getFileStore(directory).getUsableSpace();
            if (freeBytes < ROOM_BYTES_MIN) {
                return new Refused(noRoom(directory, freeBytes));
            }
            return lock(directory);
        } catch (FileSystemException e) {
            String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
            return new Refused("data_dir " + directory + " can't be used: " + reason);
        } catch (IOException e) {
            return new Refused("data_dir " + directory + " can't be used: " + e.getMessage());
        }
    }

    private static DataDirectory lock(Path directory) throws IOException {
        FileChannel file =
                FileChannel.open(
                        directory.resolve("miroir.lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        try {
            FileLock lock = file.tryLock();
            if (lock != null) {
                return new Held(file, lock);
            }
        } catch (OverlappingFileLockException e) {
            // Another part of this very process has it: the same refusal.
        }
        file.close();
        return new Refused(
                "data_dir " + directory + " is in use by another process: each pod needs its own");
    }

    /** The message for a disk without room. */
    static String noRoom(Path directory, long freeBytes) {
        return "the disk of data_dir %s has %d MiB free, at least %d MiB are needed"
                .formatted(directory, freeBytes >> 20, ROOM_BYTES_MIN >> 20);
    }
}
