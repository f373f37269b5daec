package io.miroir.raft;

import com.google.protobuf.InvalidProtocolBufferException;
import io.miroir.proto.store.Batch;
import java.nio.ByteBuffer;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * A log entry: one byte of format, eight of the leader's stamp, the packed commands.
 *
 * @param storeTimeMicros stamped by the leader that logged it (protocol rule 19)
 */
record StampedBatch(long storeTimeMicros, Batch batch) {
    private static final byte FORMAT = 1;
    private static final int HEADER_BYTES = 1 + Long.BYTES;

    /** Puts the stamp before the commands as they came. */
    static ByteString stamp(long storeTimeMicros, ByteString batch) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.put(FORMAT).putLong(storeTimeMicros).flip();
        return UnsafeByteOperations.unsafeWrap(header).concat(batch);
    }

    /** Reads a log entry; a format of a newer pod stops this one (protocol rule 20). */
    static StampedBatch parse(ByteString entry) {
        ByteBuffer bytes = entry.asReadOnlyByteBuffer();
        byte format = bytes.get();
        if (format != FORMAT) {
            throw new IllegalStateException(
                    "a log entry of format " + format + "; this program knows " + FORMAT);
        }
        long storeTimeMicros = bytes.getLong();
        return new StampedBatch(storeTimeMicros, batch(bytes));
    }

    static Batch batch(ByteBuffer bytes) {
        try {
            return Batch.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a log entry holds no batch", e);
        }
    }
}
