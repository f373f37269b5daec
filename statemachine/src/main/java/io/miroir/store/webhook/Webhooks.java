package io.miroir.store.webhook;

import io.miroir.store.Table;

/** Webhooks by uuid. They live until they are deleted, and their cursors with them. */
public interface Webhooks extends Table<String, WebhookRow> {

    /**
     * The name under which a webhook's cursor is kept: the store time up to which it was told of
     * tasks that ended.
     */
    static String sink(String uuid) {
        return "webhook:" + uuid;
    }

    /** Rows, as in Meilisearch; the next insert is refused. */
    int ROWS_MAX = 20;
}
