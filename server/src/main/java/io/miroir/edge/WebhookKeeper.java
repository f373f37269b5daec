package io.miroir.edge;

import io.miroir.api.webhooks.Webhook;
import io.miroir.cluster.lease.Reports;
import io.miroir.edge.shared.WebhookRoutes;
import io.miroir.store.ReadLevel;
import io.miroir.store.Table;
import io.miroir.store.webhook.WebhookRow;
import io.miroir.store.webhook.Webhooks;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Webhooks in the task store. What is answered is known on all pods: each reads its own copy. The
 * leader tells them.
 */
final class WebhookKeeper implements WebhookRoutes.Keeper {
    private final Webhooks webhooks;
    private final Reports reports;

    WebhookKeeper(Webhooks webhooks, Reports reports) {
        this.webhooks = webhooks;
        this.reports = reports;
    }

    @Override
    public List<Webhook> all() {
        return webhooks.list(ReadLevel.LOCAL, Webhooks.ROWS_MAX).stream()
                .map(WebhookKeeper::webhook)
                .toList();
    }

    @Override
    public Optional<Webhook> get(String uuid) {
        return webhooks.get(ReadLevel.LOCAL, uuid).map(WebhookKeeper::webhook);
    }

    @Override
    public void put(Webhook webhook) throws InterruptedException {
        WebhookRow row =
                new WebhookRow(
                        webhook.uuid(), webhook.url(), new TreeMap<>(webhook.headers()), 0, 0);
        if (reports.told(webhooks.put(row)) instanceof Table.Put.Full) {
            throw Webhook.tooMany();
        }
    }

    @Override
    public boolean delete(String uuid) throws InterruptedException {
        return reports.told(webhooks.delete(uuid));
    }

    private static Webhook webhook(WebhookRow row) {
        return new Webhook(row.uuid(), row.url(), row.headers());
    }
}
