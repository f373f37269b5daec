package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.clientobject.ClientObjectRow;
import io.miroir.store.clientobject.ClientObjects;
import java.util.List;
import java.util.Optional;

/** {@code miroir:client_objects:<name>} hashes; one that was read is replaced by comparing it. */
record RedisClientObjects(RedisRows<ClientObjectRow> rows) implements ClientObjects {

    @Override
    public Reply<Boolean> replace(ClientObjectRow row) {
        return rows.replace(row, row.updatedAt());
    }

    @Override
    public Reply<Put> put(ClientObjectRow row) {
        return rows.put(row);
    }

    @Override
    public Reply<Boolean> delete(String key) {
        return rows.delete(key);
    }

    @Override
    public Optional<ClientObjectRow> get(ReadLevel level, String key) {
        return rows.get(level, key);
    }

    @Override
    public List<ClientObjectRow> list(ReadLevel level, int limit) {
        return rows.list(level, limit);
    }
}
