package io.miroir.capability.partitioned.antientropy;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import io.miroir.cluster.IndexView;
import io.miroir.duty.ClaimedJob;
import io.miroir.duty.ClaimedJob.Claiming;
import io.miroir.duty.PartitionedDuty;
import io.miroir.duty.RoomForJobs;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.store.ReadLevel;
import io.miroir.store.index.IndexRow;
import io.miroir.store.job.JobRow;
import io.miroir.store.job.NewJob;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Compares replicas at intervals, one index after the other (protocol, rule 16). Whoever runs an
 * index's lane does it, for it alone can hold the lane.
 */
public final class AntiEntropy implements PartitionedDuty {
    /** Jobs of this type are passes. */
    static final String TYPE = "anti_entropy";

    private static final Logger LOG = LoggerFactory.getLogger(AntiEntropy.class);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final int ATTEMPTS_MAX = 5;
    private static final long BACKOFF_MICROS = 1_000_000;
    private static final String FIRST = "first_shard";

    private final CopyContext context;
    private final AntiEntropyRules rules;
    private final AntiEntropyMetrics metrics;
    private final Map<Long, Long> unknownSince = new HashMap<>();
    private final RoomForJobs room;

    /** Compares nothing yet. */
    public AntiEntropy(CopyContext context, AntiEntropyRules rules, AntiEntropyMetrics metrics) {
        this.context = context;
        this.rules = rules;
        this.metrics = metrics;
        this.room =
                new RoomForJobs(
                        context.store(),
                        LOG,
                        _ -> "not all indexes are compared",
                        "there is room to compare all indexes again");
    }

    @Override
    public String name() {
        return "anti-entropy";
    }

    @Override
    public Duration pause() {
        return PAUSE;
    }

    static String id(IndexRow index) {
        return TYPE + '/' + index.physicalUid();
    }

    @Override
    public void step(Predicate<String> owned) {
        Collection<IndexView> all = context.view().indexes();
        unknownSince.keySet().retainAll(all.stream().map(one -> one.row().incarnation()).toList());
        try {
            for (IndexView index : all) {
                if (context.lanes().owns(index.row().uid())) {
                    compare(index.row());
                }
            }
        } finally {
            int _ = room.tell();
        }
    }

    /** Compares an index if that is due. */
    private void compare(IndexRow index) {
        Optional<JobRow> known = context.store().jobs().get(ReadLevel.LOCAL, id(index));
        if (known.isEmpty() && !isDue(firstSeen(index))) {
            return;
        }
        int first = next(known);
        Claiming claiming =
                ClaimedJob.claim(
                        context.store(),
                        context.podId(),
                        job(index, first),
                        this::again,
                        room::enqueue);
        switch (claiming) {
            case Claiming.Claimed(ClaimedJob job) -> run(index, job, first);
            case Claiming.NotNow _, Claiming.Full _ -> {}
        }
    }

    /** What the next pass begins with, if it is due. */
    private Optional<ObjectNode> again(JobRow ended) {
        return isDue(ended.dates().endedAt()) ? Optional.of(Json.object()) : Optional.empty();
    }

    /**
     * The shard that a pass over an index begins with: behind those of the one before, if that has
     * come to its end.
     */
    static int next(Optional<JobRow> known) {
        return known.map(
                        job ->
                                AntiEntropyPass.nextShard(
                                        Json.parseObject(job.progressJson()),
                                        Json.parse(job.madeOf().paramsJson()).path(FIRST).asInt(0)))
                .orElse(0);
    }

    /** The pass over an index, to be begun at once with that shard. */
    static NewJob job(IndexRow index, int first) {
        String params = Json.text(Json.object().put("index", index.uid()).put(FIRST, first));
        return new NewJob(id(index), TYPE, id(index), params, ATTEMPTS_MAX, 0, BACKOFF_MICROS);
    }

    /** When this pod began to look after an index of which no pass is known. */
    private long firstSeen(IndexRow index) {
        return unknownSince.computeIfAbsent(index.incarnation(), _ -> context.store().nowMicros());
    }

    private boolean isDue(@Nullable Long sinceMicros) {
        long interval = TimeUnit.MILLISECONDS.toMicros(rules.interval().toMillis());
        return sinceMicros == null || context.store().nowMicros() - sinceMicros >= interval;
    }

    private void run(IndexRow index, ClaimedJob job, int first) {
        try {
            new AntiEntropyPass(context, rules, metrics, job, index).run(first);
            job.complete();
            metrics.completed();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (CopyFailedException | ApiException notNow) {
            LOG.info("replicas of {} are not compared yet: {}", index.uid(), notNow.getMessage());
            job.fail(Optional.ofNullable(notNow.getMessage()).orElse(""));
        }
    }
}
