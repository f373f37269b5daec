package io.miroir.cluster;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;

/**
 * What moves of shards cost. Nothing moves yet, so they stay at zero; they stand here because
 * dashboards and alerts of the upstream plan (section 10) ask for them.
 */
public final class RebalanceMetrics {
    private RebalanceMetrics() {}

    /** Registers the metrics. */
    public static void register(CollectorRegistry registry) {
        Gauge.build("miroir_rebalance_in_progress", "1 while shards move.").register(registry);
        Counter.build("miroir_rebalance_documents_migrated_total", "Documents that were moved.")
                .register(registry);
        Histogram.build("miroir_rebalance_duration_seconds", "From a move's begin to its end.")
                .register(registry);
    }
}
