package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.FileChunkProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto.SnapshotChunkProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

/** A file of any size, and any number of tries to send it, take the memory of a few chunks. */
class ReusedChunksTest {
    private static final int UNANSWERED_MAX = 3;

    private static InstallSnapshotRequestProto request(String text) {
        return InstallSnapshotRequestProto.newBuilder()
                .setSnapshotChunk(
                        SnapshotChunkProto.newBuilder()
                                .addFileChunks(
                                        FileChunkProto.newBuilder()
                                                .setFilename("store.db")
                                                .setData(ByteString.copyFromUtf8(text))))
                .build();
    }

    private static ByteString data(InstallSnapshotRequestProto request) {
        return request.getSnapshotChunk().getFileChunks(0).getData();
    }

    @Test
    void whatIsUnderWayStaysAsItIsAndAllElseIsInTheSameBuffers() {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            texts.add("chunk %02d".formatted(i) + "x".repeat(i % 7));
        }
        ReusedChunks chunks = new ReusedChunks(UNANSWERED_MAX);
        for (int attempt = 0; attempt < 5; attempt++) {
            List<InstallSnapshotRequestProto> taken = new ArrayList<>();
            Iterator<InstallSnapshotRequestProto> requests =
                    chunks.of(texts.stream().map(ReusedChunksTest::request).toList()).iterator();
            while (requests.hasNext()) {
                taken.add(requests.next());
                // This one and those that may be unanswered before it.
                for (int i = Math.max(0, taken.size() - UNANSWERED_MAX - 1);
                        i < taken.size();
                        i++) {
                    assertEquals(texts.get(i), data(taken.get(i)).toStringUtf8());
                }
            }
            assertEquals(texts.size(), taken.size());
            // Read now, an early one holds what came last into its buffer: it keeps nothing alive.
            int last = texts.size() - 1;
            int sharing = last % (UNANSWERED_MAX + 1);
            assertNotEquals(texts.get(sharing), data(taken.get(sharing)).toStringUtf8());
        }
    }
}
