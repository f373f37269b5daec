package io.miroir.store.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.miroir.proto.store.Barrier;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.Bind;
import io.miroir.proto.store.ClaimLane;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.DeleteTasks;
import io.miroir.proto.store.Effect;
import io.miroir.proto.store.EnqueueTask;
import io.miroir.proto.store.FinishTask;
import io.miroir.proto.store.IndexCreated;
import io.miroir.proto.store.IndexesSwapped;
import io.miroir.proto.store.Intend;
import io.miroir.proto.store.StartTask;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.store.engine.StoreEngine;
import io.miroir.store.engine.WatchHub;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 25: queries from bitmaps answer what reading every row would. */
class TaskIndexTest {
    private static final long TIME = 1_767_225_600_000_000L;
    private static final int INDEXES = 9;

    @Test
    void anyMixOfFiltersAnswersWhatReadingEveryRowWould(@TempDir Path dir) {
        for (long seed : new long[] {1, 2, 3}) {
            try (Database database = open(dir.resolve("s" + seed))) {
                Random random = new Random(seed);
                StoreEngine engine = new StoreEngine(database, new WatchHub(0));
                int hits = 0;
                for (int round = 1; round <= 12; round++) {
                    // Enough tasks for several blocks of dates, and deletes that join them.
                    engine.apply(round, 1, TIME + round * 500L, batch(random, round));
                    engine.commit();
                    hits += compare(random, engine, database, "seed " + seed + " round " + round);
                }
                assertTrue(hits > 500, "queries that match nothing show nothing: " + hits);
            }
        }
    }

    @Test
    void anIndexThatIsLoadedAnswersAsOneThatWasFed(@TempDir Path dir) {
        // After a restart and after an installed snapshot; also with more names than bitmaps.
        try (Database database = open(dir)) {
            Random random = new Random(7);
            StoreEngine engine = new StoreEngine(database, new WatchHub(0));
            for (int round = 1; round <= 12; round++) {
                engine.apply(round, 1, TIME + round * 500L, batch(random, round));
                engine.commit();
            }
            TaskIndex loaded = TaskIndex.load(database.writer());
            TaskIndex narrow = TaskIndex.load(database.writer(), 2);
            Set<String> names = engine.tasks().indexUids(database.writer());
            assertTrue(names.size() > 2, names::toString);
            assertEquals(names, loaded.indexUids(database.writer()));
            assertEquals(names, narrow.indexUids(database.writer()));
            for (int i = 0; i < 300; i++) {
                TaskQuery query = query(random, 4_000);
                Tasks.TaskUids fed = engine.tasks().find(database.writer(), query);
                assertEquals(fed, loaded.find(database.writer(), query), query.toString());
                assertEquals(fed, narrow.find(database.writer(), query), query.toString());
            }
        }
    }

    @Test
    void exchangedNamesAreFoundAsReadingEveryRowWould(@TempDir Path dir) {
        // Two indexes, tasks of both, and one that keeps its names until it has exchanged them.
        try (Database database = open(dir)) {
            StoreEngine engine = new StoreEngine(database, new WatchHub(0));
            long round = 0;
            for (Command command : swap()) {
                engine.apply(
                        ++round, 1, TIME + round, Batch.newBuilder().addCommand(command).build());
                engine.commit();
                for (int keysMax : new int[] {1, 2, 64}) {
                    TaskIndex loaded = TaskIndex.load(database.writer(), keysMax);
                    for (String name : List.of("a", "b", "c")) {
                        List<Long> rows =
                                database.writer()
                                        .all(
                                                "SELECT uid FROM tasks WHERE index_uid = ?1 UNION"
                                                        + " SELECT task_uid FROM task_names WHERE"
                                                        + " index_uid = ?1 ORDER BY 1 DESC",
                                                row -> row.number(1),
                                                name);
                        TaskQuery query = named(name);
                        assertEquals(rows, loaded.find(database.writer(), query).uids());
                        assertEquals(rows, engine.tasks().find(database.writer(), query).uids());
                    }
                }
            }
            List<Long> ofA = engine.tasks().find(database.writer(), named("a")).uids();
            assertEquals(List.of(4L, 3L, 1L), ofA);
        }
    }

    private static TaskQuery named(String index) {
        return new TaskQuery(
                null,
                null,
                null,
                null,
                Set.of(index),
                null,
                TaskQuery.DateBounds.OPEN,
                TaskQuery.DateBounds.OPEN,
                TaskQuery.DateBounds.OPEN,
                null,
                100,
                false);
    }

    /** Tasks 0 of a, 1 of b, 2 of a; 3 exchanges them; 4 of a. */
    private static List<Command> swap() {
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String lane = i == 1 ? "b" : "a";
            int epoch = i + 1;
            Bind.Builder bind = Bind.newBuilder().setLane(lane).setEpoch(epoch).setPosition(1);
            if (i == 2) {
                bind.setPosition(2);
            } else {
                bind.addEffect(
                        Effect.newBuilder()
                                .setCreated(
                                        IndexCreated.newBuilder()
                                                .setUid(lane)
                                                .setIncarnation(epoch)
                                                .setShards(4)));
            }
            commands.add(
                    Command.newBuilder()
                            .setClaimLane(ClaimLane.newBuilder().setLane(lane).setPodId("p"))
                            .build());
            commands.add(intend(lane, lane, epoch));
            commands.add(Command.newBuilder().setBind(bind).build());
        }
        commands.add(intend("a", "", 3));
        commands.add(
                Command.newBuilder()
                        .setBind(
                                Bind.newBuilder()
                                        .setLane("a")
                                        .setEpoch(3)
                                        .setPosition(3)
                                        .setType(TaskType.INDEX_UPDATE.code())
                                        .addEffect(
                                                Effect.newBuilder()
                                                        .setBarrier(
                                                                Barrier.newBuilder()
                                                                        .addIndexUid("a")
                                                                        .addIndexUid("b"))))
                        .build());
        for (long uid = 0; uid < 4; uid++) {
            FinishTask.Builder finish =
                    FinishTask.newBuilder().setUid(uid).setEpoch(uid == 1 ? 2 : 3).setStatus(2);
            if (uid == 3) {
                finish.addEffect(
                        Effect.newBuilder()
                                .setSwapped(
                                        IndexesSwapped.newBuilder()
                                                .setIncarnation(1)
                                                .setOtherIncarnation(2)));
            }
            commands.add(Command.newBuilder().setFinishTask(finish).build());
        }
        commands.add(
                Command.newBuilder()
                        .setEnqueueTask(EnqueueTask.newBuilder().setIndexUid("a"))
                        .build());
        return commands;
    }

    private static Command intend(String lane, String index, long epoch) {
        return Command.newBuilder()
                .setIntend(
                        Intend.newBuilder()
                                .setLane(lane)
                                .setEpoch(epoch)
                                .setIndexUid(index)
                                .setBodySha256(ByteString.copyFrom(new byte[32])))
                .build();
    }

    /** Answers how many tasks were found in all. */
    private static int compare(
            Random random, StoreEngine engine, Database database, String context) {
        List<TaskRow> rows =
                database
                        .writer()
                        .all("SELECT uid FROM tasks ORDER BY uid", row -> row.number(1))
                        .stream()
                        .map(uid -> TaskReads.get(database.writer(), uid).orElseThrow())
                        .toList();
        int hits = 0;
        for (int i = 0; i < 40; i++) {
            TaskQuery query = query(random, rows.size() + 50);
            TaskPage page = TaskReads.list(engine.tasks(), database.writer(), query);
            List<TaskRow> matching = new ArrayList<>();
            rows.stream().filter(row -> naive(query, row)).forEach(matching::add);
            assertEquals(matching.size(), page.total(), context + ": " + query);
            if (!query.reverse()) {
                matching = matching.reversed();
            }
            List<TaskRow> behind =
                    matching.stream()
                            .filter(row -> query.from() == null || after(query, row.uid()))
                            .toList();
            int end = Math.min(query.limit(), behind.size());
            assertEquals(behind.subList(0, end), page.tasks(), context + ": " + query);
            Long next = end < behind.size() ? (Long) behind.get(end).uid() : null;
            assertEquals(next, page.next(), context + ": " + query);
            hits += page.tasks().size();
        }
        return hits;
    }

    private static boolean after(TaskQuery query, long uid) {
        long from = query.from() == null ? 0 : query.from();
        return query.reverse() ? uid >= from : uid <= from;
    }

    private static boolean naive(TaskQuery q, TaskRow row) {
        boolean sets =
                (q.uids() == null || q.uids().contains(row.uid()))
                        && (q.statuses() == null || q.statuses().contains(row.status()))
                        && (q.types() == null || q.types().contains(row.type()));
        boolean batch =
                q.batchUids() == null
                        || (row.batchUid() != null && q.batchUids().contains(row.batchUid()));
        boolean index =
                q.indexUids() == null
                        || (row.indexUid() != null && q.indexUids().contains(row.indexUid()));
        boolean canceler =
                q.canceledBy() == null
                        || (row.canceledBy() != null && q.canceledBy().contains(row.canceledBy()));
        return sets
                && batch
                && index
                && canceler
                && naive(q.enqueued(), row.dates().enqueuedAt())
                && naive(q.started(), row.dates().startedAt())
                && naive(q.finished(), row.dates().finishedAt());
    }

    private static boolean naive(TaskQuery.DateBounds bounds, @Nullable Long date) {
        if (bounds.afterMicros() != null && (date == null || date <= bounds.afterMicros())) {
            return false;
        }
        return bounds.beforeMicros() == null || (date != null && date < bounds.beforeMicros());
    }

    // ---- random data

    private static Batch batch(Random random, int round) {
        Batch.Builder batch = Batch.newBuilder();
        int known = round * 330;
        for (int i = 0; i < 900; i++) {
            batch.addCommand(command(random, known));
        }
        if (round % 4 == 0) {
            // A hole over several blocks.
            DeleteTasks.Builder delete = DeleteTasks.newBuilder();
            for (long uid = known / 2; uid < known; uid++) {
                delete.addUid(uid);
            }
            batch.addCommand(Command.newBuilder().setDeleteTasks(delete));
        }
        return batch.build();
    }

    private static Command.Builder command(Random random, int known) {
        Command.Builder command = Command.newBuilder();
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> {
                EnqueueTask.Builder enqueue = EnqueueTask.newBuilder().setType(random.nextInt(16));
                // A swap is of no index.
                if (random.nextInt(5) > 0 && enqueue.getType() != TaskType.INDEX_SWAP.code()) {
                    enqueue.setIndexUid("index-" + random.nextInt(INDEXES));
                }
                if (random.nextInt(5) == 0) {
                    enqueue.setTerminalStatus(2 + random.nextInt(2));
                }
                yield command.setEnqueueTask(enqueue);
            }
            case 3, 4 -> command.setStartTask(StartTask.newBuilder().setUid(random.nextInt(known)));
            case 5, 6 -> {
                FinishTask.Builder finish =
                        FinishTask.newBuilder()
                                .setUid(random.nextInt(known))
                                .setStatus(2 + random.nextInt(3));
                if (finish.getStatus() == TaskStatus.CANCELED.code()) {
                    finish.setCanceledBy(random.nextInt(6));
                }
                yield command.setFinishTask(finish);
            }
            default ->
                    command.setDeleteTasks(DeleteTasks.newBuilder().addUid(random.nextInt(known)));
        };
    }

    private static TaskQuery query(Random random, int uids) {
        IntFunction<@Nullable Set<Long>> uidSet =
                oneIn ->
                        random.nextInt(oneIn) > 0
                                ? null
                                : set(random, 60, i -> (long) random.nextInt(uids));
        return new TaskQuery(
                uidSet.apply(8),
                uidSet.apply(8),
                random.nextBoolean()
                        ? null
                        : set(random, 4, _ -> TaskStatus.ofCode(random.nextInt(5))),
                random.nextBoolean()
                        ? null
                        : set(random, 9, _ -> TaskType.ofCode(random.nextInt(16))),
                random.nextBoolean()
                        ? null
                        : set(random, 4, _ -> "index-" + random.nextInt(INDEXES + 1)),
                random.nextInt(6) > 0 ? null : set(random, 4, _ -> (long) random.nextInt(6)),
                bounds(random),
                bounds(random),
                bounds(random),
                random.nextInt(3) > 0 ? null : (Long) (long) random.nextInt(uids),
                random.nextInt(50),
                random.nextBoolean());
    }

    private static TaskQuery.DateBounds bounds(Random random) {
        return new TaskQuery.DateBounds(
                random.nextInt(4) > 0 ? null : (Long) (TIME + random.nextInt(14) * 500L - 1),
                random.nextInt(4) > 0 ? null : (Long) (TIME + random.nextInt(14) * 500L));
    }

    private static <T> Set<T> set(Random random, int sizeMax, LongFunction<T> element) {
        Set<T> set = new HashSet<>();
        int size = random.nextInt(sizeMax);
        for (int i = 0; i < size; i++) {
            set.add(element.apply(i));
        }
        return set;
    }

    private static Database open(Path dir) {
        return new DatabaseFiles(dir, Durability.BEHIND_A_LOG).open();
    }
}
