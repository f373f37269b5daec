package io.miroir.fanout.lane;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What nodes took of an index, as they tell when its lane is claimed: read once for all that was
 * left in the lane, from all nodes at the same time.
 */
final class LeftTasks {
    /** Nobody was asked. */
    static final LeftTasks NOTHING = new LeftTasks(Map.of());

    private static final long NONE = -1;

    private final Map<String, Node> told;

    /**
     * What one node told.
     *
     * @param latest the number of its last task of the index, or -1
     * @param found the tasks of the places that it was looked for
     * @param whole false if it broke off: what was not found by then may be there
     */
    private record Node(long latest, Map<Place, Long> found, boolean whole) {}

    private LeftTasks(Map<String, Node> told) {
        this.told = told;
    }

    /**
     * Asks the nodes. One that is down is not asked: its answer would be waited for in vain, and
     * the lane with it.
     *
     * @param places by node what may be there
     */
    static LeftTasks read(LaneContext context, String physicalUid, Map<String, List<Place>> places)
            throws InterruptedException {
        Map<String, Future<Node>> asked = new TreeMap<>();
        Map<String, Node> told = new HashMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            places.forEach(
                    (node, wanted) -> {
                        if (context.writable(node)) {
                            asked.put(
                                    node,
                                    threads.submit(() -> read(context, node, physicalUid, wanted)));
                        }
                    });
            for (Map.Entry<String, Future<Node>> node : asked.entrySet()) {
                told.put(node.getKey(), node.getValue().get());
            }
        } catch (ExecutionException bug) {
            throw new IllegalStateException("looking for what was left", bug.getCause());
        }
        return new LeftTasks(told);
    }

    private static Node read(
            LaneContext context, String node, String physicalUid, List<Place> wanted) {
        List<Place> open = new ArrayList<>(wanted);
        Map<Place, Long> found = new HashMap<>();
        long[] latest = {NONE};
        boolean whole =
                LatestTasks.of(
                        context.nodes(),
                        node,
                        physicalUid,
                        (uid, carried) -> {
                            latest[0] = Math.max(latest[0], uid);
                            // The newest task that holds a write stands for it.
                            Mark.parse(carried)
                                    .ifPresent(
                                            held ->
                                                    open.removeIf(
                                                            one -> isFound(one, uid, held, found)));
                            return open.isEmpty();
                        });
        return new Node(latest[0], found, whole);
    }

    private static boolean isFound(Place place, long uid, Mark held, Map<Place, Long> found) {
        boolean here = held.covers(place.mark());
        if (here) {
            found.put(place, uid);
        }
        return here;
    }

    /**
     * The task of a place on a node.
     *
     * @return empty if the node did not answer; an empty number if it has no such task
     */
    Optional<OptionalLong> find(String node, Place place) {
        Node one = told.get(node);
        if (one == null) {
            return Optional.empty();
        }
        Long uid = one.found().get(place);
        if (uid != null) {
            return Optional.of(OptionalLong.of(uid));
        }
        return one.whole() ? Optional.of(OptionalLong.empty()) : Optional.empty();
    }

    /** The number of a node's last task of the index, or -1; empty if it did not answer. */
    OptionalLong latest(String node) {
        Node one = told.get(node);
        return one == null || (one.latest() == NONE && !one.whole())
                ? OptionalLong.empty()
                : OptionalLong.of(one.latest());
    }
}
