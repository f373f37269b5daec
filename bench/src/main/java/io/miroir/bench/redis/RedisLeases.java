package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.lease.LeaseRow;
import io.miroir.store.lease.Leases;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code miroir:leader_lease:<scope>} hashes, where upstream has one text with {@code SET NX EX}: a
 * lease hands its phase on. Redis knows no terms.
 */
final class RedisLeases implements Leases {
    private static final String KEY = "miroir:leader_lease:";

    private final RedisPipeline writes;
    private final RedisPipeline reads;

    RedisLeases(RedisPipeline writes, RedisPipeline reads) {
        this.writes = writes;
        this.reads = reads;
    }

    @Override
    public Reply<Taking> take(String scope, String holder, long leaseMicros) {
        return writes.write(
                answer -> {
                    long epoch = RedisAnswer.numberAt(answer, 1);
                    long expiresAt = RedisAnswer.numberAt(answer, 2);
                    String text = RedisConnections.text(((List<?>) answer).get(3));
                    return taken(answer)
                            ? new Taking.Taken(epoch, text, expiresAt)
                            : new Taking.Held(text, epoch, expiresAt);
                },
                RedisScript.TAKE_LEASE,
                scope,
                holder,
                leaseMicros);
    }

    @Override
    public Reply<Holding> renew(
            String scope, long epoch, long leaseMicros, @Nullable String phaseJson) {
        return writes.write(
                answer ->
                        taken(answer)
                                ? new Holding.Renewed(RedisAnswer.numberAt(answer, 1))
                                : lost(answer),
                RedisScript.KEEP_LEASE,
                scope,
                epoch,
                leaseMicros,
                phaseJson == null ? 0 : 1,
                phaseJson == null ? "" : phaseJson);
    }

    @Override
    public Reply<Holding> release(String scope, long epoch, @Nullable String phaseJson) {
        return writes.write(
                answer -> taken(answer) ? new Holding.Released() : lost(answer),
                RedisScript.RELEASE_LEASE,
                scope,
                epoch,
                phaseJson == null ? 0 : 1,
                phaseJson == null ? "" : phaseJson);
    }

    @Override
    public Optional<LeaseRow> get(ReadLevel level, String scope) {
        return reads.hash(KEY + scope)
                .row(
                        fields ->
                                new LeaseRow(
                                        scope,
                                        fields.text("holder"),
                                        0,
                                        fields.number("epoch"),
                                        fields.text("phase"),
                                        fields.number("expires_at"),
                                        fields.number("updated_at")));
    }

    @Override
    public List<LeaseRow> list(ReadLevel level) {
        return reads.rows(KEY + "_index", scope -> get(level, scope)).toList();
    }

    private static boolean taken(Object answer) {
        return RedisAnswer.numberAt(answer, 0) == 1;
    }

    private static Holding lost(Object answer) {
        String holder = RedisConnections.text(((List<?>) answer).get(2));
        return new Holding.Lost(holder, RedisAnswer.numberAt(answer, 1));
    }
}
