package io.miroir.fanout.lane;

import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * What nodes may drop for tasks that are to be cancelled (protocol, rule 6): documents with which
 * no node has begun, and compactions, which leave an index as it was. Writes that share a request
 * are dropped together or not at all, and nothing is dropped that later tasks of the index rely on.
 */
final class CancelPlan {
    private CancelPlan() {}

    /** A node's own task. */
    record NodeTask(String nodeId, long uid) {}

    /**
     * Tasks that are cancelled together or not at all.
     *
     * @param tasks their uids
     * @param held what each of their node tasks is
     */
    record Unit(Set<Long> tasks, Map<NodeTask, Held> held) {
        private static Unit of(Group group) {
            return new Unit(
                    group.tasks.stream().map(TaskRow::uid).collect(Collectors.toSet()),
                    Map.copyOf(group.held));
        }

        /**
         * The node tasks that are to be dropped.
         *
         * @param droppable those that their nodes can drop
         */
        Set<NodeTask> dropped(Set<NodeTask> droppable) {
            Set<NodeTask> dropped = new HashSet<>(held.keySet());
            dropped.retainAll(droppable);
            boolean all = dropped.size() == held.size();
            return all || held.values().stream().allMatch(Held::compacts) ? dropped : Set.of();
        }
    }

    /**
     * What a node's task is.
     *
     * @param mark what it carries, unless it compacts: then nodes keep no more than what it is
     * @param physicalUid the index
     */
    record Held(boolean compacts, String mark, String physicalUid) {
        private static Held of(Tracked task) {
            return new Held(
                    task.type() == TaskType.INDEX_COMPACTION, task.marked(), task.physicalUid());
        }

        /** Whether its node can drop a task, or has, and it is this one. */
        boolean isDroppable(JsonNode nodeTask) {
            boolean same =
                    compacts
                            ? nodeTask.path("type")
                                            .asString("")
                                            .equals(TaskType.INDEX_COMPACTION.wireName())
                                    && nodeTask.path("indexUid").asString("").equals(physicalUid)
                            : Mark.covers(nodeTask.path("customMetadata").asString(""), mark);
            return same
                    && switch (nodeTask.path("status").asString("")) {
                        case "enqueued", "canceled" -> true;
                        case "processing" -> compacts;
                        default -> false;
                    };
        }
    }

    private static final class Group {
        private final List<TaskRow> tasks = new ArrayList<>();
        private final Map<NodeTask, Held> held = new HashMap<>();

        private void holds(Tracked task) {
            task.accepted()
                    .forEach((node, uid) -> held.put(new NodeTask(node, uid), Held.of(task)));
        }
    }

    /**
     * The units that the tasks to cancel make up wholly.
     *
     * @param asked uids of tasks to cancel
     * @param unfinished all tasks of their lanes that have not ended
     */
    static List<Unit> of(Set<Long> asked, List<TaskRow> unfinished) {
        Map<NodeTask, Group> groups = new HashMap<>();
        for (TaskRow task : unfinished) {
            join(task, groups);
        }
        return groups.values().stream()
                .distinct()
                .filter(group -> group.tasks.stream().allMatch(task -> mayGo(task, asked)))
                .map(Unit::of)
                .toList();
    }

    private static boolean mayGo(TaskRow task, Set<Long> asked) {
        return asked.contains(task.uid()) && isCancelable(task);
    }

    private static void join(TaskRow task, Map<NodeTask, Group> groups) {
        Group group = new Group();
        group.tasks.add(task);
        Tracked.of(task, 0).ifPresent(group::holds);
        Set<Group> others = new HashSet<>();
        for (NodeTask held : group.held.keySet()) {
            Group other = groups.get(held);
            if (other != null) {
                others.add(other);
            }
        }
        for (Group other : others) {
            group.tasks.addAll(other.tasks);
            other.held.forEach(group.held::putIfAbsent);
        }
        group.held.keySet().forEach(held -> groups.put(held, group));
    }

    /** Whether nodes may drop a task, as far as it is known without asking them. */
    static boolean isCancelable(TaskRow task) {
        if (task.status().terminal()
                || task.origin() == null
                || task.origin().accepted().isEmpty()) {
            return false;
        }
        if (task.type() == TaskType.INDEX_COMPACTION) {
            return true;
        }
        Details details = Details.parse(task.detailsJson());
        return task.status() == TaskStatus.ENQUEUED
                && task.type().changesDocuments()
                && !details.creates()
                && !details.choosesKey()
                && details.error() == null;
    }

    /**
     * Whether it makes its index: it is taken back when nodes are done with it, if nothing comes
     * behind it that is to stay.
     */
    static boolean isMaking(TaskRow task) {
        return !task.status().terminal()
                && task.origin() != null
                && Details.parse(task.detailsJson()).creates();
    }

    /**
     * Whether it waits for its turn in its lane, and no node is asked before: settings, and names
     * that move. Later tasks are decided on what is the case by then. An index that is deleted is
     * gone from the catalogue already, and what a lost owner left nodes may have.
     */
    static boolean isWaitingForTurn(TaskRow task) {
        if (task.status() != TaskStatus.ENQUEUED
                || task.origin() == null
                || !task.origin().accepted().isEmpty()) {
            return false;
        }
        Details details = Details.parse(task.detailsJson());
        return !details.creates()
                && details.sentAs() == null
                && task.type() != TaskType.INDEX_DELETION;
    }
}
