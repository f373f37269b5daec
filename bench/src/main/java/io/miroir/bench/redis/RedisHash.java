package io.miroir.bench.redis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The fields of a hash, as Redis answers them; none if there is no such key. */
record RedisHash(Map<String, String> fields) {

    /** A flat list of names and values; null is none. */
    static RedisHash of(@Nullable Object answer) {
        Map<String, String> fields = new HashMap<>();
        List<?> flat = answer == null ? List.of() : (List<?>) answer;
        for (int i = 0; i < flat.size(); i += 2) {
            fields.put(RedisConnections.text(flat.get(i)), RedisConnections.text(flat.get(i + 1)));
        }
        return new RedisHash(fields);
    }

    /** The row that they make; none if there is no such key. */
    <R> Optional<R> row(Function<RedisHash, R> made) {
        return fields.isEmpty() ? Optional.empty() : Optional.of(made.apply(this));
    }

    @Nullable String textOrNull(String name) {
        return fields.get(name);
    }

    String text(String name) {
        return Objects.requireNonNull(fields.get(name), name);
    }

    /** 0 where there is none. */
    long number(String name) {
        Long number = numberOrNull(name);
        return number == null ? 0 : number;
    }

    /** Redis' Lua may print a large number with an exponent. */
    @Nullable Long numberOrNull(String name) {
        String text = fields.get(name);
        return text == null ? null : (long) Double.parseDouble(text);
    }
}
