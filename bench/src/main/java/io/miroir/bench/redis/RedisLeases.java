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
                    List<?> parts = (List<?>) answer;
                    String text = RedisConnections.text(parts.get(3));
                    return taken(parts)
                            ? new Taking.Taken(number(parts, 1), text, number(parts, 2))
                            : new Taking.Held(text, number(parts, 1), number(parts, 2));
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
                answer -> {
                    List<?> parts = (List<?>) answer;
                    return taken(parts) ? new Holding.Renewed(number(parts, 1)) : lost(parts);
                },
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
                answer -> {
                    List<?> parts = (List<?>) answer;
                    return taken(parts) ? new Holding.Released() : lost(parts);
                },
                RedisScript.RELEASE_LEASE,
                scope,
                epoch,
                phaseJson == null ? 0 : 1,
                phaseJson == null ? "" : phaseJson);
    }

    @Override
    public Optional<LeaseRow> get(ReadLevel level, String scope) {
        RedisHash fields = reads.hash(KEY + scope);
        return fields.isEmpty()
                ? Optional.empty()
                : Optional.of(
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
        return reads.members(KEY + "_index").stream()
                .flatMap(scope -> get(level, scope).stream())
                .toList();
    }

    private static boolean taken(List<?> parts) {
        return number(parts, 0) == 1;
    }

    private static Holding lost(List<?> parts) {
        return new Holding.Lost(RedisConnections.text(parts.get(2)), number(parts, 1));
    }

    private static long number(List<?> parts, int at) {
        return (Long) parts.get(at);
    }
}
