package io.miroir.bench.redis;

import io.miroir.store.Reply;
import io.miroir.store.Role;
import io.miroir.store.Rooms;
import io.miroir.store.StoreStatus;
import io.miroir.store.Table;
import io.miroir.store.TaskStore;
import io.miroir.store.adminsession.AdminSessionRow;
import io.miroir.store.canary.CanaryRow;
import io.miroir.store.rollover.RolloverPolicyRow;
import io.miroir.store.searchui.SearchUiConfigRow;
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
 * <p>What it does: tasks outside lanes, aliases, leases, and the tables with one text as key. What
 * it does not: lanes and intents, sessions, keys and jobs, the catalogue, replicas, filters on
 * tasks, watches, digests, tables with a key of several parts. The measurements need none of them;
 * it refuses them.
 */
public final class RedisTaskStore {
    private final RedisPipeline writes;
    private final RedisPipeline reads;
    private final Rooms rooms;

    private RedisTaskStore(RedisSetup setup) {
        this.writes = new RedisPipeline(setup);
        this.reads = new RedisPipeline(setup);
        this.rooms =
                rooms(
                        Map.of(
                                "tasks", new RedisTasks(writes, reads),
                                "aliases", new RedisAliases(writes, reads),
                                "leases", new RedisLeases(writes, reads),
                                "adminSessions", rows("admin_session", AdminSessionRow.class),
                                "canaries", rows("canary", CanaryRow.class),
                                "rolloverPolicies", rows("rollover", RolloverPolicyRow.class),
                                "searchUiConfigs",
                                        rows("search_ui_config", SearchUiConfigRow.class)));
    }

    /** Connects; throws if there is no master. */
    public static TaskStore open(RedisSetup setup) {
        RedisTaskStore store = new RedisTaskStore(setup);
        return face(TaskStore.class, (method, _) -> store.answer(method));
    }

    /** Every client of Redis is as good as another, and Redis knows no term to fence by. */
    private @Nullable Object answer(Method method) {
        return switch (method.getName()) {
            case "rooms", "fencedBy" -> rooms;
            case "status" ->
                    new StoreStatus(
                            "redis", "client", Role.LEADER, 1, "master", List.of(), 0, 0, 0);
            case "nowMicros" ->
                    ChronoUnit.MICROS.between(Instant.EPOCH, InstantSource.system().instant());
            case "barrier" -> new Reply.Applied<>(0, 0L);
            case "close" -> {
                writes.close();
                reads.close();
                yield null;
            }
            default -> throw new UnsupportedOperationException(method.getName());
        };
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
