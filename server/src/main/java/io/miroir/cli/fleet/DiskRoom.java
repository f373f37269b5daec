package io.miroir.cli.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Says before the start whether a directory can hold what is coming. */
public final class DiskRoom {
    private static final long MEGABYTE = 1_000_000;

    private DiskRoom() {}

    /**
     * Makes the directory and refuses it if it can't be written or has less room than asked for.
     *
     * @param neededBytes a generous estimate of what will be written
     */
    public static void require(Path directory, long neededBytes) {
        try {
            Files.createDirectories(directory);
            if (!Files.isWritable(directory)) {
                throw new FleetException(
                        "%s can't be written to. Give another directory with --dir."
                                .formatted(directory));
            }
            long free = Files.getFileStore(directory).getUsableSpace();
            if (free < neededBytes) {
                throw new FleetException(noRoom(directory, free, neededBytes));
            }
        } catch (IOException e) {
            throw new FleetException(
                    "%s can't be used: %s. Give another directory with --dir."
                            .formatted(directory, e),
                    e);
        }
    }

    static String noRoom(Path directory, long freeBytes, long neededBytes) {
        return ("The disk of %s has %d MB free, about %d MB are needed. Make room there, or give a"
                        + " directory on another disk with --dir.")
                .formatted(directory, freeBytes / MEGABYTE, Math.ceilDiv(neededBytes, MEGABYTE));
    }
}
