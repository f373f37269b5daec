package io.miroir;

import io.miroir.capability.stateless.session.SessionPinning;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.StoredNetwork;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.config.MiroirConfig;
import io.miroir.edge.Edge;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.read.DocumentReads;
import io.miroir.fanout.read.FederatedJourney;
import io.miroir.fanout.read.ReadMetrics;
import io.miroir.fanout.read.ReadSettings;
import io.miroir.fanout.read.SearchJourney;
import io.miroir.fanout.read.StatsReads;
import io.prometheus.client.CollectorRegistry;

/** The ways to read, as a configuration has them. */
final class ReadSide {
    private final MiroirConfig config;
    private final CollectorRegistry registry;
    private final String clusterId;

    ReadSide(MiroirConfig config, CollectorRegistry registry, String clusterId) {
        this.config = config;
        this.registry = registry;
        this.clusterId = clusterId;
    }

    /** Those over the nodes. */
    Edge.Reads over(SessionPinning.Surroundings around, Nodes nodes) {
        ConfiguredSettings settings = new ConfiguredSettings(config);
        ClusterView view = around.view();
        NodeHealth health = around.health();
        ReadMetrics counts = new ReadMetrics(registry);
        ReadSettings limits = settings.readSettings();
        SearchJourney searches =
                new SearchJourney(view, nodes, health, counts, limits, around.store()::nowMicros);
        return new Edge.Reads(
                searches,
                new FederatedJourney(
                        searches,
                        nodes,
                        health,
                        counts,
                        limits,
                        view::features,
                        new StoredNetwork(around.store())::now),
                new DocumentReads(view, nodes, health, counts, limits),
                new StatsReads(nodes, health, counts, limits),
                new SessionPinning(
                        around,
                        config.sessionPinning(),
                        clusterId,
                        settings.waitingReadsMax(),
                        registry),
                settings.answerBudget(registry));
    }
}
