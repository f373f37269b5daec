package io.miroir.edge;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;

/** What clients ask and how long it takes. */
final class EdgeMetrics {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final String[] LABELS = {"method", "path_template", "status"};

    private final Histogram durations;
    private final Counter requests;
    private final Gauge inFlight;
    private final Gauge slots;

    EdgeMetrics(CollectorRegistry registry) {
        this.durations =
                Histogram.build("miroir_request_duration_seconds", "Requests of clients.")
                        .labelNames(LABELS)
                        .register(registry);
        this.requests =
                Counter.build("miroir_requests_total", "Requests of clients.")
                        .labelNames(LABELS)
                        .register(registry);
        this.inFlight =
                Gauge.build("miroir_requests_in_flight", "Requests being worked on.")
                        .register(registry);
        this.slots =
                Gauge.build("miroir_request_slots_taken", "Requests that were let in.")
                        .labelNames("kind")
                        .register(registry);
    }

    void entered(Gate.Kind kind) {
        slots.labels(kind.label()).inc();
    }

    void left(Gate.Kind kind) {
        slots.labels(kind.label()).dec();
    }

    void began() {
        inFlight.inc();
    }

    void ended(String method, String pathTemplate, int status, long tookNanos) {
        inFlight.dec();
        String code = Integer.toString(status);
        durations.labels(method, pathTemplate, code).observe(tookNanos / NANOS_PER_SECOND);
        requests.labels(method, pathTemplate, code).inc();
    }
}
