package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.Table;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol;

/**
 * A table whose key is its row's first field: a hash a row, a set of the keys. A row that has a
 * field {@code expiresAt} expires by Redis.
 */
final class RedisRows<R extends Record> implements Table<String, R> {
    private final String table;
    private final Class<R> type;
    private final RecordComponent[] fields;
    private final RedisPipeline writes;
    private final RedisPipeline reads;

    RedisRows(String table, Class<R> type, RedisPipeline writes, RedisPipeline reads) {
        this.table = table;
        this.type = type;
        this.fields = type.getRecordComponents();
        this.writes = writes;
        this.reads = reads;
    }

    @Override
    public Reply<Put> put(R row) {
        List<Object> arguments = new ArrayList<>();
        Object key = Objects.requireNonNull(value(row, fields[0]));
        String kept = "";
        long expiresMillis = 0;
        List<Object> hash = new ArrayList<>();
        for (RecordComponent field : fields) {
            Object value = value(row, field);
            if (value != null) {
                hash.add(field.getName());
                hash.add(value);
            }
            switch (field.getName()) {
                case "createdAt" -> kept = "createdAt";
                case "expiresAt" -> expiresMillis = value == null ? 0 : (Long) value / 1_000;
                default -> {}
            }
        }
        arguments.add(table);
        arguments.add(key);
        arguments.add(expiresMillis);
        arguments.add(kept);
        arguments.addAll(hash);
        return writes.write(_ -> new Put.Written(), RedisScript.PUT_ROW, arguments.toArray());
    }

    @Override
    public Reply<Boolean> delete(String key) {
        return writes.write(answer -> (Long) answer == 1, RedisScript.DELETE_ROW, table, key);
    }

    @Override
    public Optional<R> get(ReadLevel level, String key) {
        Map<String, String> hash =
                RedisTasks.hash(
                        reads.read(Protocol.Command.HGETALL, "miroir:" + table + ":" + key));
        return hash.isEmpty() ? Optional.empty() : Optional.of(row(hash));
    }

    @Override
    public List<R> list(ReadLevel level, int limit) {
        List<?> members =
                (List<?>)
                        present(
                                reads.read(
                                        Protocol.Command.SMEMBERS, "miroir:" + table + ":_index"));
        List<String> keys = new ArrayList<>(members.stream().map(RedisConnections::text).toList());
        Collections.sort(keys);
        List<R> rows = new ArrayList<>();
        for (String key : keys.subList(0, Math.min(limit, keys.size()))) {
            get(level, key).ifPresent(rows::add);
        }
        return rows;
    }

    /** Fails on the null that an answer of this command can't be. */
    static Object present(@Nullable Object answer) {
        return Objects.requireNonNull(answer, "no answer");
    }

    private R row(Map<String, String> hash) {
        @Nullable Object[] values = new @Nullable Object[fields.length];
        for (int i = 0; i < fields.length; i++) {
            values[i] = parsed(fields[i].getType(), hash.get(fields[i].getName()));
        }
        try {
            Class<?>[] types =
                    Arrays.stream(fields).map(RecordComponent::getType).toArray(Class<?>[]::new);
            Constructor<R> constructor = type.getDeclaredConstructor(types);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + type, e);
        }
    }

    private static @Nullable Object value(Record row, RecordComponent field) {
        try {
            return field.getAccessor().invoke(row);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + field, e);
        }
    }

    private static @Nullable Object parsed(Class<?> type, @Nullable String text) {
        if (text == null) {
            return type == boolean.class ? false : type.isPrimitive() ? 0 : null;
        }
        if (type == long.class || type == Long.class) {
            return Long.valueOf(text);
        }
        if (type == int.class || type == Integer.class) {
            return Integer.valueOf(text);
        }
        if (type == boolean.class) {
            return Boolean.valueOf(text);
        }
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .filter(value -> value.toString().equals(text))
                    .findFirst()
                    .orElseThrow();
        }
        return text;
    }
}
