package io.miroir.capability.leader.dump;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes a tar archive: POSIX ustar, with GNU's numbers for files of 8 GiB and more. */
final class TarStream implements AutoCloseable {
    private static final int BLOCK_BYTES = 512;
    private static final int NAME_BYTES_MAX = 100;
    private static final int FOLDER_BYTES_MAX = 155;

    /** Eleven octal digits. */
    private static final long OCTAL_SIZE_MAX = (1L << 33) - 1;

    /** The first bit says that the number is binary. */
    private static final int BINARY = 0x80;

    private static final byte FILE = '0';
    private static final byte FOLDER = '5';

    private final OutputStream out;
    private final long modifiedSeconds;

    /**
     * An archive that is written to a stream.
     *
     * @param modifiedSeconds the date of all its files, seconds since 1970
     */
    TarStream(OutputStream out, long modifiedSeconds) {
        this.out = out;
        this.modifiedSeconds = modifiedSeconds;
    }

    /** Whether a folder of that name has room in a header. */
    static boolean fitsFolder(String folder) {
        return folder.getBytes(StandardCharsets.UTF_8).length <= FOLDER_BYTES_MAX;
    }

    /** An empty folder. */
    void folder(String name) throws IOException {
        out.write(header("", name + "/", FOLDER, 0));
    }

    /** A file with that content. */
    void file(String folder, String name, byte[] content) throws IOException {
        out.write(header(folder, name, FILE, content.length));
        out.write(content);
        pad(content.length);
    }

    /**
     * A file with the content of a stream.
     *
     * @param bytes exactly what the stream gives
     */
    void file(String folder, String name, InputStream content, long bytes) throws IOException {
        out.write(header(folder, name, FILE, bytes));
        long written = content.transferTo(out);
        if (written != bytes) {
            throw new IllegalStateException(name + ": " + written + " bytes, not " + bytes);
        }
        pad(bytes);
    }

    /** Ends the archive and closes the stream. */
    @Override
    public void close() throws IOException {
        out.write(new byte[2 * BLOCK_BYTES]);
        out.close();
    }

    private void pad(long bytes) throws IOException {
        int over = (int) (bytes % BLOCK_BYTES);
        if (over > 0) {
            out.write(new byte[BLOCK_BYTES - over]);
        }
    }

    private byte[] header(String folder, String name, byte kind, long bytes) {
        byte[] header = new byte[BLOCK_BYTES];
        text(header, 0, NAME_BYTES_MAX, name);
        text(header, 100, 8, kind == FOLDER ? "0000755" : "0000644");
        text(header, 108, 8, "0000000");
        text(header, 116, 8, "0000000");
        size(header, 124, bytes);
        text(header, 136, 12, "%011o".formatted(modifiedSeconds));
        // The sum is taken with spaces in its own place.
        text(header, 148, 8, "        ");
        header[156] = kind;
        text(header, 257, 6, "ustar");
        text(header, 263, 2, "00");
        text(header, 345, FOLDER_BYTES_MAX, folder);
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        text(header, 148, 8, "%06o\0 ".formatted(sum));
        return header;
    }

    private static void size(byte[] header, int at, long bytes) {
        if (bytes <= OCTAL_SIZE_MAX) {
            text(header, at, 12, "%011o".formatted(bytes));
            return;
        }
        header[at] = (byte) BINARY;
        for (int i = 0; i < Long.BYTES; i++) {
            header[at + 11 - i] = (byte) (bytes >>> (Byte.SIZE * i));
        }
    }

    private static void text(byte[] header, int at, int bytesMax, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > bytesMax) {
            throw new IllegalArgumentException(text + " takes more than " + bytesMax + " bytes");
        }
        System.arraycopy(utf8, 0, header, at, utf8.length);
    }
}
