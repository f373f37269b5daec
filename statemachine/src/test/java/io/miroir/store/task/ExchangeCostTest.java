package io.miroir.store.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.proto.store.Batch;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.EnqueueTask;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.store.engine.StoreEngine;
import io.miroir.store.engine.WatchHub;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where two names are exchanged, by a swap or a rename, the tasks of these two are looked at, and
 * none of others, however many there are.
 */
class ExchangeCostTest {
    private static final int TASKS = 2_000;
    private static final int NAMES = 20;

    @SuppressWarnings("NullAway.Init")
    private Database database;

    @SuppressWarnings("NullAway.Init")
    private TaskIndex index;

    @BeforeEach
    void tasksOfManyNames(@TempDir Path dir) {
        database = new DatabaseFiles(dir, Durability.BEHIND_A_LOG).open();
        StoreEngine engine = new StoreEngine(database, new WatchHub(0));
        Batch.Builder batch = Batch.newBuilder();
        for (int uid = 0; uid < TASKS; uid++) {
            EnqueueTask.Builder task = EnqueueTask.newBuilder().setIndexUid(name(uid % NAMES));
            batch.addCommand(Command.newBuilder().setEnqueueTask(task));
        }
        engine.apply(1, 1, RandomTasks.TIME, batch.build());
        engine.commit();
        index = engine.tasks();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void tasksOfOtherNamesAreNotLookedAt() {
        assertEquals(uids(3, 7), index.mayBeOf(Set.of(name(3), name(7)), List.of()));
        assertEquals(uids(3, 3), index.mayBeOf(Set.of(name(3)), List.of()));
        assertEquals(List.of(), index.mayBeOf(Set.of("nobody's"), List.of()));
    }

    /** What is not committed is in no list of tasks yet, but other names may be theirs by now. */
    @Test
    void whatTheOpenTransactionDidIsLookedAtToo() {
        TaskDelta other = born(TASKS, name(8));
        TaskDelta same = born(TASKS + 1, name(3));
        TaskDelta spoken = new TaskDelta.Named(5, List.of("x", name(3)));
        assertEquals(
                plus(plus(uids(3, 3), 5), TASKS + 1),
                index.mayBeOf(Set.of(name(3)), List.of(other, same, spoken)));
        // Tasks of the second name come by the third to the first.
        List<TaskDelta> moved =
                List.of(
                        same,
                        new TaskDelta.Exchanged(name(3), name(4), List.of()),
                        new TaskDelta.Exchanged(name(4), "x", List.of()),
                        new TaskDelta.Exchanged(name(9), name(10), List.of()));
        List<Long> found = index.mayBeOf(Set.of("x"), moved);
        assertEquals(plus(uids(3, 4), TASKS + 1), found);
    }

    private static TaskDelta born(long uid, String name) {
        return new TaskDelta.Born(
                uid,
                new TaskDelta.Facets(TaskStatus.ENQUEUED, TaskType.DUMP_CREATION, name, null),
                new TaskRow.Dates(RandomTasks.TIME, null, null));
    }

    private static String name(int number) {
        return "index-" + number;
    }

    /** Of two names. */
    private static List<Long> uids(int one, int other) {
        return LongStream.range(0, TASKS)
                .filter(uid -> uid % NAMES == one || uid % NAMES == other)
                .boxed()
                .toList();
    }

    private static List<Long> plus(List<Long> uids, long uid) {
        return LongStream.concat(uids.stream().mapToLong(Long::longValue), LongStream.of(uid))
                .sorted()
                .boxed()
                .toList();
    }
}
