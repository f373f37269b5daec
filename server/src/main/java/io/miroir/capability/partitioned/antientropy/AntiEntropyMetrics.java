package io.miroir.capability.partitioned.antientropy;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** What comparing replicas finds, by the names of the upstream plan (section 13.8). */
public final class AntiEntropyMetrics {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Counter scanned;
    private final Counter mismatches;
    private final Counter outvoted;
    private final AtomicLong completedNanos;
    private final LongSupplier nanoTime;

    /**
     * Registers the metrics.
     *
     * @param nanoTime monotonic
     */
    public AntiEntropyMetrics(CollectorRegistry registry, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.completedNanos = new AtomicLong(nanoTime.getAsLong());
        this.scanned =
                Counter.build(
                                "miroir_antientropy_shards_scanned_total",
                                "Shards whose replicas were compared.")
                        .register(registry);
        this.mismatches =
                Counter.build(
                                "miroir_antientropy_mismatches_found_total",
                                "Shards whose replicas differ.")
                        .register(registry);
        this.outvoted =
                Counter.build(
                                "miroir_antientropy_replicas_outvoted_total",
                                "Replicas that were put out because most others agree.")
                        .register(registry);
        Gauge.build(
                        "miroir_antientropy_last_scan_completed_seconds",
                        "Time since this pod last compared an index to its end, or started.")
                .create()
                .setChild(
                        new Gauge.Child() {
                            @Override
                            public double get() {
                                return (nanoTime.getAsLong() - completedNanos.get())
                                        / NANOS_PER_SECOND;
                            }
                        })
                .register(registry);
    }

    void scanned() {
        scanned.inc();
    }

    void mismatch() {
        mismatches.inc();
    }

    void outvoted(int replicas) {
        outvoted.inc(replicas);
    }

    void completed() {
        completedNanos.set(nanoTime.getAsLong());
    }
}
