package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.core.topology.ShardSet;
import io.miroir.store.ReadLevel;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.task.IndexNames;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskQuery.DateBounds;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskType;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a pod does that learns at its bind that the lane has another owner: its dispatches may have
 * reached nodes after the new owner had looked for them, so replicas that took the write, and are
 * not known to have it, are out (protocol, rule 4).
 */
final class LateWrite {
    private static final Logger LOG = LoggerFactory.getLogger(LateWrite.class);
    private static final Duration LOOK_PAUSE = Duration.ofMillis(20);
    private static final int LOOK_TASKS_MAX = 1_000;

    private final LaneContext context;

    LateWrite(LaneContext context) {
        this.context = context;
    }

    /**
     * The answer is the new owner's to decide, who has what it needs for that.
     *
     * @return empty if it gave the write up before anybody could see any of it: it may begin anew
     * @throws ApiException {@code miroir_indeterminate} if it gave up what nodes may have, or does
     *     not decide
     */
    Optional<LaneReply> takenOver(Item item, Place place, Set<String> accepted)
            throws InterruptedException {
        boolean settled = awaitSettled(place);
        Optional<TaskRow> task = report(place, item.scope().replicas(), accepted);
        // An index that was given up bore a name that nobody can ask for.
        boolean unseen = settled && item.type() == TaskType.INDEX_CREATION;
        if (task.isEmpty() && !unseen) {
            throw LaneErrors.changedHands();
        }
        return task.map(row -> LaneReply.of(row));
    }

    /** Waits until the new owner decided on the write; false if it did not for long. */
    private boolean awaitSettled(Place place) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + context.settings().storeTimeout().toNanos();
        while (System.nanoTime() - giveUpNanos < 0) {
            try {
                boolean open =
                        context
                                .store()
                                .lanes()
                                .openIntents(ReadLevel.LINEARIZABLE, place.lane())
                                .stream()
                                .anyMatch(intent -> intent.position() == place.position());
                if (!open) {
                    return true;
                }
            } catch (StoreUnavailableException notNow) {
                LOG.debug("{}", notNow.getMessage());
            }
            Thread.sleep(LOOK_PAUSE);
        }
        return false;
    }

    /**
     * Marks what diverges.
     *
     * @param replicas for each node the shards of the write that it holds in sync
     * @param accepted the nodes that took it
     * @return the task that the new owner made of the write, if it did
     */
    private Optional<TaskRow> report(
            Place place, Map<String, ShardSet> replicas, Set<String> accepted) {
        try {
            Optional<TaskRow> task = settledAs(place);
            Set<String> known =
                    task.map(TaskRow::origin)
                            .map(origin -> origin.accepted().keySet())
                            .orElse(Set.of());
            Map<String, Divergence.Has> has = new TreeMap<>();
            boolean bound = !known.isEmpty();
            for (String node : replicas.keySet()) {
                boolean surprise = accepted.contains(node) && !known.contains(node);
                has.put(node, surprise ? Divergence.Has.UNKNOWN : state(bound, node, known));
            }
            new Replicated(context.store()).putOutDivergingLate(place.incarnation(), replicas, has);
            return task;
        } catch (StoreUnavailableException unavailable) {
            LOG.error(
                    "a write at {} may be on {} alone, and the task store can't be told: {}",
                    place,
                    accepted,
                    unavailable.getMessage());
            throw LaneErrors.changedHands();
        }
    }

    private static Divergence.Has state(boolean bound, String node, Set<String> known) {
        return bound && known.contains(node) ? Divergence.Has.YES : Divergence.Has.NO;
    }

    /** The task that the new owner made of the write, if it found it on a node. */
    private Optional<TaskRow> settledAs(Place place) {
        // Its index may have another name by now, and the task with it.
        Set<String> names = new TreeSet<>(Set.of(place.lane()));
        context.store().indexes().list(ReadLevel.LINEARIZABLE).stream()
                .filter(index -> index.incarnation() == place.incarnation())
                .forEach(index -> names.add(index.uid()));
        TaskQuery latest =
                new TaskQuery(
                        null,
                        null,
                        null,
                        null,
                        IndexNames.of(names),
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
                return Optional.of(task);
            }
        }
        return Optional.empty();
    }
}
