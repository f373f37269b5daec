package io.miroir.cluster;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;

/** What changes of the nodes cost, by the names of the upstream plan (section 10). */
public final class RebalanceMetrics {
    private static final double[] SECONDS = {1, 10, 60, 300, 900, 3_600, 14_400, 86_400};

    private final Counter migrated;
    private final Histogram duration;

    /** Registers the metrics. */
    public RebalanceMetrics(ClusterView view, CollectorRegistry registry) {
        Gauge.build("miroir_rebalance_in_progress", "1 while the nodes change: on all pods.")
                .create()
                .setChild(
                        new Gauge.Child() {
                            @Override
                            public double get() {
                                return view.fleet().change().isPresent() ? 1 : 0;
                            }
                        })
                .register(registry);
        this.migrated =
                Counter.build(
                                "miroir_rebalance_documents_migrated_total",
                                "Documents that left a node because others have them instead.")
                        .register(registry);
        this.duration =
                Histogram.build(
                                "miroir_rebalance_duration_seconds",
                                "From the begin of a change of the nodes to its end.")
                        .buckets(SECONDS)
                        .register(registry);
    }

    /** Documents have left a node. */
    public void migrated(long documents) {
        migrated.inc((double) documents);
    }

    /** A change has ended. */
    public void ended(double seconds) {
        duration.observe(seconds);
    }
}
