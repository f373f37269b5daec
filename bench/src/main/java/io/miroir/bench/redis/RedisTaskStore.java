package io.miroir.bench.redis;

import io.miroir.store.Reply;
import io.miroir.store.Role;
import io.miroir.store.Rooms;
import io.miroir.store.StoreStatus;
import io.miroir.store.Table;
import io.miroir.store.TaskStore;
import io.miroir.store.Watcher;
import io.miroir.store.adminsession.AdminSessionRow;
import io.miroir.store.apikey.ApiKeyRow;
import io.miroir.store.canary.CanaryRow;
import io.miroir.store.clientobject.ClientObjectRow;
import io.miroir.store.clientobject.ClientObjects;
import io.miroir.store.feature.FeatureRow;
import io.miroir.store.format.CommandFormats;
import io.miroir.store.format.Formats;
import io.miroir.store.rollover.RolloverPolicyRow;
import io.miroir.store.searchui.SearchUiConfigRow;
import io.miroir.store.tenant.TenantRow;
import io.miroir.store.webhook.WebhookRow;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The store's interface over Redis, on the keyspace of the upstream plan; each step atomic by a
 * script, as upstream would.
 *
 * <p>What it has: the 14 tables and the special state of that keyspace, with the same outcomes,
 * caps and lifetimes; it passes that part of the store's contract. What it has not, because the
 * keyspace has not: lanes and intents, the catalogue, replicas, topology, digests, terms to fence
 * by, and watches of anything but revoked admin sessions.
 */
public final class RedisTaskStore {
    private final RedisPipeline writes;
    private final RedisPipeline reads;
    private final Rooms rooms;

    private RedisTaskStore(RedisSetup setup) {
        this.writes = new RedisPipeline(setup);
        this.reads = new RedisPipeline(setup);
        this.rooms = rooms(byName());
    }

    private Map<String, Object> byName() {
        RedisLimits limits = new RedisLimits(writes, reads);
        Map<String, Object> rooms = new HashMap<>();
        rooms.put("limits", limits);
        rooms.put("tasks", new RedisTasks(writes, reads, limits));
        rooms.put("idempotencyKeys", new RedisIdempotency(reads));
        rooms.put("sessions", new RedisSessions(writes, reads, limits));
        rooms.put("aliases", new RedisAliases(writes, reads, limits));
        rooms.put("jobs", new RedisJobs(writes, reads, limits));
        rooms.put("leases", new RedisLeases(writes, reads));
        rooms.put("nodeSettings", new RedisNodeSettings(writes, reads));
        rooms.put("canaries", rows("canaries", CanaryRow.class));
        rooms.put("canaryRuns", new RedisCanaryRuns(writes, reads, limits));
        rooms.put("cdcCursors", new RedisCdcCursors(writes, reads));
        rooms.put("cdcOverflow", new RedisCdcOverflow(writes, reads, limits));
        rooms.put("tenants", rows("tenant_map", TenantRow.class));
        rooms.put("rolloverPolicies", rows("rollover_policies", RolloverPolicyRow.class));
        rooms.put("searchUiConfigs", rows("search_ui_config", SearchUiConfigRow.class));
        rooms.put("scopedKeys", new RedisScopedKeys(writes, reads));
        rooms.put("rateLimits", new RedisRates(writes, reads));
        rooms.put("webhooks", new RedisWebhooks(rows("webhooks", WebhookRow.class)));
        rooms.put("features", rows("features", FeatureRow.class));
        rooms.put(
                "clientObjects",
                new RedisClientObjects(rows(ClientObjects.TABLE, ClientObjectRow.class)));
        rooms.put("apiKeys", new RedisApiKeys(rows("api_keys", ApiKeyRow.class), writes));
        rooms.put(
                "adminSessions",
                new RedisAdminSessions(rows("admin_sessions", AdminSessionRow.class), writes));
        return rooms;
    }

    /** Connects; throws if there is no master. */
    public static TaskStore open(RedisSetup setup) {
        RedisTaskStore store = new RedisTaskStore(setup);
        return face(TaskStore.class, store::answer);
    }

    /** Every client of Redis is as good as another, and Redis knows no term to fence by. */
    private @Nullable Object answer(Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "rooms", "fencedBy" -> rooms;
            case "status" ->
                    new StoreStatus(
                            "redis",
                            "client",
                            Role.LEADER,
                            1,
                            "master",
                            List.of(),
                            0,
                            0,
                            writes.lastWriteMicros(),
                            new Formats(CommandFormats.FIRST, CommandFormats.FIRST));
            case "nowMicros" -> wallMicros();
            case "watch" -> new RedisWatch(reads.connection(), (Watcher) arguments[0]);
            case "barrier" -> new Reply.Applied<>(0, 0L);
            case "close" -> {
                writes.close();
                reads.close();
                yield null;
            }
            default -> throw new UnsupportedOperationException(method.getName());
        };
    }

    /** The clock of all here: Redis and its clients are on one machine. */
    static long wallMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, InstantSource.system().instant());
    }

    private <R extends Record> RedisRows<R> rows(String table, Class<R> type) {
        return new RedisRows<>(table, type, writes, reads);
    }

    /** Each room under its name: its own class, or a face of its interface over a table. */
    private static Rooms rooms(Map<String, Object> byName) {
        Map<String, Object> faces = new HashMap<>();
        for (Method accessor : Rooms.class.getMethods()) {
            Object room = byName.get(accessor.getName());
            if (room != null) {
                faces.put(
                        accessor.getName(),
                        accessor.getReturnType().isInstance(room)
                                ? room
                                : face(
                                        accessor.getReturnType(),
                                        (call, given) -> table(room, call, given)));
            }
        }
        return face(
                Rooms.class,
                (method, _) -> {
                    Object room = faces.get(method.getName());
                    if (room == null) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    return room;
                });
    }

    private static Object table(Object room, Method call, Object[] arguments)
            throws IllegalAccessException, InvocationTargetException {
        if (call.getDeclaringClass() != Table.class) {
            throw new UnsupportedOperationException(call.toString());
        }
        return call.invoke(room, arguments);
    }

    private interface Call {
        @Nullable Object answer(Method method, Object[] arguments)
                throws ReflectiveOperationException;
    }

    private static <T> T face(Class<T> type, Call call) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (face, method, arguments) ->
                                method.isDefault()
                                        ? InvocationHandler.invokeDefault(face, method, arguments)
                                        : call.answer(method, arguments)));
    }
}
