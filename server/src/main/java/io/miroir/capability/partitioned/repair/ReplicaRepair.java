package io.miroir.capability.partitioned.repair;

import io.miroir.api.ApiException;
import io.miroir.cluster.IndexView;
import io.miroir.core.repair.CopyPlan;
import io.miroir.core.repair.CopyPlan.Copy;
import io.miroir.duty.PartitionedDuty;
import io.miroir.duty.RoomForJobs;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.CopyJobs;
import io.miroir.fanout.copy.CopyThreads;
import io.miroir.store.StoreUnavailableException;
import java.time.Duration;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings replicas back that are out. Whoever runs the lane of an index copies within it, for it
 * alone can hold the lane: so what is owned is asked of the lanes, not of the duties.
 */
public final class ReplicaRepair implements PartitionedDuty {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaRepair.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final CopyContext context;
    private final RepairRules rules;
    private final RepairMetrics metrics;
    private final CopyThreads running = new CopyThreads();
    private final RoomForJobs room;

    /** Copies nothing yet. */
    public ReplicaRepair(CopyContext context, RepairRules rules, RepairMetrics metrics) {
        this.context = context;
        this.rules = rules;
        this.metrics = metrics;
        this.room = RepairJob.room(context.store(), LOG);
    }

    @Override
    public String name() {
        return "replica-repair";
    }

    @Override
    public Duration pause() {
        return PAUSE;
    }

    @Override
    public void step(Predicate<String> owned) {
        try {
            for (IndexView index : context.view().indexes()) {
                if (context.lanes().owns(index.row().uid())) {
                    CopyPlan.of(index.topology(), index, context.health()::usable)
                            .forEach(copy -> begin(index, copy));
                }
            }
        } finally {
            metrics.withoutRoom(room.tell());
        }
    }

    /** Begins a copy if that may be now. */
    private void begin(IndexView index, Copy copy) {
        String id = CopyJobs.id(index.row(), copy.target());
        if (!running.mayBegin(id, rules.copiesMax()) || !context.lanes().mayFeed(copy.target())) {
            return;
        }
        String name = "repair-" + index.row().uid() + '-' + copy.target();
        RepairJob.claim(context, index.row(), copy, room)
                .ifPresent(job -> running.begin(id, name, () -> run(index, copy, job)));
    }

    private void run(IndexView index, Copy copy, RepairJob job) {
        String uid = index.row().uid();
        metrics.began();
        boolean done = false;
        Pace pace = new Pace(rules.documentsPerSecondMax(), System::nanoTime);
        RepairRun copying =
                new RepairRun(context, index.row(), copy, job, metrics, pace, rules.bounds());
        try {
            copying.run();
            done = true;
            copying.tell();
            job.job().complete();
            LOG.info(
                    "node {} is in sync again for shards {} of {}",
                    copy.target(),
                    copy.shards(),
                    uid);
        } catch (InterruptedException stopped) {
            // Whoever runs the lane next goes on.
            fail(job, "the pod stops");
            Thread.currentThread().interrupt();
        } catch (CopyFailedException | ApiException | StoreUnavailableException notNow) {
            LOG.info(
                    "node {} is not in sync for {} yet: {}",
                    copy.target(),
                    uid,
                    notNow.getMessage());
            fail(job, String.valueOf(notNow.getMessage()));
        } catch (RuntimeException bug) {
            LOG.error("node {} can't be brought in sync for {}", copy.target(), uid, bug);
            fail(job, bug.toString());
        } finally {
            metrics.ended(done);
        }
    }

    private static void fail(RepairJob job, String why) {
        // A pod that stops interrupts whatever is under way: the store is told all the same, or
        // nobody could go on before the claim has run out.
        boolean stopped = Thread.interrupted();
        try {
            job.job().fail(why);
        } catch (StoreUnavailableException unavailable) {
            // The claim runs out: the copy is begun again then.
            LOG.info("a copy's end can't be told: {}", unavailable.getMessage());
        } finally {
            if (stopped) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void stop() {
        running.stop();
    }
}
