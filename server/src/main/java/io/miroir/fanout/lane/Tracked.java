package io.miroir.fanout.lane;

import io.miroir.cluster.IndexView;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import io.miroir.store.index.IndexRow;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskType;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A bound task that nodes still work on.
 *
 * @param uid of the task
 * @param place of its lane item, under the epoch that may finish it
 * @param type what it does
 * @param details as bound
 * @param accepted node id to the uid of the node's task
 * @param marked the epoch and position that node tasks carry, which may be an earlier owner's
 */
record Tracked(
        long uid,
        Place place,
        TaskType type,
        Details details,
        Map<String, Long> accepted,
        String marked) {

    /** From the store, to be followed under a new epoch. */
    static Optional<Tracked> of(TaskRow row, long epoch) {
        TaskRow.Origin origin = row.origin();
        if (origin == null) {
            return Optional.empty();
        }
        Place bound =
                new Place(origin.lane(), origin.epoch(), origin.position(), origin.incarnation());
        Details details = Details.parse(row.detailsJson());
        String sentAs = details.sentAs();
        return Optional.of(
                new Tracked(
                        row.uid(),
                        new Place(origin.lane(), epoch, origin.position(), origin.incarnation()),
                        row.type(),
                        details,
                        origin.accepted(),
                        sentAs == null ? bound.metadata() : sentAs));
    }

    /**
     * True for other settings of an index that is there: no node was sent them when it was bound.
     */
    boolean rolls() {
        return type == TaskType.SETTINGS_UPDATE
                && details.settings() != null
                && details.error() == null
                && !details.creates();
    }

    /** Whether nodes have heard of it. */
    boolean isSent() {
        return !accepted.isEmpty();
    }

    /** Whether a node's task may be both: what it carries says whether it is. */
    boolean mayShare(Tracked other) {
        return type == TaskType.DOCUMENT_ADDITION_OR_UPDATE && other.type == type;
    }

    /** Whether it is this task, followed under the same claim. */
    boolean isSame(Tracked other) {
        return uid == other.uid && place.equals(other.place);
    }

    /** The same, for which another task stands on a node. */
    Tracked with(String nodeId, long nodeTaskUid) {
        Map<String, Long> others = new TreeMap<>(accepted);
        others.put(nodeId, nodeTaskUid);
        return new Tracked(uid, place, type, details, others, marked);
    }

    /** Whether the same node task may be another one's as well. */
    boolean isMerged() {
        return details.counts().isPresent();
    }

    /** Whether who follows it sent it as well: nobody else can have sent any of it again. */
    boolean isSentByUs() {
        return marked.equals(place.metadata());
    }

    /** The name under which nodes know the index. */
    String physicalUid() {
        return IndexRow.physicalUid(place.incarnation());
    }

    /**
     * What it touched, and who has that.
     *
     * @param touched all shards
     * @param sent for each node that accepted it, those that it was sent
     * @param inSync of these, those that the node has in sync now. What it has in sync besides it
     *     was not sent: that it did the task says nothing of them
     */
    record Held(ShardSet touched, Map<String, ShardSet> sent, Map<String, ShardSet> inSync) {}

    /** What of it the nodes that accepted it have. Of an index that is gone all is taken for it. */
    Held held(Optional<IndexView> index, Topology fallback) {
        Optional<IndexView> same =
                index.filter(view -> view.row().incarnation() == place.incarnation());
        Topology topology = same.map(IndexView::topology).orElse(fallback);
        ShardSet touched = details.shards(topology.shards());
        Map<String, ShardSet> sent = new TreeMap<>();
        Map<String, ShardSet> inSync = new TreeMap<>();
        ShardSet any = ShardSet.none();
        for (String node : accepted.keySet()) {
            Optional<ShardSet> told = details.sent(node, topology.shards());
            ShardSet taken = told.orElseGet(() -> topology.shardsOf(node).and(touched));
            any = any.or(taken);
            sent.put(node, taken);
            // Where nobody told, an older layout may have given it what it has.
            ShardSet judged = told.orElse(touched);
            inSync.put(node, same.map(view -> inSync(view, node, judged)).orElse(taken));
        }
        return new Held(same.isPresent() ? touched : any, sent, inSync);
    }

    private static ShardSet inSync(IndexView index, String node, ShardSet shards) {
        return ShardSet.of(
                shards.stream()
                        .filter(shard -> index.state(node, shard) == ReplicaState.IN_SYNC)
                        .boxed()
                        .toList());
    }
}
