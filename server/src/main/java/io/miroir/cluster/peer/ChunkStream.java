package io.miroir.cluster.peer;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * A body that arrives in messages, read as a stream. The sender is asked for a further message only
 * when one has been taken, so that at most {@link #AHEAD} chunks wait here.
 */
final class ChunkStream extends InputStream {
    /** Chunks that may be under way to the reader. */
    static final int AHEAD = 4;

    private sealed interface Part {
        record Chunk(ByteString bytes) implements Part {}

        record End() implements Part {}

        record Broken(String why) implements Part {}
    }

    // One place more for the end of the stream, which nobody asks for.
    private final BlockingQueue<Part> parts = new ArrayBlockingQueue<>(AHEAD + 2);
    private final Runnable askForMore;
    private InputStream current = InputStream.nullInputStream();
    private boolean ended;

    ChunkStream(Runnable askForMore) {
        this.askForMore = askForMore;
    }

    void add(ByteString bytes) {
        parts.add(new Part.Chunk(bytes));
    }

    void end() {
        parts.add(new Part.End());
    }

    // May come after the end or another break, when no place is left: then nobody needs it.
    void broken(String why) {
        boolean _ = parts.offer(new Part.Broken(why));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (true) {
            int count = current.read(target, offset, length);
            if (count >= 0) {
                return count;
            }
            if (ended) {
                return -1;
            }
            switch (take()) {
                case Part.Chunk chunk -> {
                    current = chunk.bytes().newInput();
                    askForMore.run();
                }
                case Part.End _ -> ended = true;
                case Part.Broken broken -> throw new IOException(broken.why());
            }
        }
    }

    private Part take() throws IOException {
        try {
            return parts.take();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("interrupted");
        }
    }
}
