package io.miroir.raft.link;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedOutputStream;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * The bytes of a connection. The caller of it begins with four bytes of magic and one of version;
 * then both sides send frames: length of what follows (4 bytes), kind (1), number of the request
 * that is asked or answered (8), a protobuf message.
 */
final class Frames {
    /** A larger frame ends the connection: nothing that a member sends comes near it. */
    static final int FRAME_BYTES_MAX = 8 << 20;

    private static final byte[] HELLO = {'M', 'R', 'F', 'T', 1};
    private static final int LENGTH_BYTES = 4;
    private static final int HEAD_BYTES = 9;

    /** What a writer keeps for its next frame; a larger one is made and forgotten. */
    private static final int KEPT_BYTES_MAX = 64 << 10;

    private Frames() {}

    /** One frame that came. */
    record Frame(Kind kind, long number, ByteString message) {}

    /** Reads frames; for one thread. */
    static final class Reader {
        private final DataInputStream in;

        Reader(InputStream in) {
            this.in = new DataInputStream(new BufferedInputStream(in, 16 << 10));
        }

        /** Refuses whoever is no member of a version that is known here. */
        void hello() throws IOException {
            for (byte expected : HELLO) {
                if (in.readByte() != expected) {
                    throw new IOException("no member speaks here, or one of another version");
                }
            }
        }

        /**
         * Waits for the next frame.
         *
         * @throws EOFException if the other side has ended the connection
         */
        Frame next() throws IOException {
            int length = in.readInt();
            if (length < HEAD_BYTES || length > FRAME_BYTES_MAX) {
                throw new IOException("a frame of " + length + " bytes");
            }
            byte number = in.readByte();
            Kind kind = Kind.of(number);
            if (kind == null) {
                throw new IOException("a frame of unknown kind " + number);
            }
            long call = in.readLong();
            byte[] message = new byte[length - HEAD_BYTES];
            in.readFully(message);
            return new Frame(kind, call, UnsafeByteOperations.unsafeWrap(message));
        }
    }

    /** Writes frames, each in one piece; for any thread. */
    static final class Writer {
        private final OutputStream out;
        private final ReentrantLock lock = new ReentrantLock();
        private byte[] kept = new byte[1 << 10];
        private volatile long sinceNanos;
        private volatile boolean busy;

        Writer(OutputStream out) {
            this.out = out;
        }

        void hello() throws IOException {
            out.write(HELLO);
        }

        void write(Kind kind, long number, MessageLite message) throws IOException {
            int bytes = message.getSerializedSize();
            int length = LENGTH_BYTES + HEAD_BYTES + bytes;
            if (length > FRAME_BYTES_MAX) {
                throw new IOException("a frame of " + length + " bytes is not sent");
            }
            lock.lock();
            try {
                sinceNanos = System.nanoTime();
                busy = true;
                byte[] frame = room(length);
                ByteBuffer.wrap(frame).putInt(HEAD_BYTES + bytes).put(kind.number).putLong(number);
                CodedOutputStream coded =
                        CodedOutputStream.newInstance(frame, LENGTH_BYTES + HEAD_BYTES, bytes);
                message.writeTo(coded);
                coded.checkNoSpaceLeft();
                out.write(frame, 0, length);
                out.flush();
            } finally {
                busy = false;
                lock.unlock();
            }
        }

        /** Whether a frame has been on its way into the socket for so long. */
        boolean hangs(long nowNanos, long nanosMax) {
            return busy && nowNanos - sinceNanos > nanosMax;
        }

        private byte[] room(int length) {
            if (length > KEPT_BYTES_MAX) {
                return new byte[length];
            }
            if (length > kept.length) {
                kept = new byte[Math.min(KEPT_BYTES_MAX, 2 * length)];
            }
            return kept;
        }
    }
}
