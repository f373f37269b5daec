package io.miroir.raft;

import java.util.Iterator;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * The chunks of a file that is sent to a member, all in the same few buffers. Ratis holds on to
 * each request for half a minute, only to name it if no answer comes: so the whole file would be in
 * memory, and for a member that is away a part of it five times a second.
 *
 * <p>For one sender, whose thread is one.
 */
final class ReusedChunks {
    private final byte[][] buffers;
    private int next;

    /**
     * @param unansweredMax requests that may be under way; what they hold stays as it is
     */
    ReusedChunks(int unansweredMax) {
        // One more is filled while all of these are.
        this.buffers = new byte[unansweredMax + 1][0];
    }

    /** The same requests; each is good until as many were taken as may be under way. */
    Iterable<InstallSnapshotRequestProto> of(Iterable<InstallSnapshotRequestProto> requests) {
        return () -> {
            Iterator<InstallSnapshotRequestProto> all = requests.iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return all.hasNext();
                }

                @Override
                public InstallSnapshotRequestProto next() {
                    return inABuffer(all.next());
                }
            };
        };
    }

    private InstallSnapshotRequestProto inABuffer(InstallSnapshotRequestProto request) {
        if (!request.hasSnapshotChunk()) {
            return request;
        }
        InstallSnapshotRequestProto.Builder copy = request.toBuilder();
        copy.getSnapshotChunkBuilder()
                .getFileChunksBuilderList()
                .forEach(chunk -> chunk.setData(copied(chunk.getData())));
        return copy.build();
    }

    private ByteString copied(ByteString data) {
        byte[] buffer = buffers[next];
        if (buffer.length < data.size()) {
            buffer = new byte[data.size()];
            buffers[next] = buffer;
        }
        next = (next + 1) % buffers.length;
        data.copyTo(buffer, 0);
        return UnsafeByteOperations.unsafeWrap(buffer, 0, data.size());
    }
}
