package io.miroir.capability.leader.webhook;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import java.util.Locale;

/** What the leader tells of webhooks; other pods tell nothing. */
final class WebhookMetrics {
    private static final double MICROS_PER_SECOND = 1e6;

    private final Counter deliveries;
    private final Counter dropped;
    private final Gauge lag;
    private final Gauge ahead;

    WebhookMetrics(CollectorRegistry registry) {
        this.deliveries =
                Counter.build("miroir_webhook_deliveries_total", "Attempts to tell a webhook.")
                        .labelNames("result")
                        .register(registry);
        this.dropped =
                Counter.build(
                                "miroir_webhook_dropped_total",
                                "Ends of tasks that a webhook was not told: refused by it again and"
                                        + " again, or too old.")
                        .labelNames("why")
                        .register(registry);
        this.lag =
                Gauge.build(
                                "miroir_webhook_lag_seconds",
                                "Since when the oldest task that a webhook was not told has ended.")
                        .labelNames("webhook")
                        .register(registry);
        this.ahead =
                Gauge.build(
                                "miroir_webhook_window_taken",
                                "Deliveries that were done while an earlier one was not.")
                        .labelNames("webhook")
                        .register(registry);
    }

    void came(Backlog.Result result) {
        deliveries.labels(result.name().toLowerCase(Locale.ROOT)).inc();
    }

    void gaveUp() {
        dropped.labels("refused").inc();
    }

    void expired(int count) {
        dropped.labels("age").inc(count);
    }

    void standing(String uuid, long lagMicros, long aheadOfPosition) {
        lag.labels(uuid).set(lagMicros / MICROS_PER_SECOND);
        ahead.labels(uuid).set((double) aheadOfPosition);
    }

    void gone(String uuid) {
        lag.remove(uuid);
        ahead.remove(uuid);
    }
}
