package io.miroir.cluster.member;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Gauge;
import java.time.Duration;

/** What is known of this pod's tables. */
public final class CompareMetrics {
    private final Gauge proven;
    private final Gauge unequal;
    private final Gauge waitSeconds;

    public CompareMetrics(CollectorRegistry registry) {
        this.proven =
                Gauge.build()
                        .name("miroir_task_store_proven")
                        .help("1 if this pod's tables are known to be right since its start.")
                        .register(registry);
        this.unequal =
                Gauge.build()
                        .name("miroir_task_store_unequal_pods")
                        .help("Pods whose tables differed when they were compared last.")
                        .register(registry);
        this.waitSeconds =
                Gauge.build()
                        .name("miroir_task_store_compare_wait_seconds")
                        .help("For how long this pod's start waited for a comparison.")
                        .register(registry);
    }

    /** Nothing has to be compared. */
    public void proven() {
        proven.set(1);
    }

    void waited(Duration time) {
        waitSeconds.set(time.toMillis() / 1_000.0);
    }

    void concluded(boolean right, int pods) {
        proven.set(right ? 1 : 0);
        unequal.set(pods);
    }
}
