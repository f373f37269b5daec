package io.miroir.fanout.lane;

import io.miroir.cluster.IndexView;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import io.miroir.store.Reply;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.index.IndexRow;
import io.miroir.store.task.Tasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Follows the bound tasks of this pod's lanes on the nodes, and ends them in their lanes' order.
 */
public final class TaskFollower implements NodePoller.Listener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TaskFollower.class);

    private static final Duration TICK = Duration.ofMillis(500);

    /** Tasks of a lane that end in one command. */
    private static final int ENDED_AT_ONCE_MAX = 256;

    private final LaneContext context;
    private final TaskMetrics metrics;
    private final Pollers pollers;
    private final Map<String, Line> lines = new ConcurrentHashMap<>();
    private final AtomicLong heldBytes = new AtomicLong();
    private final Witness witness;
    private final NodeNumbers numbers;
    private final LateNodes lateNodes;
    private final SettingsRolls rolls;
    private final Undoing undoing;
    private final Thread ticker;

    /** How settings are brought to nodes, and how that is told. */
    public record Rolling(
            SettingsRolls.Told told, SettingsMetrics metrics, SettingsLimits limits) {}

    /** Follows nothing yet. */
    public TaskFollower(LaneContext context, TaskMetrics metrics, Rolling rolling) {
        this.context = context;
        this.metrics = metrics;
        this.witness = new Witness(context);
        this.numbers = new NodeNumbers(context.store(), node -> context.view().lives().of(node));
        this.lateNodes = new LateNodes(context.settings().sendTimeout(), System::nanoTime);
        this.rolls =
                new SettingsRolls(
                        context, numbers, rolling.told(), rolling.metrics(), rolling.limits());
        this.undoing = new Undoing(context, this::ending, this::finish);
        this.pollers = new Pollers(context.nodes(), this);
        this.ticker = Thread.ofVirtual().name("task-follower").unstarted(this::tick);
    }

    /** Begins to ask nodes. */
    public void start() {
        pollers.start();
        ticker.start();
    }

    /** From now on lanes can be held, so that what made an index can be taken back. */
    void holdWith(Undoing.Stop stop) {
        undoing.holdWith(stop);
    }

    /** Follows one more task, of which nothing is held. */
    void follow(Tracked task) {
        follow(task, null);
    }

    /**
     * Follows one more task; those of one lane in the order of their positions.
     *
     * @param merged the request that it shares, if it is held
     */
    void follow(Tracked task, @Nullable Merged merged) {
        // In one step: a line that is empty may go at any moment, one with a task stays.
        lines.compute(task.place().lane(), (_, line) -> with(line, task, merged));
        pollers.follow(task);
        if (task.accepted().isEmpty()) {
            advance(task.place().lane());
        }
    }

    private static Line with(@Nullable Line known, Tracked task, @Nullable Merged merged) {
        Line line = known == null ? new Line() : known;
        line.add(task, merged);
        return line;
    }

    /** Forgets what a lane was followed for: another pod does it, or this one anew. */
    void forget(String lane) {
        Line line = lines.remove(lane);
        if (line != null) {
            leave(line);
        }
    }

    private void leave(Line line) {
        line.all().forEach(pollers::forget);
        line.leaveAll();
    }

    /** Bytes that are held for requests that may be taken apart. */
    AtomicLong heldBytes() {
        return heldBytes;
    }

    /** What brings settings to the nodes of all lanes. */
    SettingsRolls rolls() {
        return rolls;
    }

    /**
     * Whether nodes of an index can be given the settings in force now. Not while a task that
     * brings it to others has its turn, also where that waits for nodes: the two would undo each
     * other.
     */
    boolean mayRepair(IndexView index) {
        Line line = lines.get(index.row().uid());
        boolean rolls =
                line != null && line.heads(1).stream().anyMatch(head -> head.task().rolls());
        return !rolls && rolls().due(index);
    }

    /** The settings that an index will have when its lane's tasks are done; null if it has them. */
    @Nullable ObjectNode comingSettings(IndexRow index) {
        Line line = lines.get(index.uid());
        return line == null ? null : line.comingSettings(index.incarnation());
    }

    /** Who did not take writes of any lane in time. */
    LateNodes lateNodes() {
        return lateNodes;
    }

    /** The numbers that nodes gave to the tasks of all lanes. */
    NodeNumbers numbers() {
        return numbers;
    }

    /** Lanes that have tasks to follow. */
    int lanes() {
        return lines.size();
    }

    /** For how long the one of their tasks is followed that has not ended for longest. */
    long oldestNanos() {
        long nowNanos = System.nanoTime();
        return lines.values().stream()
                .flatMap(line -> line.heads(1).stream())
                .mapToLong(head -> nowNanos - head.sinceNanos())
                .max()
                .orElse(0);
    }

    @Override
    public void began(List<Tracked> tasks) {
        // An epoch is of one lane.
        Map<Long, List<Tracked>> first = new TreeMap<>();
        for (Tracked task : tasks) {
            Line line = lines.get(task.place().lane());
            if (line != null && line.began(task)) {
                first.computeIfAbsent(task.place().epoch(), _ -> new ArrayList<>()).add(task);
            }
        }
        first.forEach(this::start);
    }

    private void start(long epoch, List<Tracked> tasks) {
        List<Reply<Tasks.Step>> replies =
                context.store()
                        .tasks()
                        .startedAll(tasks.stream().map(Tracked::uid).toList(), epoch);
        for (int i = 0; i < tasks.size(); i++) {
            Line line = lines.get(tasks.get(i).place().lane());
            if (line != null && replies.get(i) instanceof Reply.Refused) {
                line.notBegun(tasks.get(i));
            }
        }
    }

    @Override
    public void ended(Tracked task, String nodeId, NodeResult result) {
        Line line = lines.get(task.place().lane());
        if (line != null) {
            line.ended(task, nodeId, result);
            advance(task.place().lane());
        }
    }

    // On a thread of its own: the poller goes on asking while the store works.
    private void advance(String lane) {
        Line line = lines.get(lane);
        if (line != null && line.wantsThread()) {
            Thread.ofVirtual().name("finish-" + lane).start(() -> drain(lane, line));
        }
    }

    private void drain(String lane, Line line) {
        do {
            try {
                settleDoubts(line);
                List<Line.Head> heads = line.heads(ENDED_AT_ONCE_MAX);
                while (!heads.isEmpty() && look(line, heads)) {
                    heads = line.heads(ENDED_AT_ONCE_MAX);
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            } catch (StoreUnavailableException unavailable) {
                // The next tick tries again.
                LOG.warn("tasks of lane {} wait: {}", lane, unavailable.getMessage());
            } catch (RuntimeException bug) {
                // The line must not keep a thread that is gone: nobody would look at it again.
                LOG.error("tasks of lane {} can't be ended", lane, bug);
            }
        } while (!line.threadDone());
        lines.computeIfPresent(lane, (_, known) -> known == line && line.isEmpty() ? null : known);
    }

    /** What a node did not apply may not be this write's fault (protocol, rule 6). */
    private void settleDoubts(Line line) throws InterruptedException {
        // A node that can't tell of one is asked of the others when it may know more.
        Set<String> silent = new HashSet<>();
        Set<Merged> waiting = new HashSet<>();
        for (Line.Doubt doubt : line.doubts()) {
            Merged merged = doubt.merged();
            if (silent.contains(doubt.nodeId()) || (merged != null && waiting.contains(merged))) {
                continue;
            }
            Optional<Sent> again = witness.again(doubt);
            if (again.isPresent()) {
                settle(line, doubt, again.get());
            } else {
                silent.add(doubt.nodeId());
                if (merged != null) {
                    // Its turn did not come for one node, and need not be waited for once more.
                    waiting.add(merged);
                }
            }
        }
    }

    private void settle(Line line, Line.Doubt doubt, Sent again) {
        switch (again) {
            case Sent.Accepted taken ->
                    line.settle(doubt, taken.nodeTaskUid())
                            .ifPresent(task -> pollers.follow(task, doubt.nodeId()));
            case Sent.Refused refused -> line.settle(doubt, NodeResult.refused(refused.error()));
            case Sent.Absent _ -> line.settle(doubt, doubt.failed());
            case Sent.Unknown _ -> line.settle(doubt, new NodeResult.Lost());
        }
    }

    /** Ends a lane's oldest tasks whose ends are clear; whether those behind may be looked at. */
    private boolean look(Line line, List<Line.Head> heads) throws InterruptedException {
        if (heads.getFirst().task().rolls()) {
            return roll(line, heads.getFirst());
        }
        Undoing.Outcome undone = undoing.undo(line, heads, heads.size() < ENDED_AT_ONCE_MAX);
        if (undone != Undoing.Outcome.NOT_ASKED) {
            return undone == Undoing.Outcome.UNDONE;
        }
        Map<Long, Long> asking = Ending.asking(heads, context.store().tasks());
        List<Ending> clear = new ArrayList<>();
        for (Line.Head head : heads) {
            Optional<Ending> end = ending(head, asking);
            end.ifPresent(clear::add);
            // What is behind one that changes more than documents is decided on what it leaves.
            if (end.isEmpty() || !end.get().end().leavesAll()) {
                break;
            }
        }
        return !clear.isEmpty() && finish(line, Ending.attributed(clear, context.store().tasks()));
    }

    private Optional<Ending> ending(Line.Head head, Map<Long, Long> asking) {
        Optional<Ending> canceled = Ending.canceled(head, context.store().tasks(), asking);
        return canceled.isPresent() || head.task().rolls()
                ? canceled
                : end(head).map(completion -> Ending.of(head, completion));
    }

    private Optional<Completion> end(Line.Head head) {
        Tracked task = head.task();
        Optional<IndexView> index = context.view().index(task.place().lane());
        Topology fallback = context.fleet().topology(context.fleet().shards());
        Tracked.Held held = task.held(index, fallback);
        Set<String> all = index.map(IndexView::topology).orElse(fallback).nodes();
        return Completion.of(task, held, witness.evidence(task, head.results(), all))
                .map(end -> end.moving(NameMoves.of(task, context.view())));
    }

    /** Settings have their turn: this thread brings them to the nodes. */
    private boolean roll(Line line, Line.Head head) throws InterruptedException {
        Tracked task = head.task();
        String lane = task.place().lane();
        if (!line.hasBegun(task)) {
            // No node has heard of them: whoever runs the lane decides, so nobody sends them
            // meanwhile.
            Tasks tasks = context.store().tasks();
            Map<Long, Long> asking = Ending.asking(List.of(head), tasks);
            Optional<Ending> canceled = Ending.canceled(head, tasks, asking);
            if (canceled.isPresent()) {
                return finish(line, List.of(canceled.get()));
            }
            Reply<Tasks.Step> start =
                    context.store().tasks().started(task.uid(), task.place().epoch());
            if (start instanceof Reply.Refused) {
                // Were they sent now, the next look could find them canceled.
                return false;
            }
            if (!(start.orThrow() instanceof Tasks.Step.Stepped)) {
                // It has ended, or another pod runs the lane: the store keeps what it has.
                return finish(line, List.of(Ending.of(head, Completion.canceled(task))));
            }
            boolean _ = line.began(task);
        }
        return switch (rolls.run(task, () -> lines.get(lane) == line)) {
            case SettingsRolls.Outcome.Ended ended ->
                    finish(line, List.of(Ending.of(head, ended.completion())));
            case SettingsRolls.Outcome.Later _ -> false;
            case SettingsRolls.Outcome.Deposed _ -> {
                drop(lane, line);
                yield false;
            }
        };
    }

    /** In one command for all; false if one could not be ended yet. */
    private boolean finish(Line line, List<Ending> endings) {
        endings.stream()
                .filter(Ending::mayLeaveIndex)
                .map(ending -> ending.task().place().incarnation())
                .forEach(index -> DropJobs.note(context.store(), index, false));
        List<Reply<Tasks.Step>> replies =
                context.store().tasks().finishAll(endings.stream().map(Ending::command).toList());
        for (int i = 0; i < endings.size(); i++) {
            if (!ended(line, endings.get(i), replies.get(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean ended(Line line, Ending ending, Reply<Tasks.Step> reply) {
        Tracked task = ending.head().task();
        return switch (reply) {
            case Reply.Refused<Tasks.Step> refused -> {
                LOG.warn("task {} can't be ended yet: {}", task.uid(), refused.refusal().message());
                yield false;
            }
            case Reply.Applied<Tasks.Step> applied -> {
                if (applied.outcome() instanceof Tasks.Step.Fenced fenced) {
                    LOG.info("lane {} is run by {} now", task.place().lane(), fenced.owner());
                    drop(task.place().lane(), line);
                    yield false;
                }
                if (isTooEarly(task, applied.outcome())) {
                    yield false;
                }
                ending.end().out().forEach((node, shards) -> tellOut(node, shards, task));
                line.remove(task);
                pollers.forget(task);
                long followedNanos = System.nanoTime() - ending.head().sinceNanos();
                metrics.ended(ending.end().status(), followedNanos);
                yield true;
            }
        };
    }

    private static void tellOut(String node, ShardSet shards, Tracked task) {
        LOG.warn("node {} is out for shards {} of index {}", node, shards, task.physicalUid());
    }

    // The next tick decides on what is the case by then.
    private static boolean isTooEarly(Tracked task, Tasks.Step step) {
        return switch (step) {
            case Tasks.Step.StatesChanged _ -> {
                LOG.info("task {} can't be ended yet: replicas went out", task.uid());
                yield true;
            }
            case Tasks.Step.IndexChanged _ -> {
                LOG.info("task {} can't be ended yet: names moved", task.uid());
                yield true;
            }
            case Tasks.Step.Barred _ -> true;
            case Tasks.Step.Stepped _,
                    Tasks.Step.AlreadyFinished _,
                    Tasks.Step.Fenced _,
                    Tasks.Step.NoSuchTask _ ->
                    false;
        };
    }

    // This line only: the lane may be followed under a new epoch already.
    private void drop(String lane, Line line) {
        lines.remove(lane, line);
        leave(line);
    }

    private void tick() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(TICK);
                witness.look(context.nodes().ids());
                lines.keySet().forEach(this::advance);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        ticker.interrupt();
        // What brings settings to nodes stops at its next step; the next owner goes on.
        lines.clear();
        pollers.close();
    }
}
