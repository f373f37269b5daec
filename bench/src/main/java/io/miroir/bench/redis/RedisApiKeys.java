package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.apikey.ApiKeyRow;
import io.miroir.store.apikey.ApiKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code miroir:api_keys:<uid>} hashes, and a key that says whether the first ones were made. */
record RedisApiKeys(RedisRows<ApiKeyRow> rows, RedisPipeline writes) implements ApiKeys {

    @Override
    public Reply<Making> make(ApiKeyRow row) {
        return write("make", List.of(row), made -> made ? new Making.Made() : new Making.Taken());
    }

    @Override
    public Reply<Boolean> begin(List<ApiKeyRow> newestFirst) {
        return write("begin", newestFirst, made -> made);
    }

    private <T> Reply<T> write(String how, List<ApiKeyRow> keys, Function<Boolean, T> words) {
        long now = RedisTaskStore.wallMicros();
        List<Object> arguments = new ArrayList<>();
        arguments.add(how);
        for (int i = 0; i < keys.size(); i++) {
            List<Object> hash = rows.hash(keys.get(i), now - i);
            arguments.add(keys.get(i).uid());
            arguments.add(hash.size());
            arguments.addAll(hash);
        }
        return writes.write(
                answer -> words.apply((Long) answer == 1),
                RedisScript.API_KEYS,
                arguments.toArray());
    }

    @Override
    public Reply<Boolean> relabel(
            ApiKeyRow read, @Nullable String name, @Nullable String description) {
        List<Object> arguments = new ArrayList<>();
        arguments.addAll(List.of("relabel", read.uid(), read.updatedAt()));
        arguments.addAll(List.of("updatedAt", RedisTaskStore.wallMicros()));
        if (name != null) {
            arguments.addAll(List.of("name", name));
        }
        if (description != null) {
            arguments.addAll(List.of("description", description));
        }
        return writes.write(
                answer -> (Long) answer == 1, RedisScript.API_KEYS, arguments.toArray());
    }

    @Override
    public Reply<Boolean> delete(String uid) {
        return rows.delete(uid);
    }

    @Override
    public Optional<ApiKeyRow> get(ReadLevel level, String uid) {
        return rows.get(level, uid);
    }

    @Override
    public List<ApiKeyRow> list(ReadLevel level, int limit) {
        return rows.list(level, limit);
    }
}
