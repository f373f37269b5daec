package io.miroir.fanout;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Counts and times every exchange with a node; nothing is told of nodes that are gone. */
public final class NodeMetrics implements NodeObserver, NodeWatcher {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Histogram durations;
    private final Counter errors;
    private final Set<String> nodes = ConcurrentHashMap.newKeySet();
    private final Set<String> operations = ConcurrentHashMap.newKeySet();

    /** Registers the metrics. */
    public NodeMetrics(CollectorRegistry registry) {
        this.durations =
                Histogram.build("miroir_node_request_duration_seconds", "Exchanges with nodes.")
                        .labelNames("node_id", "operation")
                        .register(registry);
        this.errors =
                Counter.build("miroir_node_errors_total", "Exchanges with nodes that failed.")
                        .labelNames("node_id", "error_type")
                        .register(registry);
    }

    @Override
    public void came(String nodeId) {
        nodes.add(nodeId);
    }

    @Override
    public void went(String nodeId) {
        nodes.remove(nodeId);
        forget(nodeId);
    }

    private void forget(String nodeId) {
        operations.forEach(operation -> durations.remove(nodeId, operation));
        for (NodeReply.Kind kind : NodeReply.Kind.values()) {
            errors.remove(nodeId, kind.label());
        }
    }

    @Override
    public void replied(String nodeId, NodeRequest request, NodeReply reply, long tookNanos) {
        operations.add(request.operation());
        durations.labels(nodeId, request.operation()).observe(tookNanos / NANOS_PER_SECOND);
        switch (reply) {
            case NodeReply.Answer _, NodeReply.Refusal _ -> {}
            case NodeReply.Failure failure -> errors.labels(nodeId, failure.kind().label()).inc();
        }
        if (!nodes.contains(nodeId)) {
            // It went meanwhile, and what was counted just now would stay for ever.
            forget(nodeId);
        }
    }
}
