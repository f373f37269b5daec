package io.miroir.cluster;

import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
        List<IndexView> unsettled = view.unsettled();
        return List.of(
                versions,
                new GaugeMetricFamily(
                        "miroir_settings_unsettled_nodes",
                        "Nodes of indexes that may have other settings than those in force.",
                        unsettled.stream().mapToInt(SettingsGauges::unsettledNodes).sum()),
                new GaugeMetricFamily(
                        "miroir_settings_frozen_indexes",
                        "Indexes whose writes are refused because a node has other settings.",
                        (double)
                                unsettled.stream()
                                        .filter(index -> index.row().standing().frozen() != null)
                                        .count()));
    }

    // A node that is gone has no settings that would matter.
    private static int unsettledNodes(IndexView index) {
        Set<String> nodes = new HashSet<>(index.row().standing().unsettled());
        nodes.retainAll(index.topology().nodes());
        return nodes.size();
    }
}
