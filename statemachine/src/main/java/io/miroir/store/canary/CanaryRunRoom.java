package io.miroir.store.canary;

import io.miroir.proto.store.CanaryRun;
import io.miroir.proto.store.Command;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link CanaryRuns} over commands and SQL. */
public final class CanaryRunRoom implements CanaryRuns {
    private final Proposer proposer;
    private final Reads reads;

    public CanaryRunRoom(Proposer proposer, Reads reads) {
        this.proposer = proposer;
        this.reads = reads;
    }

    @Override
    public Reply<Recording> record(
            String canaryId,
            CanaryRunStatus status,
            int latencyMillis,
            @Nullable String failedAssertionsJson) {
        CanaryRun.Builder run =
                CanaryRun.newBuilder()
                        .setCanaryId(canaryId)
                        .setStatus(status.code())
                        .setLatencyMillis(latencyMillis);
        if (failedAssertionsJson != null) {
            run.setFailedAssertionsJson(failedAssertionsJson);
        }
        return proposer.propose(
                Command.newBuilder().setRecordCanaryRun(run),
                outcome ->
                        outcome.hasUntilMicros()
                                ? new Recording.Recorded(outcome.getUntilMicros())
                                : new Recording.NoSuchCanary());
    }

    @Override
    public List<CanaryRunRow> of(ReadLevel level, String canaryId, int limit) {
        if (limit < 1 || limit > LIST_LIMIT_MAX) {
            throw new IllegalArgumentException(limit + " rows, 1 to " + LIST_LIMIT_MAX);
        }
        return reads.point(level, sql -> CanaryRunApplier.of(sql, canaryId, limit));
    }
}
