package io.miroir;

import io.miroir.cluster.ClusterView;
import io.miroir.cluster.health.HealthProbe;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.cluster.identity.IdentityCheck;
import io.miroir.cluster.identity.NodeMarks;
import io.miroir.fanout.NodeMetrics;
import io.miroir.fanout.Nodes;
import io.miroir.store.TaskStore;
import io.prometheus.client.CollectorRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a pod has of its nodes: the ways to them, how they are and who they are. The fleet of the
 * view says which nodes these are, at the start and whenever it changes.
 */
final class NodeSide implements AutoCloseable {
    private final Nodes nodes;
    private final NodeHealth health;
    private final NodeMarks marks;
    private final HealthProbe probe;

    /**
     * Asks nobody yet.
     *
     * @param keys keys that open nodes, the one to try first
     */
    NodeSide(
            ConfiguredSettings settings,
            ClusterView view,
            TaskStore store,
            Supplier<List<String>> keys,
            CollectorRegistry registry,
            InstantSource clock) {
        AtomicReference<HealthProbe> hurried = new AtomicReference<>();
        this.health =
                new NodeHealth(
                        List.of(),
                        settings.healthThresholds(),
                        clock,
                        node -> hurry(hurried.get(), node));
        NodeMetrics metrics = new NodeMetrics(registry);
        this.nodes = Nodes.overHttp(keys, health.and(metrics));
        nodes.watch(metrics);
        nodes.watch(health);
        this.marks = new NodeMarks(nodes);
        this.probe =
                new HealthProbe(
                        nodes,
                        health,
                        settings.probeSettings(),
                        new IdentityCheck(view, store, marks));
        hurried.set(probe);
        view.followFleet(fleet -> nodes.become(fleet.endpoints()));
    }

    /** Begins to ask nodes how they are. */
    void start() {
        probe.start();
    }

    Nodes nodes() {
        return nodes;
    }

    NodeHealth health() {
        return health;
    }

    NodeMarks marks() {
        return marks;
    }

    private static void hurry(@Nullable HealthProbe probe, String node) {
        if (probe != null) {
            probe.hurry(node);
        }
    }

    @Override
    public void close() {
        probe.close();
        nodes.close();
    }
}
