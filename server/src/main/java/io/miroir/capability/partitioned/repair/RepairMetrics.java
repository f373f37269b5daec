package io.miroir.capability.partitioned.repair;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;

/** What bringing replicas back takes. */
public final class RepairMetrics {
    private final Gauge running;
    private final Gauge withoutRoom;
    private final Counter ended;
    private final Counter compared;
    private final Counter put;
    private final Counter removed;
    private final Counter repaired;

    /** Registers the metrics. */
    public RepairMetrics(CollectorRegistry registry) {
        this.running =
                Gauge.build("miroir_repairs_running", "Copies to replicas that this pod makes.")
                        .register(registry);
        this.withoutRoom =
                Gauge.build(
                                "miroir_repairs_without_room",
                                "Copies that did not begin when this pod last looked: the task"
                                        + " store takes no more jobs.")
                        .register(registry);
        this.ended =
                Counter.build("miroir_repairs_total", "Copies to replicas that ended.")
                        .labelNames("result")
                        .register(registry);
        this.compared =
                Counter.build(
                                "miroir_repair_documents_compared_total",
                                "Documents that were compared with those of a replica in sync.")
                        .register(registry);
        this.put =
                Counter.build("miroir_repair_documents_copied_total", "Documents that were copied.")
                        .register(registry);
        this.removed =
                Counter.build(
                                "miroir_repair_documents_removed_total",
                                "Documents of replicas that those in sync do not have.")
                        .register(registry);
        // The upstream plan's name for both together (section 13.8).
        this.repaired =
                Counter.build(
                                "miroir_antientropy_docs_repaired_total",
                                "Documents that were copied to replicas, or removed from them.")
                        .register(registry);
    }

    void began() {
        running.inc();
    }

    void withoutRoom(int copies) {
        withoutRoom.set(copies);
    }

    void ended(boolean backInSync) {
        running.dec();
        ended.labels(backInSync ? "in_sync" : "later").inc();
    }

    void compared() {
        compared.inc();
    }

    void put(int documents) {
        put.inc(documents);
        repaired.inc(documents);
    }

    void removed(int documents) {
        removed.inc(documents);
        repaired.inc(documents);
    }
}
