package io.miroir.fanout.lane;

import io.miroir.duty.TaskDuty;
import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.TaskStore;
import io.miroir.store.task.Finish;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.Tasks;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Cancels tasks of the whole cluster, and those that wait on the nodes (protocol, rule 6). Nodes
 * are asked to drop what none of them has begun with; what they say of it afterwards is found by
 * the pods that follow the tasks, which end them.
 */
public final class Canceler {
    private static final Logger LOG = LoggerFactory.getLogger(Canceler.class);

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    /** Tasks that a node is asked of at a time. */
    static final int NODE_TASKS_MAX = 200;

    private final TaskStore store;
    private final Nodes nodes;

    /** Of the tasks of a store, on these nodes. */
    public Canceler(TaskStore store, Nodes nodes) {
        this.store = store;
        this.nodes = nodes;
    }

    /** Whether a task may be cancelled, as far as it is known without asking nodes. */
    public static boolean isCancelable(TaskRow task) {
        return CancelPlan.isCancelable(task)
                || CancelPlan.isWaitingForTurn(task)
                || CancelPlan.isMaking(task)
                || WholeTasks.isCancelable(task);
    }

    /**
     * Ends what may be ended at once of these tasks, and asks nodes to drop what may be dropped;
     * {@link #run} does it again.
     *
     * @param by the uid of the cancelation
     */
    public void begin(List<Long> asked, long by) {
        try {
            endWholeTasks(asked, by);
        } catch (StoreUnavailableException unavailable) {
            LOG.info("cancelation {} is begun later: {}", by, unavailable.getMessage());
        }
        drop(asked);
    }

    /**
     * Carries a cancelation out; it may have been begun before.
     *
     * @return its details at its end
     */
    public String run(TaskRow cancelation) throws InterruptedException {
        List<Long> asked = Cancelation.uids(cancelation);
        endWholeTasks(asked, cancelation.uid());
        for (CancelPlan.Unit dropped : drop(asked)) {
            for (long uid : dropped.tasks()) {
                awaitEnd(uid);
            }
        }
        for (long uid : asked) {
            awaitTurn(uid);
        }
        long canceled =
                asked.stream()
                        .flatMap(uid -> store.tasks().get(ReadLevel.LOCAL, uid).stream())
                        .filter(task -> task.status() == TaskStatus.CANCELED)
                        .filter(task -> Objects.equals(task.canceledBy(), cancelation.uid()))
                        .count();
        return Cancelation.ended(cancelation, canceled);
    }

    /** All at once, for a client waits; one that ends just now keeps its end. */
    private void endWholeTasks(List<Long> asked, long by) {
        List<Finish> ends =
                open(asked).stream()
                        .filter(WholeTasks::isCancelable)
                        .map(task -> canceled(task, by))
                        .toList();
        for (Reply<Tasks.Step> end : store.tasks().finishAll(ends)) {
            Tasks.Step _ = end.orThrow();
        }
    }

    private List<TaskRow> open(List<Long> asked) {
        TaskQuery open = TaskQuery.notEnded(Set.copyOf(asked), null, Cancelation.TASKS_MAX);
        return store.tasks().list(ReadLevel.LOCAL, open).tasks();
    }

    private static Finish canceled(TaskRow task, long by) {
        return new Finish(
                task.uid(),
                Finish.NO_LANE,
                TaskStatus.CANCELED,
                TaskDuty.remains(task),
                null,
                by,
                List.of());
    }

    // It ends when its turn in its lane has come, dropped or not.
    private void awaitEnd(long uid) throws InterruptedException {
        while (store.tasks().get(ReadLevel.LOCAL, uid).stream()
                .anyMatch(task -> !task.status().terminal())) {
            Thread.sleep(LOOK_AGAIN);
        }
    }

    // Who runs the lane ends it when its turn has come, or has begun with it.
    private void awaitTurn(long uid) throws InterruptedException {
        while (store.tasks().get(ReadLevel.LOCAL, uid).stream()
                .anyMatch(t -> CancelPlan.isWaitingForTurn(t) || CancelPlan.isMaking(t))) {
            Thread.sleep(LOOK_AGAIN);
        }
    }

    /** What was dropped, now or before; nobody knows yet whether a node was quicker. */
    private List<CancelPlan.Unit> drop(List<Long> asked) {
        List<CancelPlan.Unit> units = CancelPlan.of(new HashSet<>(asked), unfinished(asked));
        Map<CancelPlan.NodeTask, CancelPlan.Held> held = new HashMap<>();
        units.forEach(unit -> held.putAll(unit.held()));
        Set<CancelPlan.NodeTask> droppable = droppable(held);
        Set<CancelPlan.NodeTask> all = new HashSet<>();
        List<CancelPlan.Unit> dropped = new ArrayList<>();
        for (CancelPlan.Unit unit : units) {
            Set<CancelPlan.NodeTask> tasks = unit.dropped(droppable);
            if (!tasks.isEmpty()) {
                dropped.add(unit);
                all.addAll(tasks);
            }
        }
        ask(all, Canceler::cancel, (_, _) -> {});
        return dropped;
    }

    private List<TaskRow> unfinished(List<Long> asked) {
        Set<String> lanes =
                open(asked).stream()
                        .filter(CancelPlan::isCancelable)
                        .flatMap(task -> Optional.ofNullable(task.origin()).stream())
                        .map(TaskRow.Origin::lane)
                        .collect(Collectors.toCollection(TreeSet::new));
        return lanes.stream()
                .flatMap(lane -> store.tasks().unfinished(ReadLevel.LOCAL, lane).stream())
                .toList();
    }

    /** Those that nodes can drop, or have dropped already. */
    private Set<CancelPlan.NodeTask> droppable(Map<CancelPlan.NodeTask, CancelPlan.Held> held) {
        Set<CancelPlan.NodeTask> droppable = new HashSet<>();
        ask(
                held.keySet(),
                Canceler::look,
                (node, answer) -> {
                    for (JsonNode task : answer.path("results")) {
                        var key = new CancelPlan.NodeTask(node, task.path("uid").asLong());
                        CancelPlan.Held known = held.get(key);
                        if (known != null && known.isDroppable(task)) {
                            droppable.add(key);
                        }
                    }
                });
        return droppable;
    }

    private static NodeRequest look(String uids) {
        return NodeRequest.get("tasks", "/tasks?limit=" + NODE_TASKS_MAX + "&uids=" + uids, TIMEOUT)
                .expecting(AnswerShape.TASKS);
    }

    private static NodeRequest cancel(String uids) {
        return new NodeRequest("cancel", "POST", "/tasks/cancel?uids=" + uids, null, TIMEOUT);
    }

    /**
     * Asks nodes of their tasks, all at once and of so many at a time. One that does not answer is
     * asked no further: each question to a node that hangs would take the whole of its time.
     */
    private void ask(
            Set<CancelPlan.NodeTask> tasks,
            Function<String, NodeRequest> request,
            BiConsumer<String, JsonNode> told) {
        Map<String, Deque<Long>> left = new TreeMap<>();
        for (CancelPlan.NodeTask task : tasks) {
            left.computeIfAbsent(task.nodeId(), _ -> new ArrayDeque<>()).add(task.uid());
        }
        while (!left.isEmpty()) {
            Map<String, NodeRequest> requests = new TreeMap<>();
            left.forEach((node, uids) -> requests.put(node, request.apply(some(uids))));
            left.values().removeIf(Deque::isEmpty);
            nodes.askAll(requests)
                    .forEach(
                            (node, reply) -> {
                                switch (reply) {
                                    case NodeReply.Answer answer ->
                                            told.accept(node, answer.body());
                                    case NodeReply.Refusal _ -> {}
                                    case NodeReply.Failure _ -> left.remove(node);
                                }
                            });
        }
    }

    private static String some(Deque<Long> uids) {
        StringJoiner some = new StringJoiner(",");
        for (int i = 0; i < NODE_TASKS_MAX && !uids.isEmpty(); i++) {
            some.add(Long.toString(uids.remove()));
        }
        return some.toString();
    }
}
