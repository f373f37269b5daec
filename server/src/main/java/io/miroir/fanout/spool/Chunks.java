package io.miroir.fanout.spool;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Bytes in memory, in pieces that get larger with what is there: a small body takes little, and
 * nothing is copied when a large one grows.
 */
final class Chunks {
    private static final int CHUNK_BYTES_MIN = 1 << 10;
    private static final int CHUNK_BYTES_MAX = 64 << 10;

    private final List<byte[]> chunks = new ArrayList<>();
    private long capacity;
    private long length;

    /** Bytes that were written. */
    long length() {
        return length;
    }

    /** How many more it will take once so many are written. */
    long growth(int more) {
        long grown = capacity;
        while (grown - length < more) {
            grown += chunkBytes(grown);
        }
        return grown - capacity;
    }

    private static int chunkBytes(long capacity) {
        return Math.clamp(capacity, CHUNK_BYTES_MIN, CHUNK_BYTES_MAX);
    }

    void write(byte[] from, int offset, int count) {
        int at = offset;
        while (at < offset + count) {
            if (length == capacity) {
                byte[] chunk = new byte[chunkBytes(capacity)];
                chunks.add(chunk);
                capacity += chunk.length;
            }
            byte[] last = chunks.getLast();
            int room = (int) (capacity - length);
            int part = Math.min(room, offset + count - at);
            System.arraycopy(from, at, last, last.length - room, part);
            length += part;
            at += part;
        }
    }

    void writeTo(OutputStream out) throws IOException {
        long left = length;
        for (byte[] chunk : chunks) {
            int part = (int) Math.min(left, chunk.length);
            out.write(chunk, 0, part);
            left -= part;
        }
    }

    /** The bytes from the first on; no more may be written. */
    InputStream open() {
        return new Reader();
    }

    private final class Reader extends InputStream {
        private int chunk;
        private int at;
        private long left = length;

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int count) {
            Objects.checkFromIndexSize(offset, count, target.length);
            if (left == 0) {
                return count == 0 ? 0 : -1;
            }
            byte[] current = chunks.get(chunk);
            int part = (int) Math.min(Math.min(count, current.length - at), left);
            System.arraycopy(current, at, target, offset, part);
            at += part;
            left -= part;
            if (at == current.length) {
                chunk++;
                at = 0;
            }
            return part;
        }
    }
}
