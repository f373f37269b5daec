package io.miroir.store.webhook;

import io.miroir.store.Table;

/** Webhooks by uuid. They live until they are deleted. */
public interface Webhooks extends Table<String, WebhookRow> {

    /** Rows, as in Meilisearch; the next insert is refused. */
    int ROWS_MAX = 20;
}
