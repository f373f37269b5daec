package io.miroir.fanout.lane;

import io.miroir.core.topology.ShardSet;
import io.miroir.store.ReadLevel;
import io.miroir.store.index.IndexRow;
import io.miroir.store.lane.IntentRow;
import io.miroir.store.lane.LaneRow;
import io.miroir.store.task.IndexNames;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a lost owner of a lane may have sent that nobody knows of: writes without a task, and parts
 * of requests that were to be taken apart.
 *
 * @param places by node the writes that it may have been sent
 * @param shards that these may change
 */
record LeftOver(Map<String, List<Place>> places, ShardSet shards) {
    /** Before the first task of an index. */
    static final long NO_TASK = -1;

    private static final int LOOK_TASKS_MAX = 1_000;

    /**
     * Of an index.
     *
     * @param intents those that are open in its lane
     * @param tasks those that have not ended
     */
    static LeftOver of(IndexRow index, List<IntentRow> intents, List<TaskRow> tasks) {
        Map<String, List<Place>> places = new TreeMap<>();
        ShardSet shards = ShardSet.none();
        for (IntentRow intent : intents) {
            boolean marked = LaneResume.type(intent).changesDocuments();
            if (marked && intent.incarnation() == index.incarnation()) {
                for (String node : intent.targets()) {
                    places.computeIfAbsent(node, _ -> new ArrayList<>())
                            .add(LaneResume.place(intent));
                }
                shards =
                        shards.or(
                                intent.shards().isEmpty()
                                        ? ShardSet.all(index.shards())
                                        : ShardSet.of(intent.shards()));
            }
        }
        for (TaskRow row : tasks) {
            TaskRow.Origin origin = row.origin();
            Details details = Details.parse(row.detailsJson());
            boolean merged = details.counts().isPresent();
            if (merged && origin != null && origin.incarnation() == index.incarnation()) {
                origin.accepted()
                        .keySet()
                        .forEach(node -> places.computeIfAbsent(node, _ -> new ArrayList<>()));
                shards = shards.or(details.shards(index.shards()));
            }
        }
        return new LeftOver(places, shards);
    }

    /**
     * Reads what nodes have of it, and keeps up to where that was looked, before any of it is
     * settled: whoever runs the lane then finds what comes behind that.
     *
     * @param epoch under which the lane was claimed
     */
    LeftTasks look(LaneContext context, IndexRow index, long epoch) throws InterruptedException {
        // Fenced by now: what is found here settles nothing.
        Optional<LaneRow> lane =
                context.store()
                        .lanes()
                        .get(ReadLevel.LOCAL, index.uid())
                        .filter(row -> row.epoch() == epoch);
        LeftTasks found = LeftTasks.read(context, index.physicalUid(), places);
        if (lane.isPresent() && !places.isEmpty()) {
            long position = lane.get().nextPosition() - 1;
            long nowMicros = context.store().nowMicros();
            new Takeover(position, shards, lookedAt(context, index, found), nowMicros)
                    .keep(context.store(), context.podId(), index);
        }
        return found;
    }

    private Map<String, Long> lookedAt(LaneContext context, IndexRow index, LeftTasks found) {
        Map<String, Long> tasks = new TreeMap<>();
        for (String node : places.keySet()) {
            found.latest(node).ifPresent(uid -> tasks.put(node, uid));
        }
        if (tasks.size() < places.size()) {
            Map<String, Long> bound = bound(context, index);
            for (String node : places.keySet()) {
                tasks.putIfAbsent(node, bound.getOrDefault(node, NO_TASK));
            }
        }
        return tasks;
    }

    /** The last task of each node that is known: what was left is behind it. */
    static Map<String, Long> bound(LaneContext context, IndexRow index) {
        Map<String, Long> bound = new HashMap<>();
        TaskQuery latest =
                TaskQuery.newest(LOOK_TASKS_MAX).within(IndexNames.of(Set.of(index.uid())));
        for (TaskRow task : context.store().tasks().list(ReadLevel.LOCAL, latest).tasks()) {
            TaskRow.Origin origin = task.origin();
            if (origin != null && origin.incarnation() == index.incarnation()) {
                origin.accepted().forEach((node, uid) -> bound.merge(node, uid, Math::max));
            }
        }
        return bound;
    }
}
