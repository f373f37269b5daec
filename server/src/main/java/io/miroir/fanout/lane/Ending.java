package io.miroir.fanout.lane;

import io.miroir.api.Json;
import io.miroir.store.ReadLevel;
import io.miroir.store.task.Finish;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A task whose end is clear.
 *
 * @param canceledBy the task that cancelled it, if one did
 */
record Ending(Line.Head head, Completion end, @Nullable Long canceledBy) {
    static Ending of(Line.Head head, Completion end) {
        return new Ending(head, end, null);
    }

    /**
     * What open cancelations ask for, by task, as far as that matters to tasks whose turn it is.
     */
    static Map<Long, Long> asking(List<Line.Head> heads, Tasks tasks) {
        return heads.stream().allMatch(head -> head.task().isSent())
                ? Map.of()
                : Cancelation.open(tasks);
    }

    /**
     * Of a task whose turn it is and that no node has heard of: if it was not begun with, and a
     * cancelation asks for it.
     *
     * @param asking for each task that open cancelations ask for, one that does
     */
    static Optional<Ending> canceled(Line.Head head, Tasks tasks, Map<Long, Long> asking) {
        Tracked task = head.task();
        // An owner before may have begun, and this pod not have heard of it.
        return Optional.ofNullable(asking.get(task.uid()))
                .filter(
                        _ ->
                                !task.isSent()
                                        && tasks.get(ReadLevel.LINEARIZABLE, task.uid()).stream()
                                                .anyMatch(
                                                        row -> row.status() == TaskStatus.ENQUEUED))
                .map(by -> new Ending(head, Completion.canceled(task), by));
    }

    /**
     * Of a task that made its index, which goes.
     *
     * @param asking for each task that open cancelations ask for, one that does
     */
    static Ending undone(Line.Head head, Map<Long, Long> asking) {
        return new Ending(head, Completion.undone(head.task()), asking.get(head.task().uid()));
    }

    /** The same; those that nodes dropped are told by whom they were cancelled. */
    static List<Ending> attributed(List<Ending> endings, Tasks tasks) {
        if (endings.stream().noneMatch(Ending::isUnattributed)) {
            return endings;
        }
        Map<Long, Long> asking = Cancelation.asking(tasks);
        return endings.stream()
                .map(one -> one.isUnattributed() ? one.by(asking.get(one.task().uid())) : one)
                .toList();
    }

    /** Whether nodes may keep an index that goes by it, or that it was to take from them. */
    boolean mayLeaveIndex() {
        return DropJobs.delete(end.effects())
                || (task().type() == TaskType.INDEX_DELETION
                        && !task().accepted().keySet().stream()
                                .allMatch(node -> isWithoutIndex(head.results().get(node))));
    }

    private static boolean isWithoutIndex(@Nullable NodeResult result) {
        return result instanceof NodeResult.Succeeded
                || (result instanceof NodeResult.Failed failed
                        && failed.error().path("code").asString("").equals("index_not_found"));
    }

    boolean isCanceled() {
        return end.status() == TaskStatus.CANCELED;
    }

    private boolean isUnattributed() {
        return isCanceled() && canceledBy == null;
    }

    private Ending by(@Nullable Long cancelation) {
        return cancelation == null
                ? new Ending(head, end.unasked(), null)
                : new Ending(head, end, cancelation);
    }

    Tracked task() {
        return head.task();
    }

    /** For the store. */
    Finish command() {
        return new Finish(
                task().uid(),
                task().place().epoch(),
                end.status(),
                task().details().finished(end.visible()).stored(),
                end.error() == null ? null : Json.text(end.error()),
                canceledBy,
                end.allEffects(task().place().incarnation()));
    }
}
