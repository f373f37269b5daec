package io.miroir.store.engine;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.Outcome;
import io.miroir.store.Reply;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** What the store counts. */
public final class StoreMetrics {
    private final Map<Command.KindCase, Histogram.Child> latency =
            new EnumMap<>(Command.KindCase.class);
    private final Counter refusals;
    private final Histogram batchCommands;
    private final Histogram commitSeconds;
    private final Gauge waiting;
    private final Gauge appliedIndex;
    private final Gauge applyLag;
    private final Gauge term;
    private final Gauge leading;
    private final Gauge snapshotIndex;

    public StoreMetrics(CollectorRegistry registry) {
        Histogram latencies =
                Histogram.build()
                        .name("miroir_task_store_latency_seconds")
                        .help("From a command's arrival to its outcome, by operation.")
                        .labelNames("operation")
                        .exponentialBuckets(0.000_25, 2, 16)
                        .register(registry);
        for (Command.KindCase kind : Command.KindCase.values()) {
            latency.put(kind, latencies.labels(kind.name().toLowerCase(Locale.ROOT)));
        }
        this.refusals =
                Counter.build()
                        .name("miroir_task_store_refusals_total")
                        .help("Commands without an outcome, by reason.")
                        .labelNames("reason")
                        .register(registry);
        this.batchCommands =
                Histogram.build()
                        .name("miroir_task_store_batch_commands")
                        .help("Commands packed into one entry.")
                        .exponentialBuckets(1, 2, 13)
                        .register(registry);
        this.commitSeconds =
                Histogram.build()
                        .name("miroir_task_store_commit_seconds")
                        .help("One SQLite transaction: applying its commands and committing.")
                        .exponentialBuckets(0.000_1, 2, 16)
                        .register(registry);
        this.waiting = gauge(registry, "waiting_commands", "Commands that wait to be packed.");
        this.appliedIndex = gauge(registry, "applied_index", "Last index in the database.");
        this.applyLag = gauge(registry, "apply_lag_entries", "Committed, but not applied yet.");
        this.term = gauge(registry, "term", "The term this pod knows.");
        this.leading = gauge(registry, "leading", "1 if this pod leads.");
        this.snapshotIndex =
                gauge(registry, "snapshot_index", "Index up to which the log may be purged.");
    }

    public void latency(Command.KindCase kind, long nanos, Reply<Outcome> reply) {
        Objects.requireNonNull(latency.get(kind)).observe(nanos / 1e9);
        if (reply instanceof Reply.Refused<Outcome> refused) {
            refusals.labels(refused.refusal().getClass().getSimpleName().toLowerCase(Locale.ROOT))
                    .inc();
        }
    }

    public void batch(int commands, int stillWaiting) {
        batchCommands.observe(commands);
        waiting.set(stillWaiting);
    }

    public void committed(long nanos, long index, long lagEntries) {
        commitSeconds.observe(nanos / 1e9);
        appliedIndex.set((double) index);
        applyLag.set((double) lagEntries);
    }

    public void leadership(long newTerm, boolean isLeader) {
        term.set((double) newTerm);
        leading.set(isLeader ? 1 : 0);
    }

    public void snapshot(long index) {
        snapshotIndex.set((double) index);
    }

    private static Gauge gauge(CollectorRegistry registry, String name, String help) {
        return Gauge.build().name("miroir_task_store_" + name).help(help).register(registry);
    }
}
