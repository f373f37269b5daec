package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.webhook.WebhookRow;
import io.miroir.store.webhook.Webhooks;
import java.util.List;
import java.util.Optional;

/** {@code miroir:webhooks:<uuid>} hashes; one that was read is replaced by comparing it. */
record RedisWebhooks(RedisRows<WebhookRow> rows) implements Webhooks {

    @Override
    public Reply<Boolean> replace(WebhookRow row) {
        return rows.replace(row, row.updatedAt());
    }

    @Override
    public Reply<Put> put(WebhookRow row) {
        return rows.put(row);
    }

    @Override
    public Reply<Boolean> delete(String key) {
        return rows.delete(key);
    }

    @Override
    public Optional<WebhookRow> get(ReadLevel level, String key) {
        return rows.get(level, key);
    }

    @Override
    public List<WebhookRow> list(ReadLevel level, int limit) {
        return rows.list(level, limit);
    }
}
