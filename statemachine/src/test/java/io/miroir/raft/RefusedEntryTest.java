package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.google.protobuf.UnknownFieldSet;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.DeleteAlias;
import io.miroir.proto.store.EnqueueJobs;
import io.miroir.proto.store.EnqueueTask;
import io.miroir.proto.store.NewJob;
import io.miroir.raft.link.ProposingPod;
import io.miroir.store.TaskStore;
import io.miroir.store.Writes;
import java.nio.file.Path;
import java.util.List;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What another pod sends to the leader that no applier could apply. In the log it would stop every
 * pod, again after each restart; so it does not come into the log (rule 20).
 */
class RefusedEntryTest {
    private static final RaftStoreConfig.Tuning QUICK =
            new RaftStoreConfig.Tuning(100, 200, 10_000, 8 << 20);

    @Test
    void theLeaderLogsNothingThatWouldStopAPod(@TempDir Path dir) throws Exception {
        try (Group group = new Group(dir, QUICK, 10_000, Group.freePeers("pod-a"))) {
            TaskStore store = group.start("pod-a");
            group.awaitLeader();
            long epoch = Writes.claim(store, "movies", "pod-x");
            long before = store.status().appliedIndex();
            RaftStoreConfig config = group.config("pod-a");
            try (ProposingPod newerPod =
                    new ProposingPod(
                            "pod-a", config.self().member().raftAddress(), config.groupId())) {
                for (byte[] entry : poison()) {
                    assertInstanceOf(
                            StateMachineException.class, newerPod.propose(entry).getException());
                }
            }
            assertEquals(before, store.status().appliedIndex());
            assertEquals(0, Writes.write(store, "movies", epoch));
            group.stop("pod-a");
            TaskStore again = group.start("pod-a");
            group.awaitLeader();
            assertEquals(1, Writes.write(again, "movies", epoch));
        }
    }

    private static List<byte[]> poison() {
        UnknownFieldSet news =
                UnknownFieldSet.newBuilder()
                        .addField(9_999, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                        .build();
        Command known =
                Command.newBuilder().setDeleteAlias(DeleteAlias.newBuilder().setName("a")).build();
        Command inside =
                Command.newBuilder()
                        .setEnqueueTask(EnqueueTask.newBuilder().setUnknownFields(news))
                        .build();
        Command large =
                Command.newBuilder()
                        .setEnqueueTask(
                                EnqueueTask.newBuilder()
                                        .setDetailsJson(
                                                "x".repeat(RaftSettings.APPEND_MAX.getSizeInt())))
                        .build();
        return List.of(
                new byte[] {1, 2, 3},
                batch(Command.newBuilder().setUnknownFields(news).build()),
                batch(inside),
                Batch.newBuilder().setFormat(99).addCommand(known).build().toByteArray(),
                Batch.newBuilder().addCommand(known).setUnknownFields(news).build().toByteArray(),
                batch(large),
                withoutUtf8(batch(known)),
                // A job that no reader understands: the first claim would end every pod.
                batch(
                        Command.newBuilder()
                                .setEnqueueJobs(
                                        EnqueueJobs.newBuilder()
                                                .addJob(NewJob.newBuilder().setId("job")))
                                .build()));
    }

    /** A text that no string can hold. */
    private static byte[] withoutUtf8(byte[] batch) {
        byte[] bytes = batch.clone();
        bytes[bytes.length - 1] = (byte) 0xff;
        return bytes;
    }

    private static byte[] batch(Command command) {
        return Batch.newBuilder().addCommand(command).build().toByteArray();
    }
}
