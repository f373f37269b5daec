package io.miroir.capability.stateless.session;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;

/** How reads fare that must see writes. */
final class SessionMetrics {
    private final Counter enforced;
    private final Counter timeouts;
    private final Histogram waits;
    private final Gauge waiting;

    SessionMetrics(CollectorRegistry registry) {
        this.enforced =
                Counter.build(
                                "miroir_session_pin_enforced_total",
                                "Reads that went to nodes which have what they must see.")
                        .register(registry);
        this.timeouts =
                Counter.build(
                                "miroir_session_wait_timeout_total",
                                "Reads that were refused, as no node had what they must see.")
                        .register(registry);
        this.waits =
                Histogram.build(
                                "miroir_session_wait_duration_seconds",
                                "How long reads waited for writes.")
                        .buckets(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
                        .register(registry);
        this.waiting =
                Gauge.build("miroir_session_waiting_reads", "Reads that wait for writes now.")
                        .register(registry);
    }

    void enforced() {
        enforced.inc();
    }

    void timedOut() {
        timeouts.inc();
    }

    void began() {
        waiting.inc();
    }

    void ended(long tookNanos) {
        waiting.dec();
        waits.observe(tookNanos / 1e9);
    }
}
