package io.miroir.capability.partitioned.repair;

import io.miroir.api.ApiException;
import io.miroir.capability.partitioned.repair.RepairJob.Taking;
import io.miroir.cluster.IndexView;
import io.miroir.core.repair.CopyPlan;
import io.miroir.core.repair.CopyPlan.Copy;
import io.miroir.duty.PartitionedDuty;
import io.miroir.duty.Reminder;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.CopyJobs;
import io.miroir.fanout.copy.CopyThreads;
import io.miroir.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    private final Reminder noRoom = new Reminder();

    /** Copies nothing yet. */
    public ReplicaRepair(CopyContext context, RepairRules rules, RepairMetrics metrics) {
        this.context = context;
        this.rules = rules;
        this.metrics = metrics;
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
        List<String> refused = new ArrayList<>();
        for (IndexView index : context.view().indexes()) {
            if (context.lanes().owns(index.row().uid())) {
                CopyPlan.of(index.topology(), index, context.health()::usable)
                        .forEach(copy -> begin(index, copy).ifPresent(refused::add));
            }
        }
        tell(refused);
    }

    /** Begins a copy if that may be now; answers why the store has no room for it. */
    private Optional<String> begin(IndexView index, Copy copy) {
        String id = CopyJobs.id(index.row(), copy.target());
        if (!running.mayBegin(id, rules.copiesMax()) || !context.lanes().mayFeed(copy.target())) {
            return Optional.empty();
        }
        return switch (RepairJob.claim(context, index.row(), copy)) {
            case Taking.Taken(RepairJob job) -> {
                String name = "repair-" + index.row().uid() + '-' + copy.target();
                running.begin(id, name, () -> run(index, copy, job));
                yield Optional.empty();
            }
            case Taking.NotNow _ -> Optional.empty();
            case Taking.NoRoom(String why) -> Optional.of(why);
        };
    }

    /** Others may have begun all the same. */
    private void tell(List<String> refused) {
        metrics.withoutRoom(refused.size());
        switch (noRoom.met(!refused.isEmpty(), context.store().nowMicros())) {
            case NOTHING -> {}
            case TROUBLE ->
                    LOG.warn("{} copies do not begin: {}", refused.size(), refused.getLast());
            case OVER -> LOG.info("copies find room again");
        }
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
