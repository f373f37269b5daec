package io.miroir.capability.leader.export;

import io.miroir.fanout.read.IndexWalk;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;

/** How far the export is that this pod carries out; other pods carry none out. */
final class ExportMetrics implements IndexWalk.Meter {
    private final Gauge left;
    private final Counter documents;
    private final Counter again;

    ExportMetrics(CollectorRegistry registry) {
        this.left =
                Gauge.build(
                                "miroir_export_indexes_left",
                                "Indexes that the export under way has not sent yet; 0 without"
                                        + " one.")
                        .register(registry);
        this.documents =
                Counter.build("miroir_export_documents_total", "Documents read for exports.")
                        .register(registry);
        this.again =
                Counter.build(
                                "miroir_export_retries_total",
                                "Pages that did not come, and indexes begun anew because other"
                                        + " replicas answered.")
                        .register(registry);
    }

    void left(int indexes) {
        left.set(indexes);
    }

    @Override
    public void took(int count) {
        documents.inc(count);
    }

    @Override
    public void again() {
        again.inc();
    }
}
