package io.miroir.capability.leader.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** Documents on their way, one a line, compressed as they come. */
final class Payload implements AutoCloseable {
    private final long bytesMax;
    private final Send send;
    private ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    private GZIPOutputStream out = open(compressed);
    private long bytes;

    /** Where a full payload goes. */
    @FunctionalInterface
    interface Send {
        void send(byte[] compressed) throws InterruptedException;
    }

    /**
     * An empty one.
     *
     * @param bytesMax before compression; a larger document goes alone
     */
    Payload(long bytesMax, Send send) {
        this.bytesMax = bytesMax;
        this.send = send;
    }

    /** Takes a document in; what was there is sent before if both are too much. */
    void add(byte[] document) throws InterruptedException {
        if (bytes + document.length > bytesMax) {
            flush();
        }
        try {
            out.write(document);
            out.write('\n');
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        bytes += document.length + 1L;
    }

    /** Sends what is there. */
    void flush() throws InterruptedException {
        if (bytes == 0) {
            return;
        }
        try {
            out.close();
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        send.send(compressed.toByteArray());
        compressed = new ByteArrayOutputStream();
        out = open(compressed);
        bytes = 0;
    }

    /** Frees the memory of the compression; what was not sent is dropped. */
    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
    }

    private static GZIPOutputStream open(ByteArrayOutputStream compressed) {
        try {
            return new GZIPOutputStream(compressed);
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
    }
}
