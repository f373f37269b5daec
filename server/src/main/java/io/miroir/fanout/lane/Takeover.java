package io.miroir.fanout.lane;

import io.miroir.api.Json;
import io.miroir.core.topology.ShardSet;
import io.miroir.duty.ClaimedJob;
import io.miroir.duty.ClaimedJob.Claiming;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.index.IndexRow;
import io.miroir.store.job.JobRow;
import io.miroir.store.job.JobState;
import io.miroir.store.job.Jobs;
import io.miroir.store.job.NewJob;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What nodes had taken when a lane was claimed in which something was left. It is kept in the store
 * before that is settled: whatever of it comes to a node behind what was looked at there comes
 * late, and whoever runs the lane by then finds it (protocol, rule 4).
 *
 * @param position the last that the lane had given by then
 * @param shards that may be changed by what was left
 * @param tasks by node the last one of the index that was looked at
 * @param atMicros when that was, in the store's time
 */
public record Takeover(long position, ShardSet shards, Map<String, Long> tasks, long atMicros) {
    private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);
    private static final String TYPE = "lane_takeover";
    private static final String ALL = "takeovers";
    private static final String POSITION = "position";
    private static final String SHARDS = "shards";
    private static final String TASKS = "tasks";
    private static final String AT = "at";

    /** Longer than anybody is stopped, or a request on its way, who goes on all the same. */
    public static final long WATCHED_MICROS = TimeUnit.HOURS.toMicros(1);

    /** Nobody who keeps one is about to claim its row for so long. */
    private static final long LEFT_MICROS = TimeUnit.MINUTES.toMicros(1);

    /** Of more within that time the oldest are looked behind no more. */
    static final int KEPT_MAX = 16;

    /** Those of an index, the oldest first, as long as it is looked at what comes behind them. */
    public static List<Takeover> watched(TaskStore store, IndexRow index) {
        long nowMicros = store.nowMicros();
        return store.jobs()
                .get(ReadLevel.LOCAL, id(index))
                .map(job -> watched(Json.parseObject(job.progressJson()), nowMicros))
                .orElse(List.of());
    }

    private static List<Takeover> watched(ObjectNode progress, long nowMicros) {
        List<Takeover> all = new ArrayList<>();
        for (JsonNode one : progress.path(ALL)) {
            Takeover takeover = of(one);
            if (nowMicros - takeover.atMicros <= WATCHED_MICROS) {
                all.add(takeover);
            }
        }
        return all;
    }

    private static Takeover of(JsonNode kept) {
        Map<String, Long> tasks = new TreeMap<>();
        kept.path(TASKS)
                .properties()
                .forEach(node -> tasks.put(node.getKey(), node.getValue().asLong()));
        return new Takeover(
                kept.path(POSITION).asLong(),
                ShardSet.copyOf(
                        BitSet.valueOf(HexFormat.of().parseHex(kept.path(SHARDS).asString("")))),
                tasks,
                kept.path(AT).asLong());
    }

    private ObjectNode json() {
        BitSet bits = new BitSet();
        shards.stream().forEach(bits::set);
        ObjectNode kept = Json.object().put(POSITION, position).put(AT, atMicros);
        kept.put(SHARDS, HexFormat.of().formatHex(bits.toByteArray()));
        ObjectNode byNode = kept.putObject(TASKS);
        tasks.forEach(byNode::put);
        return kept;
    }

    /**
     * Keeps it, once for all that was written until then: who tries again to settle that looks
     * behind what was looked at first.
     */
    void keep(TaskStore store, String podId, IndexRow index) {
        if (watched(store, index).stream().anyMatch(this::isWithin)) {
            return;
        }
        switch (claim(store, podId, index)) {
            case Claiming.Claimed(ClaimedJob job) -> keep(store, index, job);
            case Claiming.NotNow _ ->
                    throw LaneErrors.overloaded("Another pod takes the index over.");
            // The lane is worth more than what hardly ever comes.
            case Claiming.Full full ->
                    LOG.error(
                            "what comes late to the nodes of {} is not looked for: {}",
                            index.uid(),
                            full.message());
        }
    }

    /**
     * Ends the row of a pod that was lost while it kept one: nobody else is to do it, and queued
     * ones stay for ever.
     */
    public static void endLeft(TaskStore store, String podId, IndexRow index) {
        boolean left =
                store.jobs()
                        .get(ReadLevel.LOCAL, id(index))
                        .filter(job -> job.state() == JobState.QUEUED)
                        .filter(job -> store.nowMicros() - job.dates().enqueuedAt() > LEFT_MICROS)
                        .isPresent();
        if (left && claim(store, podId, index) instanceof Claiming.Claimed(ClaimedJob job)) {
            job.complete();
        }
    }

    private static Claiming claim(TaskStore store, String podId, IndexRow index) {
        String id = id(index);
        String params = Json.text(Json.object().put("index", index.uid()));
        NewJob wanted = new NewJob(id, TYPE, id, params, Jobs.ATTEMPTS_MAX, 0, 0);
        return ClaimedJob.claim(
                store, podId, wanted, ended -> Optional.of(Json.parseObject(ended.progressJson())));
    }

    private void keep(TaskStore store, IndexRow index, ClaimedJob job) {
        List<Takeover> all = new ArrayList<>(watched(job.progress(), atMicros));
        all.add(this);
        ArrayNode kept = job.progress().putArray(ALL);
        all.subList(Math.max(0, all.size() - KEPT_MAX), all.size())
                .forEach(one -> kept.add(one.json()));
        if (!job.beat()) {
            throw LaneErrors.overloaded("Another pod takes the index over.");
        }
        job.complete();
        // Whoever asks on this pod from here on, a copy as well, finds it.
        Optional<JobRow> _ = store.jobs().get(ReadLevel.LINEARIZABLE, id(index));
    }

    /** Whether what comes late behind this one does so behind that one as well. */
    private boolean isWithin(Takeover other) {
        return position == other.position
                && shards.andNot(other.shards).isEmpty()
                && other.tasks.keySet().containsAll(tasks.keySet());
    }

    private static String id(IndexRow index) {
        return TYPE + '/' + index.physicalUid();
    }
}
