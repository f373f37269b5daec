package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.Table;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A table whose key is its row's first field: a hash a row, a set of the keys. A row that has a
 * field {@code expiresAt} expires by Redis; its client stamps when it was written.
 */
final class RedisRows<R extends Record> implements Table<String, R> {
    private static final long NEVER = 0;
    private static final long WHENEVER = 0;
    private static final JsonMapper JSON = JsonMapper.shared();

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
        return put(row, WHENEVER, _ -> new Put.Written());
    }

    /** In the place of the row that was last changed then; answers whether it was still there. */
    Reply<Boolean> replace(R row, long expectedUpdatedAt) {
        return put(row, expectedUpdatedAt, RedisAnswer::existed);
    }

    private <T> Reply<T> put(R row, long expectedUpdatedAt, Function<Object, T> words) {
        long expiresMillis = NEVER;
        for (RecordComponent field : fields) {
            Object value = value(row, field);
            if (field.getName().equals("expiresAt") && value != null) {
                expiresMillis = Math.max(NEVER + 1, (Long) value / 1_000);
            }
        }
        List<Object> arguments = new ArrayList<>();
        arguments.add(table);
        arguments.add(Objects.requireNonNull(value(row, fields[0])));
        arguments.add(expiresMillis);
        arguments.add(expectedUpdatedAt);
        arguments.addAll(hash(row, RedisTaskStore.wallMicros()));
        return writes.write(words, RedisScript.PUT_ROW, arguments.toArray());
    }

    /** Fields and values of the row's hash. */
    List<Object> hash(R row, long now) {
        List<Object> hash = new ArrayList<>();
        for (RecordComponent field : fields) {
            Object value =
                    switch (field.getName()) {
                        case "createdAt", "updatedAt" -> now;
                        default -> value(row, field);
                    };
            if (value != null) {
                hash.add(field.getName());
                hash.add(isJson(field) ? JSON.writeValueAsString(value) : value);
            }
        }
        return hash;
    }

    @Override
    public Reply<Boolean> delete(String key) {
        return writes.write(RedisAnswer::existed, RedisScript.DELETE_ROW, table, key);
    }

    @Override
    public Optional<R> get(ReadLevel level, String key) {
        return reads.hash("miroir:" + table + ":" + key).row(this::row);
    }

    @Override
    public List<R> list(ReadLevel level, int limit) {
        return reads.rows("miroir:" + table + ":_index", key -> get(level, key))
                .limit(limit)
                .toList();
    }

    /** Fails on the null that an answer of this command can't be. */
    static Object present(@Nullable Object answer) {
        return Objects.requireNonNull(answer, "no answer");
    }

    private R row(RedisHash hash) {
        @Nullable Object[] values = new @Nullable Object[fields.length];
        for (int i = 0; i < fields.length; i++) {
            values[i] = parsed(fields[i], hash.textOrNull(fields[i].getName()));
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

    private static boolean isJson(RecordComponent field) {
        return Collection.class.isAssignableFrom(field.getType())
                || Map.class.isAssignableFrom(field.getType());
    }

    private static @Nullable Object parsed(RecordComponent field, @Nullable String text) {
        Class<?> type = field.getType();
        if (text == null) {
            return type == boolean.class ? false : type.isPrimitive() ? 0 : null;
        }
        if (isJson(field)) {
            return JSON.readValue(text, JSON.constructType(field.getGenericType()));
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
