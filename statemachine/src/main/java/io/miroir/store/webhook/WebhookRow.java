package io.miroir.store.webhook;

import java.util.SortedMap;

/**
 * Where the ends of tasks are reported to.
 *
 * @param headers sent with each report; values may be secrets
 * @param createdAt stamped by the store at the first put; ignored in a put
 * @param updatedAt stamped by the store, later at each change; ignored in a put
 */
public record WebhookRow(
        String uuid,
        String url,
        SortedMap<String, String> headers,
        long createdAt,
        long updatedAt) {}
