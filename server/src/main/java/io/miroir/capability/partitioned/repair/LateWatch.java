package io.miroir.capability.partitioned.repair;

import io.miroir.api.ApiException;
import io.miroir.cluster.IndexView;
import io.miroir.duty.PartitionedDuty;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.LateHorizon;
import io.miroir.fanout.copy.NodeTasks;
import io.miroir.fanout.lane.Takeover;
import io.miroir.store.StoreUnavailableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the nodes that were copied to lately, or whose lane was taken over with something left
 * in it, whether something came to them late ({@link LateTasks}). Whoever runs the lane of an index
 * does, for it alone can put replicas out for that. A node that took nothing at all since is asked
 * once, and not for each index.
 */
public final class LateWatch implements PartitionedDuty {
    private static final Logger LOG = LoggerFactory.getLogger(LateWatch.class);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    /** Looked at in one step, the others in the next ones. */
    private static final int INDEXES_PER_STEP = 50;

    /** Whoever takes a lane over looks at all that came since the copy. */
    private static final int PAGES_PER_LOOK = 10;

    private final CopyContext context;
    private final Map<Target, Followed> followed = new HashMap<>();
    private int next;

    /** Under the name that its index has: who holds that lane may put it out. */
    private record Target(String uid, String physicalUid, String node) {
        private static Target of(IndexView index, String node) {
            return new Target(index.row().uid(), index.row().physicalUid(), node);
        }
    }

    /**
     * What is known of a target.
     *
     * @param through the node's latest task of any index when nothing was left; empty if something
     *     is
     */
    private record Followed(LateTasks tasks, OptionalLong through) {}

    /** Has looked at nothing yet. */
    public LateWatch(CopyContext context) {
        this.context = context;
    }

    @Override
    public String name() {
        return "late-requests";
    }

    @Override
    public Duration pause() {
        return PAUSE;
    }

    @Override
    public void step(Predicate<String> owned) {
        List<IndexView> mine =
                context.view().indexes().stream()
                        .filter(index -> context.lanes().owns(index.row().uid()))
                        .toList();
        followed.keySet()
                .retainAll(mine.stream().flatMap(LateWatch::targets).collect(Collectors.toSet()));
        Map<String, OptionalLong> latest = new HashMap<>();
        for (int i = 0; i < Math.min(mine.size(), INDEXES_PER_STEP); i++) {
            IndexView index = mine.get((next + i) % mine.size());
            endLeft(index);
            for (String node : index.states().keySet()) {
                look(index, node, latest);
            }
        }
        next = mine.isEmpty() ? 0 : (next + INDEXES_PER_STEP) % mine.size();
    }

    private void endLeft(IndexView index) {
        try {
            Takeover.endLeft(context.store(), context.podId(), index.row());
        } catch (StoreUnavailableException notNow) {
            LOG.debug("{}", notNow.getMessage());
        }
    }

    private static Stream<Target> targets(IndexView index) {
        return index.states().keySet().stream().map(node -> Target.of(index, node));
    }

    /** Looks at one, unless its node took nothing since that was done. */
    private void look(IndexView index, String node, Map<String, OptionalLong> latest) {
        Target target = Target.of(index, node);
        Optional<LateHorizon> horizon = LateHorizon.of(context.store(), index.row(), node);
        if (horizon.isEmpty()) {
            followed.remove(target);
            return;
        }
        if (!context.health().usable(node)) {
            return;
        }
        // Asked before it is looked: what comes meanwhile is behind that.
        OptionalLong newest = latest.computeIfAbsent(node, this::latest);
        Followed before = followed.get(target);
        if (before == null || !before.tasks().isBehind(horizon.get())) {
            LateTasks begun = new LateTasks(context, index.row(), node, horizon.get());
            before = new Followed(begun, OptionalLong.empty());
        }
        if (newest.isEmpty() || before.through().equals(newest)) {
            return;
        }
        LateTasks tasks = before.tasks();
        boolean all = isSeenTo(index, node, tasks);
        followed.put(target, new Followed(tasks, all ? newest : OptionalLong.empty()));
    }

    /** The node's latest task of any index; empty if it can't be told now. */
    private OptionalLong latest(String node) {
        try {
            return OptionalLong.of(NodeTasks.latestOfAny(context.nodes(), node));
        } catch (CopyFailedException notNow) {
            LOG.info("what node {} took can't be told now: {}", node, notNow.getMessage());
            return OptionalLong.empty();
        }
    }

    /** Whether nothing is left of it. */
    private static boolean isSeenTo(IndexView index, String node, LateTasks tasks) {
        try {
            return tasks.look(PAGES_PER_LOOK, () -> {});
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (CopyFailedException | ApiException | StoreUnavailableException notNow) {
            LOG.info(
                    "what node {} took of {} can't be told now: {}",
                    node,
                    index.row().uid(),
                    notNow.getMessage());
        }
        return false;
    }
}
