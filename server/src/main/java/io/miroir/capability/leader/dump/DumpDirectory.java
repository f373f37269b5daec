package io.miroir.capability.leader.dump;

import io.miroir.sqlite.DatabaseFiles;
import io.miroir.store.backup.BackupStream;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where this pod keeps its dumps, and how much they may take of the disk. */
public final class DumpDirectory {
    /** Left free on the disk, which is mostly that of the task store too. */
    public static final long FREE_BYTES_MIN = 256L << 20;

    private static final Pattern UID = Pattern.compile("\\d{8}-\\d{9}");
    private static final String FINISHED = ".dump";
    private static final String UNFINISHED = ".tmp";
    private static final int BUFFER_BYTES = 64 << 10;

    private final Path directory;
    private final Disk disk;

    /** How much room there is. */
    @FunctionalInterface
    public interface Disk {
        /** Bytes that may still be written. */
        long freeBytes() throws IOException;
    }

    /** The disk has no room for what is written. */
    static final class NoRoomException extends IOException {
        private static final long serialVersionUID = 1L;

        NoRoomException(long freeBytes) {
            super(
                    "The disk has %d MiB free, %d MiB are kept free."
                            .formatted(freeBytes >> 20, FREE_BYTES_MIN >> 20));
        }
    }

    /** Dumps in a directory, which is made when the first is. */
    public DumpDirectory(Path directory) {
        this(directory, () -> Files.getFileStore(directory).getUsableSpace());
    }

    DumpDirectory(Path directory, Disk disk) {
        this.directory = directory;
        this.disk = disk;
    }

    /** Makes the directory, and removes what a lost run left in it. */
    void prepare() throws IOException {
        Files.createDirectories(directory);
        try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, "*" + UNFINISHED)) {
            for (Path file : left) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** A file that only its owner may read, which goes with the next run unless it is kept. */
    Path unfinished(String name) throws IOException {
        Path file = directory.resolve(name + UNFINISHED);
        Files.deleteIfExists(file);
        DatabaseFiles.createPrivate(file);
        return file;
    }

    /** Writes to a file for as long as the disk has room. */
    OutputStream write(Path file) throws IOException {
        return new BufferedOutputStream(new Roomy(Files.newOutputStream(file)), BUFFER_BYTES);
    }

    /** The file is the dump of that name from now on, also after a loss of power. */
    void keep(Path file, String uid) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(file, directory.resolve(uid + FINISHED), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel folder = FileChannel.open(directory, StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    /** The dump of that name, to be sent; empty if this pod has none. */
    public Optional<BackupStream> open(String uid) {
        if (!UID.matcher(uid).matches()) {
            return Optional.empty();
        }
        try {
            FileChannel file =
                    FileChannel.open(directory.resolve(uid + FINISHED), StandardOpenOption.READ);
            return Optional.of(new Dump(file, file.size()));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private record Dump(FileChannel file, long bytes) implements BackupStream {
        @Override
        public void writeTo(OutputStream out) throws IOException {
            try (InputStream in = Channels.newInputStream(file)) {
                in.transferTo(out);
            }
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    /** Looks at the disk before each write; those come from a buffer. */
    private final class Roomy extends FilterOutputStream {
        Roomy(OutputStream file) {
            super(file);
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            long free = disk.freeBytes();
            if (free - length < FREE_BYTES_MIN) {
                throw new NoRoomException(free);
            }
            out.write(bytes, offset, length);
        }
    }
}
