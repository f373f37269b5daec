package io.miroir.cluster.member;

import io.miroir.raft.DamageMark;
import io.miroir.sqlite.DatabaseFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Takes a task store that must not be used any more out of the way. */
final class SetAside {
    private static final String DIRECTORY = "set-aside";

    /** The log goes last: while it is there, a pod that crashes here finds its data damaged. */
    private static final List<String> FILES =
            Stream.concat(
                            DatabaseFiles.names().stream(),
                            Stream.of(
                                    "store.seal",
                                    "snapshot",
                                    "snapshot-tmp",
                                    DamageMark.FILE,
                                    "raft"))
                    .toList();

    private SetAside() {}

    /**
     * Moves the files into a directory beside them, where someone may still look at them. What was
     * there from before is deleted: a disk must not fill with wrecks.
     */
    static void keep(Path dataDir) {
        Path aside = dataDir.resolve(DIRECTORY);
        try {
            deleteFully(aside);
            Files.createDirectories(aside);
            for (String name : FILES) {
                if (Files.exists(dataDir.resolve(name))) {
                    Files.move(
                            dataDir.resolve(name),
                            aside.resolve(name),
                            StandardCopyOption.ATOMIC_MOVE);
                }
            }
            DatabaseFiles.sync(aside);
            DatabaseFiles.sync(dataDir);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot set the task store aside in " + dataDir, e);
        }
    }

    private static void deleteFully(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        Files.walkFileTree(
                directory,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path visited, @Nullable IOException failed) throws IOException {
                        if (failed != null) {
                            throw failed;
                        }
                        Files.delete(visited);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
