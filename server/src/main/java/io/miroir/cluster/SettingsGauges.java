package io.miroir.cluster;

import io.miroir.store.index.IndexRow;
import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;

/**
 * Where indexes stand with their settings, looked up when it is asked for: the same on all pods.
 */
public final class SettingsGauges extends Collector {
    /** Indexes whose version is told; those beyond, by name, are counted only. */
    static final int INDEXES_MAX = 1_000;

    private final ClusterView view;

    /** Over what a pod believes. */
    public SettingsGauges(ClusterView view) {
        this.view = view;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        GaugeMetricFamily versions =
                new GaugeMetricFamily(
                        "miroir_settings_version",
                        "Version of an index's settings that is in force.",
                        List.of("index"));
        view.indexes().stream()
                .map(IndexView::row)
                .limit(INDEXES_MAX)
                .forEach(
                        row ->
                                versions.addMetric(
                                        List.of(row.uid()), (double) row.settingsVersion()));
        List<IndexRow.Standing> standing =
                view.unsettled().stream().map(index -> index.row().standing()).toList();
        return List.of(
                versions,
                new GaugeMetricFamily(
                        "miroir_settings_unsettled_nodes",
                        "Nodes of indexes that may have other settings than those in force.",
                        standing.stream().mapToInt(one -> one.unsettled().size()).sum()),
                new GaugeMetricFamily(
                        "miroir_settings_frozen_indexes",
                        "Indexes whose writes are refused because a node has other settings.",
                        (double) standing.stream().filter(one -> one.frozen() != null).count()));
    }
}
