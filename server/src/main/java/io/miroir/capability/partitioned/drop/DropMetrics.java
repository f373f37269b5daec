package io.miroir.capability.partitioned.drop;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;

/** Indexes that nodes keep although they were deleted. */
public final class DropMetrics {
    private final Gauge waiting;
    private final Counter sent;

    /** Registers the metrics. */
    public DropMetrics(CollectorRegistry registry) {
        this.waiting =
                Gauge.build(
                                "miroir_index_drops_waiting",
                                "Indexes that were deleted, and that nodes may still have.")
                        .register(registry);
        this.sent =
                Counter.build(
                                "miroir_index_drops_sent_total",
                                "Deletions that this pod sent to nodes that still had an index.")
                        .register(registry);
    }

    void waiting(int indexes) {
        waiting.set(indexes);
    }

    void sent() {
        sent.inc();
    }
}
