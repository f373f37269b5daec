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
import java.util.function.UnaryOperator;

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
    public void make(Webhook webhook) throws InterruptedException {
        if (reports.told(webhooks.put(row(webhook, 0))) instanceof Table.Put.Full) {
            throw Webhook.tooMany();
        }
    }

    @Override
    public Optional<Webhook> change(String uuid, UnaryOperator<Webhook> change)
            throws InterruptedException {
        return ComparedChange.make(
                () -> webhooks.get(ReadLevel.LINEARIZABLE, uuid),
                row -> {
                    Webhook changed = change.apply(webhook(row));
                    boolean made = reports.told(webhooks.replace(row(changed, row.updatedAt())));
                    return made ? Optional.of(changed) : Optional.empty();
                });
    }

    @Override
    public boolean delete(String uuid) throws InterruptedException {
        return reports.told(webhooks.delete(uuid));
    }

    private static WebhookRow row(Webhook webhook, long updatedAt) {
        return new WebhookRow(
                webhook.uuid(), webhook.url(), new TreeMap<>(webhook.headers()), 0, updatedAt);
    }

    private static Webhook webhook(WebhookRow row) {
        return new Webhook(row.uuid(), row.url(), row.headers());
    }
}
