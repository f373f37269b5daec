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
import io.miroir.fanout.copy.LateLooks;
import io.miroir.store.StoreUnavailableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
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
    private final Map<Tried, LateLooks> late = new HashMap<>();

    /** A copy, and its index's name: under another one another lane is held for it. */
    private record Tried(String uid, String id) {
        private static Tried of(IndexView index, Copy copy) {
            return new Tried(index.row().uid(), CopyJobs.id(index.row(), copy.target()));
        }
    }

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
        Set<Tried> planned = new HashSet<>();
        try {
            for (IndexView index : context.view().indexes()) {
                if (context.lanes().owns(index.row().uid())) {
                    for (Copy copy :
                            CopyPlan.of(index.topology(), index, context.health()::usable)) {
                        planned.add(Tried.of(index, copy));
                        begin(index, copy);
                    }
                }
            }
            late.keySet().retainAll(planned);
        } finally {
            metrics.withoutRoom(room.tell());
        }
    }

    /** Begins a copy if that may be now. */
    private void begin(IndexView index, Copy copy) {
        Tried tried = Tried.of(index, copy);
        if (!running.mayBegin(tried.id(), rules.copiesMax())
                || !context.lanes().mayFeed(copy.target())) {
            return;
        }
        String name = "repair-" + index.row().uid() + '-' + copy.target();
        RepairJob.claim(context, index.row(), copy, room)
                .ifPresent(
                        job -> {
                            LateLooks known = late.computeIfAbsent(tried, _ -> new LateLooks());
                            running.begin(tried.id(), name, () -> run(index, copy, job, known));
                        });
    }

    private void run(IndexView index, Copy copy, RepairJob job, LateLooks known) {
        String uid = index.row().uid();
        metrics.began();
        boolean done = false;
        Pace pace = new Pace(rules.documentsPerSecondMax(), context.holds().nanoTime());
        RepairRun.Means means = new RepairRun.Means(metrics, pace, rules.bounds(), known);
        RepairRun copying = new RepairRun(context, index.row(), copy, job, means);
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
