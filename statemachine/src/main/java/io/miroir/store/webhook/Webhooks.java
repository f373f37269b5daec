package io.miroir.store.webhook;

import io.miroir.store.Reply;
import io.miroir.store.Table;

/** Webhooks by uuid. They live until they are deleted, and their cursors with them. */
public interface Webhooks extends Table<String, WebhookRow> {

    /**
     * Puts a webhook in the place of one that was read.
     *
     * @param row with the uuid and the {@code updatedAt} of what was read
     * @return false if that was changed or deleted since; nothing was written then
     */
    Reply<Boolean> replace(WebhookRow row);

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
