package io.miroir.edge;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;

/** Requests with several queries. */
final class MultiSearchMetrics {
    private final Histogram queries;
    private final Counter batches;
    private final Counter failures;

    MultiSearchMetrics(CollectorRegistry registry) {
        this.queries =
                Histogram.build("miroir_multisearch_queries_per_batch", "Queries of one request.")
                        .buckets(1, 2, 5, 10, 20, 50, 100, 1000)
                        .register(registry);
        this.batches =
                Counter.build("miroir_multisearch_batches_total", "Requests with several queries.")
                        .register(registry);
        this.failures =
                Counter.build(
                                "miroir_multisearch_partial_failures_total",
                                "Requests of which at least one query failed, and so all.")
                        .register(registry);
    }

    void began(int count) {
        batches.inc();
        queries.observe(count);
    }

    void failed() {
        failures.inc();
    }
}
