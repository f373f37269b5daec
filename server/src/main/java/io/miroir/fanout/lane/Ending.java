package io.miroir.fanout.lane;

import io.miroir.api.Json;
import io.miroir.store.ReadLevel;
import io.miroir.store.task.Finish;
import io.miroir.store.task.TaskStatus;
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
     * Of settings whose turn it is: if they were not begun with, and a cancelation asks for them.
     */
    static Optional<Ending> canceled(Line.Head head, Tasks tasks) {
        Tracked task = head.task();
        // An owner before may have begun, and this pod not have heard of it.
        return Cancelation.open(tasks, task.uid())
                .filter(
                        _ ->
                                tasks.get(ReadLevel.LINEARIZABLE, task.uid()).stream()
                                        .anyMatch(row -> row.status() == TaskStatus.ENQUEUED))
                .map(by -> new Ending(head, Completion.canceled(task), by));
    }

    /** The same; those that nodes dropped are told by whom they were cancelled. */
    static List<Ending> attributed(List<Ending> endings, Tasks tasks) {
        if (endings.stream().noneMatch(Ending::isCanceled)) {
            return endings;
        }
        Map<Long, Long> asking = Cancelation.asking(tasks);
        return endings.stream()
                .map(one -> one.isCanceled() ? one.by(asking.get(one.task().uid())) : one)
                .toList();
    }

    private boolean isCanceled() {
        return end.status() == TaskStatus.CANCELED;
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
