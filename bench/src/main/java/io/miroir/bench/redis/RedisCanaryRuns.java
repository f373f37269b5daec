package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.canary.CanaryRunRow;
import io.miroir.store.canary.CanaryRunStatus;
import io.miroir.store.canary.CanaryRuns;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol;

/** {@code miroir:canary_runs:<canary>}: a sorted set by time, a run a member. */
record RedisCanaryRuns(RedisPipeline writes, RedisPipeline reads, RedisLimits limits)
        implements CanaryRuns {

    @Override
    public Reply<Recording> record(
            String canaryId,
            CanaryRunStatus status,
            int latencyMillis,
            @Nullable String failedAssertionsJson) {
        return writes.write(
                answer -> {
                    long ranAt = RedisAnswer.number(answer);
                    return ranAt < 0 ? new Recording.NoSuchCanary() : new Recording.Recorded(ranAt);
                },
                RedisScript.RECORD_RUN,
                canaryId,
                status.code(),
                latencyMillis,
                failedAssertionsJson == null ? "" : failedAssertionsJson,
                limits.current().canaryRunsMax());
    }

    @Override
    public List<CanaryRunRow> of(ReadLevel level, String canaryId, int limit) {
        List<?> members =
                (List<?>)
                        RedisRows.present(
                                reads.read(
                                        Protocol.Command.ZREVRANGE,
                                        "miroir:canary_runs:" + canaryId,
                                        0,
                                        limit - 1));
        return members.stream().map(member -> row(canaryId, member)).toList();
    }

    private static CanaryRunRow row(String canaryId, @Nullable Object member) {
        String[] parts = RedisConnections.text(member).split(";", 4);
        return new CanaryRunRow(
                canaryId,
                Long.parseLong(parts[0]),
                CanaryRunStatus.ofCode(Integer.parseInt(parts[1])),
                Integer.parseInt(parts[2]),
                parts[3].isEmpty() ? null : parts[3]);
    }
}
