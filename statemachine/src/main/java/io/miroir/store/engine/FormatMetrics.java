package io.miroir.store.engine;

import io.miroir.store.format.Formats;
import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;
import java.util.function.Supplier;

/** The cluster's format of commands, and what this pod's program knows. */
public final class FormatMetrics extends Collector {
    private final Supplier<Formats> formats;

    public FormatMetrics(Supplier<Formats> formats) {
        this.formats = formats;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        Formats now = formats.get();
        return List.of(
                new GaugeMetricFamily(
                        "miroir_task_store_cluster_format",
                        "Highest format of commands that the cluster has agreed on.",
                        now.cluster()),
                new GaugeMetricFamily(
                        "miroir_task_store_known_format",
                        "Highest format of commands that this pod knows.",
                        now.known()));
    }
}
