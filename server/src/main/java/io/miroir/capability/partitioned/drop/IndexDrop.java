package io.miroir.capability.partitioned.drop;

import io.miroir.api.Json;
import io.miroir.duty.ClaimedJob;
import io.miroir.duty.ClaimedJob.Claiming;
import io.miroir.duty.PartitionedDuty;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.NodeIndex;
import io.miroir.fanout.lane.DropJobs;
import io.miroir.store.ReadLevel;
import io.miroir.store.index.IndexRow;
import io.miroir.store.job.JobRow;
import io.miroir.store.job.JobState;
import io.miroir.store.job.Jobs;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes indexes from nodes that were deleted while these could not be told (ADR 0025). A node that
 * is down is waited for, for as long as it is one of the cluster's. Only what the catalogue does
 * not have is dropped: an incarnation never comes back to it.
 */
public final class IndexDrop implements PartitionedDuty {
    private static final Logger LOG = LoggerFactory.getLogger(IndexDrop.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** Whoever took note of an index has deleted it by then, or does not. */
    private static final long DELETED_WITHIN_MICROS = TimeUnit.MINUTES.toMicros(10);

    private static final String GONE_FROM = "gone_from";

    private final CopyContext context;
    private final DropMetrics metrics;

    /** Drops nothing yet. */
    public IndexDrop(CopyContext context, DropMetrics metrics) {
        this.context = context;
        this.metrics = metrics;
    }

    @Override
    public String name() {
        return "index-drop";
    }

    @Override
    public Duration pause() {
        return PAUSE;
    }

    @Override
    public void step(Predicate<String> owned) {
        List<JobRow> waiting =
                context
                        .store()
                        .jobs()
                        .list(ReadLevel.LOCAL, JobState.QUEUED, Jobs.LIST_LIMIT_MAX)
                        .stream()
                        .filter(job -> job.madeOf().type().equals(DropJobs.TYPE))
                        .toList();
        metrics.waiting(waiting.size());
        List<JobRow> due =
                waiting.stream()
                        .filter(job -> owned.test(job.madeOf().id()) && isDue(job))
                        .toList();
        if (due.isEmpty()) {
            return;
        }
        // Of the store, not of this pod's view, which may lack one for a moment while names move.
        // What is not there behind the note never comes back.
        Set<Long> catalogue =
                context.store().indexes().list(ReadLevel.LINEARIZABLE).stream()
                        .map(IndexRow::incarnation)
                        .collect(Collectors.toSet());
        for (JobRow job : due) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            begin(job, catalogue.contains(DropJobs.incarnation(job)));
        }
    }

    /** Not while only nodes that are down are left: an attempt would change nothing. */
    private boolean isDue(JobRow job) {
        if (job.dates().readyAt() > context.store().nowMicros()
                || context.nodes().ids().isEmpty()) {
            return false;
        }
        Set<String> left = left(Json.parseObject(job.progressJson()));
        return left.isEmpty() || left.stream().anyMatch(context.health()::usable);
    }

    /** The cluster's nodes that may have the index. */
    private Set<String> left(ObjectNode progress) {
        Set<String> left = new TreeSet<>(context.nodes().ids());
        progress.path(GONE_FROM).valueStream().map(JsonNode::asString).forEach(left::remove);
        return left;
    }

    private void begin(JobRow row, boolean inCatalogue) {
        Claiming claiming =
                ClaimedJob.claim(
                        context.store(),
                        context.podId(),
                        row.madeOf(),
                        _ -> Optional.empty(),
                        // It is gone since it was listed: done.
                        _ -> new Jobs.Enqueueing.Enqueued(0));
        switch (claiming) {
            case Claiming.Claimed(ClaimedJob job) -> run(row, job, inCatalogue);
            case Claiming.NotNow _, Claiming.Full _ -> {}
        }
    }

    private void run(JobRow row, ClaimedJob job, boolean inCatalogue) {
        Optional<String> why = inCatalogue ? stays(row) : drop(row, job);
        if (why.isEmpty()) {
            job.completeAndForget();
        } else {
            job.fail(why.get());
        }
    }

    /** Whether it is to be waited for that the index goes. */
    private Optional<String> stays(JobRow row) {
        long knownMicros = context.store().nowMicros() - row.dates().enqueuedAt();
        return knownMicros > DELETED_WITHIN_MICROS
                ? Optional.empty()
                : Optional.of("the catalogue has it still");
    }

    /** Does what can be done now; answers why it is not done, empty if it is. */
    private Optional<String> drop(JobRow row, ClaimedJob job) {
        String index = IndexRow.physicalUid(DropJobs.incarnation(row));
        ObjectNode progress = job.progress();
        Set<String> left = left(progress);
        ArrayNode goneFrom = progress.withArray(GONE_FROM);
        for (String node : List.copyOf(left)) {
            if (!context.health().usable(node)) {
                continue;
            }
            if (isGone(node, index)) {
                goneFrom.add(node);
                left.remove(node);
            }
            // Nodes that answer slowly take longer together than the job is claimed for.
            if (!job.beat()) {
                return Optional.of("another pod does it");
            }
        }
        return left.isEmpty() ? Optional.empty() : Optional.of("not gone from " + left + " yet");
    }

    /** Whether a node has nothing of an index; else it is told to drop it. */
    private boolean isGone(String node, String index) {
        try {
            NodeIndex there = new NodeIndex(context.nodes(), node, index);
            boolean gone = there.isGone();
            if (!gone && !there.isBeingDeleted()) {
                LOG.warn("node {} is told to drop {}, which was deleted", node, index);
                there.delete();
                metrics.sent();
            }
            return gone;
        } catch (CopyFailedException notNow) {
            LOG.info("index {} is not gone yet: {}", index, notNow.getMessage());
            return false;
        }
    }
}
