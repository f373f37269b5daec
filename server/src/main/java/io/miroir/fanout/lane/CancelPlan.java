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

/**
 * What nodes may drop for tasks that are to be cancelled (protocol, rule 6): documents with which
 * no node has begun. Writes that share a request are dropped together or not at all, and nothing is
 * dropped that later tasks of the index rely on.
 */
final class CancelPlan {
    private CancelPlan() {}

    /** A node's own task. */
    record NodeTask(String nodeId, long uid) {}

    /**
     * Tasks that are cancelled together or not at all.
     *
     * @param tasks their uids
     * @param marks what each of their node tasks must hold
     */
    record Unit(Set<Long> tasks, Map<NodeTask, String> marks) {
        private static Unit of(Group group) {
            return new Unit(
                    group.tasks.stream().map(TaskRow::uid).collect(Collectors.toSet()),
                    Map.copyOf(group.marks));
        }
    }

    private static final class Group {
        private final List<TaskRow> tasks = new ArrayList<>();
        private final Map<NodeTask, String> marks = new HashMap<>();

        private void holds(Tracked task) {
            task.accepted()
                    .forEach((node, uid) -> marks.put(new NodeTask(node, uid), task.marked()));
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
        for (NodeTask held : group.marks.keySet()) {
            Group other = groups.get(held);
            if (other != null) {
                others.add(other);
            }
        }
        for (Group other : others) {
            group.tasks.addAll(other.tasks);
            other.marks.forEach(group.marks::putIfAbsent);
        }
        group.marks.keySet().forEach(held -> groups.put(held, group));
    }

    /** Whether a task may be cancelled at all, as far as it is known without asking nodes. */
    static boolean isCancelable(TaskRow task) {
        if (task.status() != TaskStatus.ENQUEUED || task.origin() == null) {
            return false;
        }
        Details details = Details.parse(task.detailsJson());
        return task.type().changesDocuments()
                && !task.origin().accepted().isEmpty()
                && !details.creates()
                && !details.choosesKey()
                && details.error() == null;
    }

    /**
     * Whether it is a task of settings that waits for its turn: no node is asked before, and later
     * settings are changes of what is in force by then. What makes its index is not one.
     */
    static boolean isWaitingSettings(TaskRow task) {
        if (task.status() != TaskStatus.ENQUEUED || task.type() != TaskType.SETTINGS_UPDATE) {
            return false;
        }
        Details details = Details.parse(task.detailsJson());
        return task.origin() != null && !details.creates() && details.error() == null;
    }
}
