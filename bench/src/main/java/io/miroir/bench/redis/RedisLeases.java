package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.lease.LeaseRow;
import io.miroir.store.lease.Leases;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol;

/**
 * {@code miroir:lease:<scope>} hashes, where upstream has one text with {@code SET NX EX}: a lease
 * hands its phase on. Redis knows no terms.
 */
final class RedisLeases implements Leases {
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
        Map<String, String> fields =
                RedisTasks.hash(reads.read(Protocol.Command.HGETALL, "miroir:lease:" + scope));
        return fields.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new LeaseRow(
                                scope,
                                fields.getOrDefault("holder", ""),
                                0,
                                Long.parseLong(fields.getOrDefault("epoch", "0")),
                                fields.getOrDefault("phase", "{}"),
                                Long.parseLong(fields.getOrDefault("expires_at", "0")),
                                Long.parseLong(fields.getOrDefault("updated_at", "0"))));
    }

    @Override
    public List<LeaseRow> list(ReadLevel level) {
        List<?> members =
                (List<?>)
                        RedisRows.present(
                                reads.read(Protocol.Command.SMEMBERS, "miroir:lease:_index"));
        List<String> scopes =
                new ArrayList<>(members.stream().map(RedisConnections::text).toList());
        Collections.sort(scopes);
        return scopes.stream().flatMap(scope -> get(level, scope).stream()).toList();
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
