package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.miroir.proto.store.Batch;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.DeleteAlias;
import io.miroir.store.engine.CommandCheck;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

/** What a leader lets into the log while the format is raised. */
class LogGateTest {
    private static final long RAISED_AT = 5;
    private static final Batch NEWS =
            Batch.newBuilder()
                    .addCommand(
                            Command.newBuilder()
                                    .setDeleteAlias(DeleteAlias.newBuilder().setName("a")))
                    .setFormat(LaterProgram.FORMAT)
                    .build();

    private final AtomicInteger agreed = new AtomicInteger(LaterProgram.FORMAT - 1);
    private final AppliedSignal applied = new AppliedSignal();
    private final LogGate gate =
            new LogGate(new CommandCheck(LaterProgram.LATER, agreed::get), applied);

    @Test
    void aRaiseThatIsCommittedIsWaitedFor() throws Exception {
        // A follower may have applied it first: what it proposes then must not fail.
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<Void> applier =
                CompletableFuture.runAsync(
                        () -> {
                            awaitQuietly(asked);
                            agreed.set(LaterProgram.FORMAT);
                            applied.advance(RAISED_AT);
                        });
        Batch admitted =
                gate.admit(
                        ByteString.copyFrom(NEWS.toByteArray()),
                        () -> {
                            asked.countDown();
                            return RAISED_AT;
                        });
        assertEquals(NEWS, admitted);
        assertEquals(0, asked.getCount(), "it did not wait");
        applier.join();
    }

    @Test
    void withoutOneItIsRefused() {
        applied.advance(RAISED_AT);
        ByteString packed = ByteString.copyFrom(NEWS.toByteArray());
        assertThrows(StateMachineException.class, () -> gate.admit(packed, () -> RAISED_AT));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
