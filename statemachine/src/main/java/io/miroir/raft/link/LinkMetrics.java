package io.miroir.raft.link;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;

/** How far the Raft port is from its limits, and how often one was reached. */
public final class LinkMetrics {
    private final Gauge sessions;
    private final Counter refused;
    private final Gauge open;
    private final Counter full;

    /** Of one member. */
    public LinkMetrics(CollectorRegistry registry) {
        this.sessions =
                Gauge.build()
                        .name("miroir_task_store_link_sessions")
                        .help("Connections that others have to the Raft port.")
                        .register(registry);
        this.refused =
                Counter.build()
                        .name("miroir_task_store_link_sessions_refused_total")
                        .help("Connections that were turned away: there were too many.")
                        .register(registry);
        this.open =
                Gauge.build()
                        .name("miroir_task_store_link_open_requests")
                        .help("Requests of others that are begun and not answered.")
                        .register(registry);
        this.full =
                Counter.build()
                        .name("miroir_task_store_link_full_total")
                        .help("Requests that waited: their connection had too many open.")
                        .register(registry);
    }

    void sessionBegan() {
        sessions.inc();
    }

    void sessionEnded() {
        sessions.dec();
    }

    void sessionRefused() {
        refused.inc();
    }

    void requestBegan() {
        open.inc();
    }

    void requestEnded() {
        open.dec();
    }

    void requestWaits() {
        full.inc();
    }
}
