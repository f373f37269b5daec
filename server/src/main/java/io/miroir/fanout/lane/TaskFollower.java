package io.miroir.fanout.lane;

import io.miroir.api.Json;
import io.miroir.cluster.IndexView;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import io.miroir.store.Reply;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.index.IndexRow;
import io.miroir.store.task.Finish;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.Tasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
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
    private final Map<String, NodePoller> pollers = new TreeMap<>();
    private final Map<String, Line> lines = new ConcurrentHashMap<>();
    private final Witness witness;
    private final NodeNumbers numbers;
    private final SettingsRolls rolls;
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
        this.rolls =
                new SettingsRolls(
                        context, numbers, rolling.told(), rolling.metrics(), rolling.limits());
        context.nodes()
                .ids()
                .forEach(id -> pollers.put(id, new NodePoller(id, context.nodes(), this)));
        this.ticker = Thread.ofVirtual().name("task-follower").unstarted(this::tick);
    }

    /** Begins to ask nodes. */
    public void start() {
        pollers.values().forEach(NodePoller::start);
        ticker.start();
    }

    /** Follows one more task; those of one lane in the order of their positions. */
    void follow(Tracked task) {
        // In one step: a line that is empty may go at any moment, one with a task stays.
        lines.compute(task.place().lane(), (_, line) -> with(line, task));
        task.accepted()
                .forEach(
                        (node, nodeTaskUid) -> {
                            NodePoller poller = pollers.get(node);
                            if (poller == null) {
                                ended(task, node, new NodeResult.Lost());
                            } else {
                                poller.follow(nodeTaskUid, task);
                            }
                        });
        if (task.accepted().isEmpty()) {
            advance(task.place().lane());
        }
    }

    private static Line with(@Nullable Line known, Tracked task) {
        Line line = known == null ? new Line() : known;
        line.add(task);
        return line;
    }

    /** Forgets what a lane was followed for: another pod does it, or this one anew. */
    void forget(String lane) {
        Line line = lines.remove(lane);
        if (line != null) {
            line.all().forEach(this::unfollow);
        }
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

    /** The numbers that nodes gave to the tasks of all lanes. */
    NodeNumbers numbers() {
        return numbers;
    }

    /** Lanes that have tasks to follow. */
    int lanes() {
        return lines.size();
    }

    @Override
    public void began(List<Tracked> tasks) {
        // An epoch is of one lane.
        Map<Long, List<Long>> first = new TreeMap<>();
        for (Tracked task : tasks) {
            Line line = lines.get(task.place().lane());
            if (line != null && line.began(task)) {
                first.computeIfAbsent(task.place().epoch(), _ -> new ArrayList<>()).add(task.uid());
            }
        }
        first.forEach((epoch, uids) -> context.store().tasks().startedAll(uids, epoch));
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

    /**
     * A task whose end is clear.
     *
     * @param canceledBy the task that cancelled it, if one did
     */
    private record Ending(Line.Head head, Completion end, @Nullable Long canceledBy) {
        static Ending of(Line.Head head, Completion end) {
            return new Ending(head, end, null);
        }

        Ending by(@Nullable Long cancelation) {
            return cancelation == null
                    ? new Ending(head, end.unasked(), null)
                    : new Ending(head, end, cancelation);
        }
    }

    /** Ends a lane's oldest tasks whose ends are clear; whether those behind may be looked at. */
    private boolean look(Line line, List<Line.Head> heads) throws InterruptedException {
        if (heads.getFirst().task().rolls()) {
            return roll(line, heads.getFirst());
        }
        List<Ending> clear = new ArrayList<>();
        for (Line.Head head : heads) {
            Optional<Completion> end = head.task().rolls() ? Optional.empty() : end(head);
            end.ifPresent(completion -> clear.add(Ending.of(head, completion)));
            // What is behind one that changes more than documents is decided on what it leaves.
            if (end.isEmpty() || !end.get().leavesAll()) {
                break;
            }
        }
        return !clear.isEmpty() && finish(line, attributed(clear));
    }

    /** The same; those that nodes dropped are told by whom they were cancelled. */
    private List<Ending> attributed(List<Ending> endings) {
        if (endings.stream().noneMatch(TaskFollower::isCanceled)) {
            return endings;
        }
        Map<Long, Long> asking = Cancelation.asking(context.store().tasks());
        return endings.stream()
                .map(
                        ending ->
                                isCanceled(ending)
                                        ? ending.by(asking.get(ending.head().task().uid()))
                                        : ending)
                .toList();
    }

    private static boolean isCanceled(Ending ending) {
        return ending.end().status() == TaskStatus.CANCELED;
    }

    private Optional<Completion> end(Line.Head head) {
        Tracked task = head.task();
        Optional<IndexView> index = context.view().index(task.place().lane());
        Topology fallback = context.fleet().topology(context.fleet().shards());
        Map<String, ShardSet> held = task.replicas(index, fallback);
        Set<String> all = index.map(IndexView::topology).orElse(fallback).nodes();
        return Completion.of(task, held, witness.evidence(task, head.results(), all))
                .map(end -> end.moving(moves(task)));
    }

    /** Settings have their turn: this thread brings them to the nodes. */
    private boolean roll(Line line, Line.Head head) throws InterruptedException {
        Tracked task = head.task();
        String lane = task.place().lane();
        began(List.of(task));
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
        List<Reply<Tasks.Step>> replies =
                context.store()
                        .tasks()
                        .finishAll(endings.stream().map(TaskFollower::command).toList());
        for (int i = 0; i < endings.size(); i++) {
            if (!ended(line, endings.get(i), replies.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static Finish command(Ending ending) {
        Tracked task = ending.head().task();
        Completion done = ending.end();
        return new Finish(
                task.uid(),
                task.place().epoch(),
                done.status(),
                task.details().finished(done.visible()).stored(),
                done.error() == null ? null : Json.text(done.error()),
                ending.canceledBy(),
                done.allEffects(task.place().incarnation()));
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
                unfollow(task);
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

    private NameMoves moves(Tracked task) {
        if (!NameMoves.isOf(task.type(), task.details())) {
            return NameMoves.NONE;
        }
        // Another pod may have moved the names that this one is about to.
        context.view().catchUp();
        return NameMoves.decide(
                task.type(),
                task.details(),
                name ->
                        context.view()
                                .index(name)
                                .map(view -> view.row().incarnation())
                                .orElse(NameMoves.NOBODY),
                name -> context.view().alias(name).isPresent());
    }

    // This line only: the lane may be followed under a new epoch already.
    private void drop(String lane, Line line) {
        lines.remove(lane, line);
        line.all().forEach(this::unfollow);
    }

    private void tick() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(TICK);
                witness.look(pollers.keySet());
                lines.keySet().forEach(this::advance);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void unfollow(Tracked task) {
        task.accepted()
                .forEach(
                        (node, nodeTaskUid) -> {
                            NodePoller poller = pollers.get(node);
                            if (poller != null) {
                                poller.forget(nodeTaskUid, task);
                            }
                        });
    }

    @Override
    public void close() {
        ticker.interrupt();
        // What brings settings to nodes stops at its next step; the next owner goes on.
        lines.clear();
        pollers.values().forEach(NodePoller::close);
    }
}
