package io.miroir.fanout.lane;

import io.miroir.cluster.identity.KnownLives;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.TaskStore;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskRow;
import io.miroir.store.topology.TopologyRow;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a node is still the one that it was. Nodes give each task number once, and a higher one
 * each time: one that gives a number again has lost its disk, or has an old one. It would take the
 * next write as the first of a new index and look as if it had all documents, so everything that it
 * holds is out (protocol, rule 15). What the store's tasks say that nodes accepted is the memory
 * that outlives a pod.
 */
final class NodeNumbers {
    /** Why a node's replicas are out; kept with the task, so that other pods find it. */
    static final String BEGAN_ANEW = "the node began anew: it gave a task number again";

    private static final Logger LOG = LoggerFactory.getLogger(NodeNumbers.class);

    /** Newest tasks among which each node's last number is looked for. */
    static final int LOOK_TASKS_MAX = 200;

    /**
     * Newest tasks among which one says that the node began anew: rarely asked, so further back.
     */
    static final int BEGAN_LOOK_TASKS_MAX = 2_000;

    private static final int TRIES_MAX = 10;

    private static final long NONE = -1;

    private final TaskStore store;
    private final Function<String, KnownLives.@Nullable Life> lives;
    private final Replicated replicas;
    private final Map<String, Long> highest = new ConcurrentHashMap<>();

    /**
     * Numbers of nodes.
     *
     * @param lives who nodes are; null for one that was not marked yet
     */
    NodeNumbers(TaskStore store, Function<String, KnownLives.@Nullable Life> lives) {
        this.store = store;
        this.lives = lives;
        this.replicas = new Replicated(store);
    }

    /**
     * What the number of a task must exceed.
     *
     * @param key of the node in the life of which that is known
     */
    record Floor(String key, long number) {}

    /** For a task that the node is sent from now on. */
    Floor floor(String nodeId) {
        String key = key(nodeId, lives.apply(nodeId));
        Long known = highest.get(key);
        if (known != null) {
            return new Floor(key, known);
        }
        long remembered = remembered(nodeId, LOOK_TASKS_MAX).highest();
        Long raced = highest.putIfAbsent(key, remembered);
        return new Floor(key, raced == null ? remembered : raced);
    }

    /**
     * Takes note of a number that a node gave.
     *
     * @param floor as it was before the node was asked; other requests may have been answered since
     * @return false if the node began anew: all that it held before is out then
     */
    boolean accept(String nodeId, Floor floor, long nodeTaskUid) {
        if (nodeTaskUid > floor.number()) {
            highest.merge(floor.key(), nodeTaskUid, Math::max);
            return true;
        }
        // Another pod may have found it out, and put out what there was, since this one last knew:
        // the floor is too high then. Tasks that say nothing of it don't lower the floor.
        Remembered told = remembered(nodeId, BEGAN_LOOK_TASKS_MAX);
        if (told.beganAnew() && nodeTaskUid > told.highest()) {
            highest.put(floor.key(), nodeTaskUid);
            return true;
        }
        LOG.error("node {} began anew: it gave number {} after {}", nodeId, nodeTaskUid, floor);
        try {
            if (putOut(nodeId, floor.key())) {
                highest.put(floor.key(), nodeTaskUid);
            }
        } catch (StoreUnavailableException unavailable) {
            // The next write to the node finds it out again.
            LOG.warn("replicas of {} can't be put out: {}", nodeId, unavailable.getMessage());
        }
        return false;
    }

    /**
     * Puts out what the node holds, unless it is another by now: whoever found that put out what it
     * held before, and what it has since is whole.
     *
     * @return whether it was still the one that is spoken of
     */
    private boolean putOut(String nodeId, String key) {
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            TopologyRow topology = store.topology().get(ReadLevel.LINEARIZABLE).orElse(null);
            String now = key(nodeId, topology == null ? null : life(topology, nodeId));
            // Its first mark says nothing of its disk, and puts nothing out.
            if (!key.equals(nodeId) && !key.equals(now)) {
                LOG.info("node {} is known to be another by now", nodeId);
                return false;
            }
            long version = topology == null ? 0 : topology.version();
            if (store.replicas().list(ReadLevel.LOCAL).stream()
                    .filter(row -> row.nodeId().equals(nodeId))
                    .allMatch(row -> replicas.putOutLost(row.incarnation(), nodeId, version))) {
                LOG.error("all replicas of node {} are out", nodeId);
                return true;
            }
        }
        throw new StoreUnavailableException(
                new Refusal.Unavailable("the topology changes again and again"));
    }

    private static KnownLives.@Nullable Life life(TopologyRow topology, String nodeId) {
        return KnownLives.parse(topology.json()).of(nodeId);
    }

    // In another life a node counts anew.
    private static String key(String nodeId, KnownLives.@Nullable Life life) {
        return life == null ? nodeId : nodeId + '/' + life.life();
    }

    /**
     * What the newest tasks tell of a node.
     *
     * @param highest its highest number since it last began anew
     * @param beganAnew whether one of them says that it did
     */
    private record Remembered(long highest, boolean beganAnew) {}

    private Remembered remembered(String nodeId, int tasksMax) {
        long number = NONE;
        KnownLives.Life life = lives.apply(nodeId);
        TaskQuery newest = TaskQuery.newest(tasksMax);
        for (TaskRow task : store.tasks().list(ReadLevel.LOCAL, newest).tasks()) {
            TaskRow.Origin origin = task.origin();
            if (life != null && task.uid() <= life.sinceTask()) {
                break;
            }
            if (origin == null) {
                continue;
            }
            if (BEGAN_ANEW.equals(origin.missed().get(nodeId))) {
                return new Remembered(number, true);
            }
            number = Math.max(number, origin.accepted().getOrDefault(nodeId, NONE));
        }
        return new Remembered(number, false);
    }
}
