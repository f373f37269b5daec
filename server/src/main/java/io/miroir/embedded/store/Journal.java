package io.miroir.embedded.store;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * A file of lines, each with a checksum, that only grows. A line is on disk before {@link #append}
 * returns; a line that a crash cut off is dropped when the journal is opened.
 */
final class Journal implements Closeable {
    private static final int CHECKSUM_CHARS = 8;

    private final Path directory;
    private final Path path;
    private FileChannel channel;

    private Journal(Path directory, Path path, FileChannel channel) {
        this.directory = directory;
        this.path = path;
        this.channel = channel;
    }

    /** Opens the journal, handing every line it holds to {@code replay}. */
    static Journal open(Path directory, String name, Consumer<String> replay) throws IOException {
        Files.createDirectories(directory);
        Path path = directory.resolve(name);
        FileChannel channel =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        long whole = replay(channel, replay);
        channel.truncate(whole);
        channel.position(whole);
        sync(directory);
        return new Journal(directory, path, channel);
    }

    /** Writes a line; it is on disk when this returns, and nothing is left of it if it fails. */
    void append(String line) throws IOException {
        long before = channel.position();
        try {
            write(channel, framed(line));
            channel.force(false);
        } catch (IOException failed) {
            // The next line would go on with a part of this one, as where a disk was full.
            channel.truncate(before);
            throw failed;
        }
    }

    /** The size in bytes. */
    long bytes() throws IOException {
        return channel.size();
    }

    /** Puts these lines in place of all there are, or leaves the old ones if it fails. */
    void rewrite(List<String> lines) throws IOException {
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        FileChannel out =
                FileChannel.open(
                        fresh,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
        try {
            for (String line : lines) {
                write(out, framed(line));
            }
            out.force(true);
            Files.move(
                    fresh,
                    path,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            out.close();
            Files.deleteIfExists(fresh);
            throw failed;
        }
        FileChannel old = channel;
        channel = out;
        old.close();
        sync(directory);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Makes a new or renamed file in this directory outlive a crash. */
    static void sync(Path directory) throws IOException {
        try (FileChannel dir = FileChannel.open(directory, StandardOpenOption.READ)) {
            dir.force(true);
        }
    }

    /** Hands over every whole line; returns the offset where they end. */
    private static long replay(FileChannel channel, Consumer<String> replay) throws IOException {
        long whole = 0;
        BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                Channels.newInputStream(channel), StandardCharsets.UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            long end = whole + line.getBytes(StandardCharsets.UTF_8).length + 1;
            if (end > channel.size() || !isWhole(line)) {
                if (reader.readLine() != null) {
                    throw new UncheckedIOException(
                            new IOException("the journal is damaged at byte " + whole));
                }
                return whole;
            }
            replay.accept(line.substring(CHECKSUM_CHARS + 1));
            whole = end;
        }
        return whole;
    }

    private static boolean isWhole(String line) {
        return line.length() > CHECKSUM_CHARS
                && checksum(line.substring(CHECKSUM_CHARS + 1))
                        .equals(line.substring(0, CHECKSUM_CHARS));
    }

    private static ByteBuffer framed(String line) {
        String framed = checksum(line) + " " + line + "\n";
        return ByteBuffer.wrap(framed.getBytes(StandardCharsets.UTF_8));
    }

    private static String checksum(String line) {
        CRC32C crc = new CRC32C();
        crc.update(line.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    private static void write(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }
}
