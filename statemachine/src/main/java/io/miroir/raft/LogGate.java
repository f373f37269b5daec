package io.miroir.raft;

import io.miroir.proto.store.Batch;
import io.miroir.store.engine.CommandCheck;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/** What a leader lets into the log: nothing that some applier could not apply. */
final class LogGate {
    /** To apply what is committed already takes milliseconds. */
    private static final long APPLY_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private final CommandCheck check;
    private final AppliedSignal applied;

    LogGate(CommandCheck check, AppliedSignal applied) {
        this.check = check;
        this.applied = applied;
    }

    /**
     * The commands, if they may be logged.
     *
     * @param committed the last index that this pod knows to be
     */
    Batch admit(ByteString packed, LongSupplier committed) throws StateMachineException {
        Batch batch;
        try {
            batch = StampedBatch.batch(packed.asReadOnlyByteBuffer());
        } catch (IllegalStateException e) {
            throw new StateMachineException("not a batch of commands", e);
        }
        if (check.isAhead(batch)) {
            // A follower may have applied a raise that its leader has only committed yet.
            awaitApplied(committed.getAsLong());
        }
        String refusal = check.refusal(batch);
        if (refusal != null) {
            throw new StateMachineException(refusal);
        }
        return batch;
    }

    private void awaitApplied(long index) {
        try {
            boolean _ = applied.await(index, APPLY_NANOS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
