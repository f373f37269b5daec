package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.cluster.IndexView;
import io.miroir.core.settings.RollStep;
import io.miroir.fanout.lane.SettingsRoll.End;
import io.miroir.fanout.lane.SettingsRoll.Run;
import io.miroir.store.task.TaskStatus;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The settings that this pod brings to nodes: of tasks when it is their turn, and those in force to
 * nodes that were found to have others or were away. One run an index at a time.
 */
public final class SettingsRolls {
    private static final Logger LOG = LoggerFactory.getLogger(SettingsRolls.class);

    private final LaneContext context;
    private final SettingsRoll roll;
    private final SettingsMetrics metrics;
    private final Set<String> busy = ConcurrentHashMap.newKeySet();
    private final Map<String, Rest> rests = new ConcurrentHashMap<>();

    /** Waits until every pod that may read knows all that this one knows (protocol, rule 9). */
    @FunctionalInterface
    public interface Told {
        /** Comes back when it may be told. */
        void await() throws InterruptedException;
    }

    /** Nothing is sent again until then. */
    private record Rest(int failures, long untilNanos) {}

    /**
     * Rolls over the nodes of one pod's lanes.
     *
     * @param numbers that nodes gave to tasks
     */
    SettingsRolls(
            LaneContext context,
            NodeNumbers numbers,
            Told told,
            SettingsMetrics metrics,
            SettingsLimits limits) {
        this.context = context;
        this.metrics = metrics;
        SettingsNodes nodes = new SettingsNodes(context, numbers, limits.verifyTimeout());
        this.roll = new SettingsRoll(context, nodes, told, metrics, limits);
    }

    /** How a task of settings went, or why it goes on later. */
    sealed interface Outcome {
        record Ended(Completion completion) implements Outcome {}

        record Later() implements Outcome {}

        /** Another pod runs the lane. */
        record Deposed() implements Outcome {}
    }

    /**
     * Rolls out the settings of a task whose turn it is.
     *
     * @param ours whether this pod still is to do it
     */
    Outcome run(Tracked task, BooleanSupplier ours) throws InterruptedException {
        Run run =
                new Run(
                        task.place().lane(),
                        task.place().epoch(),
                        task.place().incarnation(),
                        task.details().settingsUpdate(),
                        ours);
        Optional<End> end = guarded(run);
        if (end.isPresent() && end.get() instanceof End.Gone) {
            // Settings that came to a node after the deletion made the index there anew.
            LaneResume.dropPhysical(context, task.place().incarnation());
        }
        return end.map(known -> outcome(task, known)).orElseGet(Outcome.Later::new);
    }

    private static Outcome outcome(Tracked task, End end) {
        return switch (end) {
            // What became of the index later is another task's to say.
            case End.Reached _, End.Gone _ -> ended(task, TaskStatus.SUCCEEDED, null);
            case End.Refused refused ->
                    ended(
                            task,
                            TaskStatus.FAILED,
                            ClientWords.of(
                                    refused.error(), task.physicalUid(), task.place().lane()));
            case End.Diverged diverged ->
                    ended(task, TaskStatus.FAILED, diverged(task, diverged).toJson());
            case End.Deposed _ -> new Outcome.Deposed();
            case End.Later _ -> new Outcome.Later();
        };
    }

    private static ApiException diverged(Tracked task, End.Diverged diverged) {
        ObjectNode told = ClientWords.of(diverged.error(), task.physicalUid(), task.place().lane());
        return new ApiException(
                ErrorCode.MIROIR_INDEX_FROZEN,
                "The settings are in force, but a node can't be brought to have them: "
                        + told.path("message").asString("")
                        + " Writes are refused until it has them.");
    }

    private static Outcome ended(Tracked task, TaskStatus status, @Nullable ObjectNode error) {
        return new Outcome.Ended(
                new Completion(status, task.details().visible(), error, List.of(), Map.of()));
    }

    /** Whether nodes of an index can be given the settings in force now. */
    boolean due(IndexView index) {
        String lane = index.row().uid();
        Rest rest = rests.get(lane);
        boolean rested = rest == null || System.nanoTime() - rest.untilNanos() >= 0;
        return rested && !busy.contains(lane) && unsettledInReach(index);
    }

    private boolean unsettledInReach(IndexView index) {
        Set<String> unsettled = Set.copyOf(index.row().standing().unsettled());
        Set<String> reachable = new HashSet<>(unsettled);
        reachable.removeIf(node -> !context.writable(node));
        RollStep next =
                RollStep.next(
                        index.topology(),
                        index,
                        new RollStep.Known(
                                true, OptionalInt.empty(), unsettled, Set.of(), reachable));
        boolean thaws = index.row().standing().frozen() != null && next.equals(NOTHING_LEFT);
        return next instanceof RollStep.Change || thaws;
    }

    private static final RollStep NOTHING_LEFT = new RollStep.Done(List.of());

    /**
     * Gives the settings in force to nodes that have others.
     *
     * @param ours whether this pod still is to do it
     */
    void repair(IndexView index, long epoch, BooleanSupplier ours) throws InterruptedException {
        String lane = index.row().uid();
        Optional<End> end = guarded(new Run(lane, epoch, index.row().incarnation(), null, ours));
        if (end.isEmpty()) {
            return;
        }
        if (end.get() instanceof End.Reached reached && reached.left().isEmpty()) {
            rests.remove(lane);
            Set<String> mended = new TreeSet<>(index.row().standing().unsettled());
            // Those that hold nothing in sync stay as they are.
            context.view()
                    .index(lane)
                    .ifPresent(now -> mended.removeAll(now.row().standing().unsettled()));
            metrics.repaired(mended.size());
            LOG.info("nodes {} have the settings of {} again", mended, lane);
            return;
        }
        Rest rest =
                rests.compute(
                        lane,
                        (_, before) -> {
                            int failures = before == null ? 1 : before.failures() + 1;
                            Duration pause = SettingsTries.pause(failures);
                            return new Rest(failures, System.nanoTime() + pause.toNanos());
                        });
        LOG.info("settings of {}: {}, {} times", lane, end.get(), rest.failures());
    }

    /** Empty while another run of the index is under way. */
    private Optional<End> guarded(Run run) throws InterruptedException {
        if (!busy.add(run.lane())) {
            return Optional.empty();
        }
        try {
            return Optional.of(roll.run(run));
        } finally {
            busy.remove(run.lane());
        }
    }
}
