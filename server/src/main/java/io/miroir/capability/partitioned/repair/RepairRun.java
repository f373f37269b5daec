package io.miroir.capability.partitioned.repair;

import io.miroir.cluster.IndexView;
import io.miroir.core.repair.Approach;
import io.miroir.core.repair.CopyPlan;
import io.miroir.core.repair.CopyPlan.Copy;
import io.miroir.core.routing.Separators;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyEnd;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.CopyMarks;
import io.miroir.fanout.copy.LateHorizon;
import io.miroir.fanout.copy.LateLooks;
import io.miroir.fanout.copy.NodeDocuments;
import io.miroir.fanout.copy.NodeTasks;
import io.miroir.fanout.copy.ShardDeletion;
import io.miroir.fanout.copy.TargetWriter;
import io.miroir.fanout.lane.LaneHolder;
import io.miroir.store.ReadLevel;
import io.miroir.store.index.IndexRow;
import io.miroir.store.lane.LaneRow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One copy: some replicas of one node are made as those of another are, while writes go on
 * (protocol, rule 14). They lag first: all that is written is sent to them too. Then both nodes are
 * compared in the order of writing, again and again, each time only what was written since; when
 * that is little, or does not get less, writes are held, and what may still differ is looked at
 * once more ({@link Approach}).
 */
final class RepairRun {
    private static final Logger LOG = LoggerFactory.getLogger(RepairRun.class);
    private static final int LOOKS_MAX = 200;
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final CopyContext context;
    private final IndexRow index;
    private final Copy copy;
    private final RepairJob job;
    private final Pace pace;
    private final CopyBounds bounds;
    private final String mark;
    private final Cutover.Ends ends;
    private final FedReplicas replicas;
    private final Walk walk;
    private final Cutover cutover;
    private final LateAtSource lateAtSource;

    /** Where the copy before this one ended. */
    private final Optional<CopyEnd> before;

    /** What came late to the target; null as long as there is nothing behind what it is looked. */
    private @Nullable LateTasks late;

    private String phase = "prepare";

    /**
     * How it is made.
     *
     * @param late what was learned of the index's nodes when this copy was tried before
     */
    record Means(RepairMetrics metrics, Pace pace, CopyBounds bounds, LateLooks late) {}

    RepairRun(CopyContext context, IndexRow index, Copy copy, RepairJob job, Means means) {
        this.context = context;
        this.index = index;
        this.copy = copy;
        this.job = job;
        this.pace = means.pace();
        this.bounds = means.bounds();
        this.mark = CopyMarks.copy(job.job().claim(), copy.shards());
        this.ends = ends();
        this.replicas = new FedReplicas(context, index, copy);
        this.walk = new Walk(ends, index, bounds, job, means.metrics(), this::look);
        this.lateAtSource = new LateAtSource(context, index, copy, means.late());
        this.cutover = new Cutover(context, copy, ends, replicas, walk, job, lateAtSource);
        this.before = job.end();
    }

    private Cutover.Ends ends() {
        String uid = index.physicalUid();
        NodeTasks targetTasks = new NodeTasks(context.nodes(), copy.target(), uid);
        return new Cutover.Ends(
                new NodeTasks(context.nodes(), copy.source(), uid),
                targetTasks,
                new NodeDocuments(context.nodes(), copy.source(), uid, copy.shards()),
                new NodeDocuments(context.nodes(), copy.target(), uid, copy.shards()),
                new TargetWriter(targetTasks, mark, this::look, context.holds()));
    }

    /**
     * Makes the copy; the replicas are in sync when it comes back.
     *
     * @throws CopyFailedException if it can't be made now
     */
    void run() throws InterruptedException {
        prepare();
        Pass pass = pass(job.cursor());
        Approach approach = Approach.BEGUN;
        for (int looks = 0; looks < LOOKS_MAX; looks++) {
            if (!approach.pressed()) {
                boolean first = approach.equals(Approach.BEGUN);
                approach = approach.looked(lookAhead(pass, first));
            }
            Cutover.Outcome outcome = Cutover.Outcome.MORE;
            // Looked at here, pressed or not, so that few are left while the lane is held.
            lateAtSource.requireNothing(Integer.MAX_VALUE, this::look);
            if (pass.isBulk() || !pass.arrivals().areInOrder()) {
                outcome = Cutover.Outcome.ANEW;
            } else if (approach.isDue()) {
                outcome = cutOver(pass, approach.patience(context.holds().max()));
            }
            switch (outcome) {
                case IN_SYNC -> {
                    return;
                }
                case MORE -> {}
                case NEARER -> approach = approach.held(true);
                case NO_NEARER -> approach = approach.held(false);
                case LATER -> approach = approach.disturbed();
                case ANEW -> {
                    job.at(null);
                    pass = pass(null);
                    approach = Approach.BEGUN;
                }
            }
            context.holds().rest().of(approach.pause());
        }
        throw new CopyFailedException("writes come faster than nodes do them");
    }

    private Pass pass(@Nullable String through) throws InterruptedException {
        Pass.Barrier begun = begin();
        Arrivals arrivals = new Arrivals(ends.targetTasks(), mark, begun, this::look);
        return new Pass(begun, arrivals, bounds.actedMax(), through);
    }

    /** The index is there, with its settings, before anything else is sent to it. */
    private void prepare() throws InterruptedException {
        TargetIndex target = new TargetIndex(context.nodes(), copy.target(), ends.writer());
        if (!target.exists(index)) {
            // Whatever is believed of the node's other shards: they are not there.
            held(
                    epoch -> {
                        replicas.lost(epoch);
                        return true;
                    });
            LOG.warn("node {} has no index {}: made anew", copy.target(), index.uid());
            target.create(index);
        }
        target.settle(index);
        removeStrays();
    }

    /**
     * What the node has of shards that it does not hold: it was of the cluster before, or its disk
     * is an old one. A search that asks it for all that it holds would find that too.
     */
    private void removeStrays() throws InterruptedException {
        if (strange().isEmpty()) {
            return;
        }
        long epoch = held(now -> now);
        ShardSet strange = strange();
        String uid = index.physicalUid();
        long strays =
                new NodeDocuments(context.nodes(), copy.target(), uid, strange).count().orElse(0);
        if (strays > 0) {
            LOG.warn("{} documents are removed from {}: others have them", strays, copy.target());
            new ShardDeletion(context, index, copy.target()).of(strange, epoch, this::look);
        }
    }

    private ShardSet strange() {
        IndexView now = context.current(index);
        return CopyPlan.leftOver(now.topology(), now, copy.target());
    }

    /** From here on the replicas are sent all that is written. */
    private Pass.Barrier begin() throws InterruptedException {
        lateAtSource.requireNothing(Integer.MAX_VALUE, this::look);
        Optional<LateTasks> known = late();
        if (known.isPresent()) {
            known.get().scan(this::look);
        }
        Pass.Barrier begun =
                held(
                        epoch -> {
                            if (!Cutover.isInSync(copy, context.current(index))) {
                                throw new CopyFailedException(
                                        "node " + copy.source() + " is out itself");
                            }
                            if (!context.lanes().mayFeed(copy.target())) {
                                throw new CopyFailedException(
                                        "node " + copy.target() + " took a write too late lately");
                            }
                            // What comes to it from here on is looked at by this copy.
                            long taken = ends.targetTasks().latest();
                            Optional<LateTasks> behind = late();
                            if (behind.isPresent()) {
                                // This copy does not look at what its target has in sync. Before
                                // it is fed, as it must be found then as it was left.
                                behind.get().seeTo(epoch, this::look).ifPresent(job::reached);
                            }
                            replicas.feed(epoch);
                            Pass.Barrier here = here(epoch);
                            return new Pass.Barrier(
                                    epoch, here.position(), here.sourceTask(), taken);
                        });
        awaitApplied(begun);
        return begun;
    }

    /** What was learned goes on, unless the lane was taken over since. */
    private Optional<LateTasks> late() {
        Optional<LateHorizon> horizon =
                LateHorizon.of(context.store(), index, copy.target(), before);
        if (horizon.isEmpty()) {
            late = null;
        } else if (late == null || !late.isBehind(horizon.get())) {
            late = new LateTasks(context, index, copy.target(), horizon.get());
        }
        return Optional.ofNullable(late);
    }

    private Pass.Barrier barrier() throws InterruptedException {
        Pass.Barrier barrier = held(this::here);
        awaitApplied(barrier);
        return barrier;
    }

    private Pass.Barrier here(long epoch) {
        long next =
                context.store()
                        .lanes()
                        .get(ReadLevel.LOCAL, index.uid())
                        .map(LaneRow::nextPosition)
                        .orElse(1L);
        return new Pass.Barrier(
                epoch, next - 1, ends.sourceTasks().latest(), ends.targetTasks().latest());
    }

    /** What was sent before is on both nodes from here on, and not only in their queues. */
    private void awaitApplied(Pass.Barrier barrier) throws InterruptedException {
        while (!ends.sourceTasks().ended(barrier.sourceTask())
                || !ends.targetTasks().ended(barrier.targetTask())) {
            look();
            context.holds().rest().of(PAUSE);
        }
    }

    /** Compares what was not compared yet, while writes go on; how many documents that was. */
    private long lookAhead(Pass pass, boolean first) throws InterruptedException {
        phase = "compare";
        Pass.Barrier barrier = first ? pass.begun() : barrier();
        long before = walk.counts().compared();
        boolean _ =
                walk.compare(
                        pass,
                        Separators.seqThrough(barrier.position()),
                        () -> {
                            rest(pace.restNanos());
                            return true;
                        });
        return walk.counts().compared() - before;
    }

    private void rest(long nanos) throws InterruptedException {
        if (nanos > 0) {
            context.holds().rest().of(Duration.ofNanos(nanos));
        }
    }

    private Cutover.Outcome cutOver(Pass pass, Duration patience) throws InterruptedException {
        phase = "cut over";
        new TargetIndex(context.nodes(), copy.target(), ends.writer())
                .settle(context.current(index).row());
        return held(
                epoch ->
                        cutover.attempt(
                                context.current(index),
                                pass,
                                here(epoch),
                                context.holds().in(patience)));
    }

    private <T> T held(LaneHolder.Held<T> work) throws InterruptedException {
        return context.held(
                index,
                epoch -> {
                    IndexView _ = context.current(index);
                    return work.run(epoch);
                });
    }

    private void look() throws InterruptedException {
        context.look(index, List.of(copy.source(), copy.target()));
        requireLacking(context.current(index));
        if (job.job().isBeatDue()) {
            tell();
            job.beat();
        }
    }

    /** A replica that was let go of meanwhile is to be deleted, and nothing is to come after. */
    private void requireLacking(IndexView now) {
        boolean lacking =
                copy.shards().stream()
                        .allMatch(shard -> CopyPlan.isLacking(now.state(copy.target(), shard)));
        if (!lacking) {
            throw new CopyFailedException("not all shards are to be copied any more");
        }
    }

    /** Keeps for the job's next step how far the copy is. */
    void tell() {
        job.tell(phase, copy, walk.counts());
    }
}
