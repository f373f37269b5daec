package io.miroir.fanout.lane;

import io.miroir.core.topology.ShardSet;
import io.miroir.store.ReadLevel;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskQuery.DateBounds;
import io.miroir.store.task.TaskRow;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a pod does that learns at its bind that the lane has another owner: its dispatches may have
 * reached nodes after the new owner had looked for them, so replicas that took the write, and are
 * not known to have it, are out (protocol, rule 4).
 */
final class LateWrite {
    private static final Logger LOG = LoggerFactory.getLogger(LateWrite.class);
    private static final int LOOK_TASKS_MAX = 1_000;

    private final LaneContext context;

    LateWrite(LaneContext context) {
        this.context = context;
    }

    /**
     * Marks what diverges.
     *
     * @param replicas for each node the shards of the write that it holds in sync
     * @param accepted the nodes that took it
     */
    void report(Place place, Map<String, ShardSet> replicas, Set<String> accepted) {
        try {
            Set<String> known = settledAs(place).map(o -> o.accepted().keySet()).orElse(Set.of());
            Map<String, Divergence.Has> has = new TreeMap<>();
            boolean bound = !known.isEmpty();
            for (String node : replicas.keySet()) {
                boolean surprise = accepted.contains(node) && !known.contains(node);
                has.put(node, surprise ? Divergence.Has.UNKNOWN : state(bound, node, known));
            }
            Replicated marks = new Replicated(context.store());
            Divergence.of(replicas, has)
                    .forEach((node, out) -> marks.markOut(place.incarnation(), node, out));
        } catch (StoreUnavailableException unavailable) {
            LOG.error(
                    "a write at {} may be on {} alone, and the task store can't be told: {}",
                    place,
                    accepted,
                    unavailable.getMessage());
        }
    }

    private static Divergence.Has state(boolean bound, String node, Set<String> known) {
        return bound && known.contains(node) ? Divergence.Has.YES : Divergence.Has.NO;
    }

    /** The task that the new owner made of the write, if it found it on a node. */
    private Optional<TaskRow.Origin> settledAs(Place place) {
        TaskQuery latest =
                new TaskQuery(
                        null,
                        null,
                        null,
                        null,
                        Set.of(place.lane()),
                        null,
                        DateBounds.OPEN,
                        DateBounds.OPEN,
                        DateBounds.OPEN,
                        null,
                        LOOK_TASKS_MAX,
                        false);
        for (TaskRow task : context.store().tasks().list(ReadLevel.LINEARIZABLE, latest).tasks()) {
            TaskRow.Origin origin = task.origin();
            if (origin != null
                    && origin.lane().equals(place.lane())
                    && origin.position() == place.position()) {
                return Optional.of(origin);
            }
        }
        return Optional.empty();
    }
}
