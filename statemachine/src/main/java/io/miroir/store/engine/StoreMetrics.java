package io.miroir.store.engine;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.Outcome;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
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
    private final Map<ReadLevel, Counter.Child> reads = new EnumMap<>(ReadLevel.class);
    private final Counter refusals;
    private final Counter full;
    private final Counter leaderChanges;
    private final Histogram barrierSeconds;
    private final Histogram batchCommands;
    private final Histogram commitSeconds;
    private final Histogram commitEntries;
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
        this.full =
                Counter.build()
                        .name("miroir_task_store_full_total")
                        .help("Commands that found no room, by what was full.")
                        .labelNames("what")
                        .register(registry);
        Counter readsByLevel =
                Counter.build()
                        .name("miroir_task_store_reads_total")
                        .help("Reads by how fresh they had to be.")
                        .labelNames("level")
                        .register(registry);
        for (ReadLevel level : ReadLevel.values()) {
            reads.put(level, readsByLevel.labels(level.name().toLowerCase(Locale.ROOT)));
        }
        this.barrierSeconds =
                Histogram.build()
                        .name("miroir_task_store_barrier_seconds")
                        .help("What a linearizable read waits for: a quorum, then this pod.")
                        .exponentialBuckets(0.000_1, 2, 16)
                        .register(registry);
        this.leaderChanges =
                Counter.build()
                        .name("miroir_task_store_leader_changes_total")
                        .help("Times that this pod heard of another leader.")
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
        this.commitEntries =
                Histogram.build()
                        .name("miroir_task_store_commit_entries")
                        .help("Entries of the log that shared one SQLite transaction.")
                        .exponentialBuckets(1, 2, 6)
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
        switch (reply) {
            case Reply.Refused<Outcome> refused -> refused(refused.refusal());
            case Reply.Applied<Outcome> applied -> {
                if (applied.outcome().hasFull()) {
                    full.labels(applied.outcome().getFull().getWhat()).inc();
                }
            }
        }
    }

    /** A command that was refused. */
    public void refused(Refusal refusal) {
        refusals.labels(refusal.getClass().getSimpleName().toLowerCase(Locale.ROOT)).inc();
    }

    /** A read of that level, which waits for nothing yet. */
    void read(ReadLevel level) {
        Objects.requireNonNull(reads.get(level)).inc();
    }

    /** A read has waited until it may see this pod's tables, or given up. */
    void barrier(long nanos) {
        barrierSeconds.observe(nanos / 1e9);
    }

    /** Another pod leads, or this one. */
    public void leaderChanged() {
        leaderChanges.inc();
    }

    public void batch(int commands, int stillWaiting) {
        batchCommands.observe(commands);
        waiting.set(stillWaiting);
    }

    /** A transaction has ended. */
    public void committed(long nanos, int entries, long index, long lagEntries) {
        commitSeconds.observe(nanos / 1e9);
        commitEntries.observe(entries);
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
