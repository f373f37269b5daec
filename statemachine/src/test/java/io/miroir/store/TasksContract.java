package io.miroir.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.task.Finish;
import io.miroir.store.task.IndexNames;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskPage;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tasks outside lanes, of every backend alike. */
public interface TasksContract {
    ReadLevel READ = ReadLevel.LINEARIZABLE;

    TaskStore store();

    @Test
    default void tasksAreListedWithFiltersPagesAndTotal() {
        // GET /tasks: newest first, `from` inclusive, `next` names the next page, total ignores it.
        long first = newTask("list-a", TaskType.INDEX_CREATION, null);
        newTask("list-b", TaskType.DUMP_CREATION, TaskStatus.SUCCEEDED);
        newTask("list-a", TaskType.SETTINGS_UPDATE, TaskStatus.FAILED);
        long last = newTask("list-a", TaskType.INDEX_UPDATE, null);

        TaskPage page = store().tasks().list(READ, query(Set.of("list-a"), null, null, 2, false));
        assertEquals(3, page.total());
        assertEquals(2, page.tasks().size());
        assertEquals(last, page.tasks().getFirst().uid());
        assertEquals(first, page.next());
        TaskPage rest =
                store().tasks().list(READ, query(Set.of("list-a"), null, page.next(), 2, false));
        assertEquals(List.of(first), rest.tasks().stream().map(TaskRow::uid).toList());
        assertEquals(null, rest.next());
        TaskPage reverse =
                store().tasks().list(READ, query(Set.of("list-a"), null, first + 1, 9, true));
        assertEquals(2, reverse.tasks().size());
        assertEquals(3, reverse.total());
        TaskPage failed =
                store().tasks()
                        .list(
                                READ,
                                query(
                                        Set.of("list-a", "list-b"),
                                        Set.of(TaskStatus.FAILED),
                                        null,
                                        9,
                                        false));
        assertEquals(1, failed.total());
        assertEquals(0, store().tasks().list(READ, query(Set.of(), null, null, 9, false)).total());

        long enqueued = page.tasks().getFirst().dates().enqueuedAt();
        TaskQuery before =
                new TaskQuery(
                        null,
                        null,
                        null,
                        Set.of(TaskType.INDEX_UPDATE),
                        IndexNames.of(Set.of("list-a")),
                        null,
                        new TaskQuery.DateBounds(enqueued - 1, enqueued + 1),
                        TaskQuery.DateBounds.OPEN,
                        TaskQuery.DateBounds.OPEN,
                        null,
                        9,
                        false);
        assertEquals(1, store().tasks().list(READ, before).total());

        // Only finished tasks are forgotten.
        List<Long> all = List.of(first, first + 1, first + 2, last);
        assertEquals(2, store().tasks().delete(all).orThrow());
        assertTrue(store().tasks().get(READ, first).isPresent());
        assertTrue(store().tasks().get(READ, first + 2).isEmpty());
    }

    @Test
    default void endedTasksComeInTheOrderInWhichTheyEnded() {
        long open = newTask("ends", TaskType.INDEX_CREATION, null);
        long first = newTask("ends", TaskType.INDEX_UPDATE, TaskStatus.SUCCEEDED);
        long since =
                Objects.requireNonNull(
                        store().tasks().get(READ, first).orElseThrow().dates().finishedAt());
        assertEquals(List.of(first), ended(since, 9));
        assertEquals(List.of(), ended(since + 3_600_000_000L, 9));
        // What began earlier ends later.
        Finish finish = Finish.of(open, Finish.NO_LANE, TaskStatus.FAILED, null, null, List.of());
        store().tasks().finish(finish).orThrow();
        assertEquals(List.of(first, open), ended(since, 9));
        assertEquals(List.of(first), ended(since, 1));
    }

    private List<Long> ended(long since, int limit) {
        return store().tasks().ended(READ, since, limit).stream()
                .filter(task -> "ends".equals(task.indexUid()))
                .map(TaskRow::uid)
                .toList();
    }

    private long newTask(String index, TaskType type, @Nullable TaskStatus end) {
        Tasks.Birth birth =
                store().tasks().enqueue(NewTask.of(type, index, "{}", end, null)).orThrow();
        return ((Tasks.Birth.Enqueued) birth).uid();
    }

    private static TaskQuery query(
            Set<String> indexes,
            @Nullable Set<TaskStatus> statuses,
            @Nullable Long from,
            int limit,
            boolean reverse) {
        return new TaskQuery(
                null,
                null,
                statuses,
                null,
                IndexNames.of(indexes),
                null,
                TaskQuery.DateBounds.OPEN,
                TaskQuery.DateBounds.OPEN,
                TaskQuery.DateBounds.OPEN,
                from,
                limit,
                reverse);
    }
}
