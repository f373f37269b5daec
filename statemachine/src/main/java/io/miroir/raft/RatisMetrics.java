package io.miroir.raft;

import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.impl.RatisMetricRegistryImpl;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.codahale.metrics.Counter;
import org.apache.ratis.thirdparty.com.codahale.metrics.Gauge;
import org.apache.ratis.thirdparty.com.codahale.metrics.Metric;
import org.apache.ratis.thirdparty.com.codahale.metrics.MetricRegistry;
import org.apache.ratis.thirdparty.com.codahale.metrics.Timer;

/**
 * What Raft is doing, looked up when it is asked for: our own words for what an operator watches,
 * and everything that Ratis counts under {@code ratis_}.
 */
final class RatisMetrics extends Collector {
    private static final double NANOS = 1e9;

    private final RaftServer server;
    private final RaftStoreConfig config;
    private final SnapshotFiles snapshots;

    RatisMetrics(RaftServer server, RaftStoreConfig config, SnapshotFiles snapshots) {
        this.server = server;
        this.config = config;
        this.snapshots = snapshots;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        List<MetricFamilySamples> families = new ArrayList<>(own());
        Map<String, GaugeMetricFamily> bridged = new TreeMap<>();
        for (RatisMetricRegistry registry : MetricRegistries.global().getMetricRegistries()) {
            // There may be other pods in this process.
            if (registry.getMetricRegistryInfo().getPrefix().startsWith(config.podId() + "@")
                    && registry instanceof RatisMetricRegistryImpl known) {
                String component = registry.getMetricRegistryInfo().getMetricsComponentName();
                bridge(component, known.getDropWizardMetricRegistry(), bridged);
            }
        }
        families.addAll(bridged.values());
        return families;
    }

    private List<MetricFamilySamples> own() {
        RaftServer.Division division;
        try {
            division = server.getDivision(config.groupId());
        } catch (java.io.IOException closed) {
            return List.of();
        }
        DivisionInfo info = division.getInfo();
        RaftPeerId leader = info.getLeaderId();
        GaugeMetricFamily role =
                new GaugeMetricFamily(
                        "miroir_task_store_role", "1 for the role of this pod.", List.of("role"));
        role.addMetric(List.of(info.getCurrentRole().name().toLowerCase(Locale.ROOT)), 1);
        return List.of(
                role,
                gauge("has_leader", "1 if a leader is known.", leader == null ? 0 : 1),
                gauge("current_term", "The term that Raft is in.", (double) info.getCurrentTerm()),
                gauge(
                        "commit_index",
                        "Last index known to be committed.",
                        (double) division.getRaftLog().getLastCommittedIndex()),
                gauge("log_bytes", "Bytes of the log on disk.", logBytes(division)),
                gauge(
                        "snapshot_age_seconds",
                        "Since the last snapshot, -1 before the first.",
                        snapshots.ageNanos() < 0 ? -1 : snapshots.ageNanos() / NANOS));
    }

    private static GaugeMetricFamily gauge(String name, String help, double value) {
        return new GaugeMetricFamily("miroir_task_store_" + name, help, value);
    }

    private static double logBytes(RaftServer.Division division) {
        File[] files =
                division.getRaftStorage()
                        .getStorageDir()
                        .getCurrentDir()
                        .listFiles((_, name) -> name.startsWith("log_"));
        double bytes = 0;
        for (File file : files == null ? new File[0] : files) {
            bytes += file.length();
        }
        return bytes;
    }

    private static void bridge(
            String component, MetricRegistry registry, Map<String, GaugeMetricFamily> into) {
        for (Map.Entry<String, Metric> metric : registry.getMetrics().entrySet()) {
            String full = metric.getKey();
            String name = "ratis_" + component + "_" + full.substring(full.lastIndexOf('.') + 1);
            switch (metric.getValue()) {
                case Counter counter ->
                        add(into, name + "_total", full, (double) counter.getCount());
                case Timer timer -> {
                    add(into, name + "_count", full, (double) timer.getCount());
                    var spread = timer.getSnapshot();
                    add(into, name + "_p50_seconds", full, spread.getMedian() / NANOS);
                    add(into, name + "_p99_seconds", full, spread.get99thPercentile() / NANOS);
                }
                case Gauge<?> gauge when gauge.getValue() instanceof Number number ->
                        add(into, name, full, number.doubleValue());
                default -> {
                    // Texts and histograms: nothing a gauge could show.
                }
            }
        }
    }

    private static void add(
            Map<String, GaugeMetricFamily> into, String name, String full, double value) {
        String clean = name.replaceAll("[^a-zA-Z0-9_]", "_");
        into.computeIfAbsent(
                        clean,
                        key ->
                                new GaugeMetricFamily(
                                        key, "Of Ratis: see its metrics.", List.of("metric")))
                .addMetric(List.of(full), value);
    }
}
