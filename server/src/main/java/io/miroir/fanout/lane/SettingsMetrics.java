package io.miroir.fanout.lane;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;

/** What it takes to keep settings the same on all nodes. */
public final class SettingsMetrics {
    private final Gauge phases;
    private final Counter mismatches;
    private final Counter repairs;

    /** Where a change of settings is. */
    enum Phase {
        /** The first nodes get them; they are not in force yet. */
        PROPOSE,
        /** They are in force; the other nodes get them. */
        FOLLOW,
        /** Nodes that have others get those in force. */
        REPAIR
    }

    /** Registers the metrics. */
    public SettingsMetrics(CollectorRegistry registry) {
        this.phases =
                Gauge.build(
                                "miroir_settings_broadcast_phase",
                                "Changes of settings that this pod runs, by where they are.")
                        .labelNames("phase")
                        .register(registry);
        for (Phase phase : Phase.values()) {
            phases.labels(name(phase));
        }
        this.mismatches =
                Counter.build(
                                "miroir_settings_hash_mismatch_total",
                                "Nodes that were read back and had other settings than they should.")
                        .register(registry);
        this.repairs =
                Counter.build(
                                "miroir_settings_drift_repair_total",
                                "Nodes with other settings that were given those in force.")
                        .register(registry);
    }

    void began(Phase phase) {
        phases.labels(name(phase)).inc();
    }

    void ended(Phase phase) {
        phases.labels(name(phase)).dec();
    }

    /** A node has other settings than it should. */
    public void mismatch() {
        mismatches.inc();
    }

    void repaired(int nodes) {
        repairs.inc(nodes);
    }

    private static String name(Phase phase) {
        return phase.name().toLowerCase(java.util.Locale.ROOT);
    }
}
