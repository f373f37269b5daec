package io.miroir.capability.partitioned.repair;

import io.miroir.api.Json;
import io.miroir.api.settings.NodeSettings;
import io.miroir.cluster.IndexView;
import io.miroir.core.repair.CopyPlan.Copy;
import io.miroir.core.topology.ReplicaState;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.copy.Comparison;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.NodeDocuments;
import io.miroir.fanout.copy.NodeTasks;
import io.miroir.fanout.copy.StoredDocument;
import io.miroir.fanout.copy.TargetWriter;
import io.miroir.fanout.lane.SettingsReadBack;
import io.miroir.store.ReadLevel;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The end of a copy: no write begins, both nodes are at rest, and what may differ is compared once
 * more. If nothing does, the replicas are in sync (protocol, rule 14).
 */
final class Cutover {
    /** Writes wait so long for nodes to come to rest. */
    private static final Duration REST_PATIENCE = Duration.ofSeconds(3);

    /** Documents written since the last comparison that are compared while writes wait. */
    static final int TAIL_MAX = 200;

    private static final int IDS_AT_A_TIME = 50;

    private final CopyContext context;
    private final Copy copy;
    private final Ends ends;
    private final FedReplicas replicas;

    /** Both nodes of a copy. */
    record Ends(
            NodeTasks sourceTasks,
            NodeTasks targetTasks,
            NodeDocuments source,
            NodeDocuments target,
            TargetWriter writer) {}

    /** What came of it. */
    enum Outcome {
        /** The replicas are in sync. */
        IN_SYNC,
        /** Something is still under way: to be tried again after comparing what came since. */
        LATER,
        /** What was seen the same need not be it any more: to be compared from the beginning. */
        ANEW
    }

    Cutover(CopyContext context, Copy copy, Ends ends, FedReplicas replicas) {
        this.context = context;
        this.copy = copy;
        this.ends = ends;
        this.replicas = replicas;
    }

    /**
     * Tries; the caller holds the lane.
     *
     * @param index as it is while the lane is held
     * @param horizon all up to there was compared
     */
    Outcome attempt(IndexView index, Pass pass, long epoch, String horizon)
            throws InterruptedException {
        if (epoch != pass.begun().epoch() || !replicas.areFed() || !isInSync(copy, index)) {
            return Outcome.ANEW;
        }
        if (!atRest()) {
            return Outcome.LATER;
        }
        Set<String> failed = ends.sourceTasks().failedSince(pass.begun().sourceTask());
        if (!failed.equals(ends.targetTasks().failedSince(pass.begun().targetTask()))
                || ends.sourceTasks().editedSince(pass.begun().sourceTask())) {
            return Outcome.ANEW;
        }
        if (isOpen(index, pass, !failed.isEmpty()) || !hasSettings(index)) {
            return Outcome.LATER;
        }
        // Asked of the store once nothing is open: what ended just now may have put the source out.
        if (!replicas.sourceIsInSync()) {
            return Outcome.ANEW;
        }
        return same(index, pass, horizon) ? replicas.inSync() : Outcome.LATER;
    }

    /** Whether the source has what is copied from it. */
    static boolean isInSync(Copy copy, IndexView index) {
        return copy.shards().stream()
                .allMatch(shard -> index.state(copy.source(), shard) == ReplicaState.IN_SYNC);
    }

    private boolean atRest() throws InterruptedException {
        return ends.sourceTasks().awaitRest(REST_PATIENCE)
                && ends.targetTasks().awaitRest(REST_PATIENCE);
    }

    /**
     * Whether the store may yet learn something of the source: that it failed where others did not,
     * or that its settings change.
     */
    private boolean isOpen(IndexView index, Pass pass, boolean anyFailed) {
        List<TaskRow> open = context.store().tasks().unfinished(ReadLevel.LOCAL, index.row().uid());
        for (TaskRow task : open) {
            boolean before =
                    task.origin() != null && task.origin().position() <= pass.begun().position();
            if (before || anyFailed || task.type() == TaskType.SETTINGS_UPDATE) {
                return true;
            }
        }
        return false;
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

    /** Makes what may differ the same; false if there is too much of it. */
    private boolean same(IndexView index, Pass pass, String horizon) throws InterruptedException {
        List<StoredDocument> written = ends.source().page(horizon, TAIL_MAX + 1);
        List<StoredDocument> taken = ends.target().page(horizon, TAIL_MAX + 1);
        if (Math.max(written.size(), taken.size()) > TAIL_MAX) {
            return false;
        }
        String primaryKey = index.row().primaryKey();
        if (primaryKey == null) {
            // Nobody ever wrote a document.
            return written.isEmpty() && taken.isEmpty();
        }
        Set<String> ids = new TreeSet<>(pass.acted());
        written.forEach(document -> ids.add(document.id(primaryKey)));
        taken.forEach(document -> ids.add(document.id(primaryKey)));
        List<String> all = new ArrayList<>(ids);
        for (int from = 0; from < all.size(); from += IDS_AT_A_TIME) {
            mend(all.subList(from, Math.min(all.size(), from + IDS_AT_A_TIME)), primaryKey);
        }
        return true;
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
