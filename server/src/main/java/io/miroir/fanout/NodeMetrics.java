package io.miroir.fanout;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;

/** Counts and times every exchange with a node. */
public final class NodeMetrics implements NodeObserver {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Histogram durations;
    private final Counter errors;

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
    public void replied(String nodeId, NodeRequest request, NodeReply reply, long tookNanos) {
        durations.labels(nodeId, request.operation()).observe(tookNanos / NANOS_PER_SECOND);
        switch (reply) {
            case NodeReply.Answer _, NodeReply.Refusal _ -> {}
            case NodeReply.Failure failure -> errors.labels(nodeId, failure.kind().label()).inc();
        }
    }
}
