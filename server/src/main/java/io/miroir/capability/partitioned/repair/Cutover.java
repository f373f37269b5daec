package io.miroir.capability.partitioned.repair;

import io.miroir.api.Json;
import io.miroir.api.settings.NodeSettings;
import io.miroir.cluster.IndexView;
import io.miroir.core.repair.CopyPlan.Copy;
import io.miroir.core.routing.Separators;
import io.miroir.core.topology.ReplicaState;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.copy.Comparison;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.Holds;
import io.miroir.fanout.copy.NodeDocuments;
import io.miroir.fanout.copy.NodeTasks;
import io.miroir.fanout.copy.TargetWriter;
import io.miroir.fanout.lane.SettingsReadBack;
import io.miroir.store.ReadLevel;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskType;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The end of a copy: no write begins, both nodes are at rest, and what may differ is compared once
 * more. If nothing does, the replicas are in sync (protocol, rule 14).
 */
final class Cutover {
    private static final int IDS_AT_A_TIME = 50;
    private static final Duration PAUSE = Duration.ofMillis(20);

    /** Of the source's tasks, while writes wait: it was looked just before. */
    private static final int PAGES_HELD = 3;

    private final CopyContext context;
    private final Copy copy;
    private final Ends ends;
    private final FedReplicas replicas;
    private final Walk walk;
    private final RepairJob job;
    private final LateAtSource lateAtSource;

    /** Both nodes of a copy. */
    record Ends(
            NodeTasks sourceTasks,
            NodeTasks targetTasks,
            NodeDocuments source,
            NodeDocuments target,
            TargetWriter writer) {
        /** Whether both come to rest by then. */
        private boolean awaitRest(Holds.Deadline deadline) throws InterruptedException {
            return sourceTasks.awaitRest(deadline) && targetTasks.awaitRest(deadline);
        }

        /** Tasks that they have still to do. */
        private long open() {
            return sourceTasks.open() + targetTasks.open();
        }
    }

    /** What came of it. */
    enum Outcome {
        /** The replicas are in sync. */
        IN_SYNC,
        /** It was not tried: much is left that can be compared while writes go on. */
        MORE,
        /** There was not time enough for all that was written; less of it is left. */
        NEARER,
        /** There was not time enough, and as much is left as before. */
        NO_NEARER,
        /** Something else is under way: to be tried again after comparing what came since. */
        LATER,
        /** What was seen the same need not be it any more: to be compared from the beginning. */
        ANEW
    }

    Cutover(
            CopyContext context,
            Copy copy,
            Ends ends,
            FedReplicas replicas,
            Walk walk,
            RepairJob job,
            LateAtSource lateAtSource) {
        this.context = context;
        this.copy = copy;
        this.ends = ends;
        this.replicas = replicas;
        this.walk = walk;
        this.job = job;
        this.lateAtSource = lateAtSource;
    }

    /**
     * Tries; the caller holds the lane.
     *
     * @param index as it is while the lane is held
     * @param here where the lane is
     * @param deadline of nodes' rest and of comparing what was written
     */
    Outcome attempt(IndexView index, Pass pass, Pass.Barrier here, Holds.Deadline deadline)
            throws InterruptedException {
        if (here.epoch() != pass.begun().epoch() || !replicas.areFed() || !isInSync(copy, index)) {
            return Outcome.ANEW;
        }
        if (open(index).anyMatch(Cutover::changesSettings)) {
            // They take as long as nodes need to index anew.
            return Outcome.LATER;
        }
        long before = ends.open();
        if (!ends.awaitRest(deadline)) {
            return ends.open() < before ? Outcome.NEARER : Outcome.NO_NEARER;
        }
        Set<String> failed = ends.sourceTasks().failedSince(pass.begun().sourceTask());
        if (!failed.equals(ends.targetTasks().failedSince(pass.begun().targetTask()))
                || ends.sourceTasks().editedSince(pass.begun().sourceTask())) {
            return Outcome.ANEW;
        }
        if (!awaitEnds(index, pass, !failed.isEmpty(), deadline) || !hasSettings(index)) {
            return Outcome.LATER;
        }
        String horizon = Separators.seqThrough(here.position());
        if (!walk.compare(pass, horizon, () -> !deadline.isOver())) {
            return Outcome.NEARER;
        }
        // Asked of the store once nothing is open: what ended just now may have put the source out.
        if (pass.isBulk() || !replicas.sourceIsInSync()) {
            return Outcome.ANEW;
        }
        makeSure(index, pass);
        lateAtSource.requireNothing(PAGES_HELD, () -> {});
        // Last of all that is asked: what the target takes behind it comes behind the copy's end.
        if (!pass.arrivals().areInOrder()) {
            return Outcome.ANEW;
        }
        job.keep(pass.end(context.store().nowMicros()));
        return replicas.inSync(here.epoch());
    }

    /** Whether the source has what is copied from it. */
    static boolean isInSync(Copy copy, IndexView index) {
        return copy.shards().stream()
                .allMatch(shard -> index.state(copy.source(), shard) == ReplicaState.IN_SYNC);
    }

    /**
     * Waits until the store can't learn anything of the source any more: that it failed where
     * others did not, or that its settings change.
     */
    private boolean awaitEnds(
            IndexView index, Pass pass, boolean anyFailed, Holds.Deadline deadline)
            throws InterruptedException {
        while (open(index)
                .anyMatch(
                        task ->
                                anyFailed
                                        || changesSettings(task)
                                        || isBefore(task, pass.begun()))) {
            if (deadline.isOver()) {
                return false;
            }
            deadline.pause(PAUSE);
        }
        return true;
    }

    private Stream<TaskRow> open(IndexView index) {
        return context.store().tasks().unfinished(ReadLevel.LOCAL, index.row().uid()).stream();
    }

    private static boolean changesSettings(TaskRow task) {
        return task.type() == TaskType.SETTINGS_UPDATE;
    }

    private static boolean isBefore(TaskRow task, Pass.Barrier begun) {
        return task.origin() != null && task.origin().position() <= begun.position();
    }

    private boolean hasSettings(IndexView index) {
        return context.nodes()
                                .ask(
                                        copy.target(),
                                        SettingsReadBack.request(index.row().physicalUid()))
                        instanceof NodeReply.Answer answer
                && SettingsReadBack.matches(
                        NodeSettings.derive(Json.parseObject(index.row().settingsJson())),
                        answer.body());
    }

    /** Makes what was acted on the same: a write may have met it on its way. */
    private void makeSure(IndexView index, Pass pass) throws InterruptedException {
        String primaryKey = index.row().primaryKey();
        if (primaryKey == null) {
            // Nobody ever wrote a document.
            return;
        }
        List<String> all = List.copyOf(pass.acted());
        for (int from = 0; from < all.size(); from += IDS_AT_A_TIME) {
            mend(all.subList(from, Math.min(all.size(), from + IDS_AT_A_TIME)), primaryKey);
        }
    }

    private void mend(List<String> ids, String primaryKey) throws InterruptedException {
        Comparison.Mending mending = compare(ids, primaryKey);
        if (mending.isNothing()) {
            return;
        }
        ends.writer().put(mending.lacking(), primaryKey);
        ends.writer().removeIds(mending.extraIds());
        if (!compare(ids, primaryKey).isNothing()) {
            throw new CopyFailedException(
                    "node "
                            + copy.target()
                            + " does not keep documents as "
                            + copy.source()
                            + " has");
        }
    }

    private Comparison.Mending compare(List<String> ids, String primaryKey) {
        return Comparison.of(ends.source().byIds(ids), ends.target().byIds(ids), primaryKey);
    }
}
