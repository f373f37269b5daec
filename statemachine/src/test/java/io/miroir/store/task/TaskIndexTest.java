package io.miroir.store.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.miroir.proto.store.Barrier;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.Bind;
import io.miroir.proto.store.ClaimLane;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.Effect;
import io.miroir.proto.store.EnqueueTask;
import io.miroir.proto.store.FinishTask;
import io.miroir.proto.store.IndexCreated;
import io.miroir.proto.store.IndexesSwapped;
import io.miroir.proto.store.Intend;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.sqlite.Sql;
import io.miroir.store.engine.StoreEngine;
import io.miroir.store.engine.WatchHub;
import io.miroir.store.lane.Lanes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 25: queries from bitmaps answer what reading every row would. */
class TaskIndexTest {
    private static final long TIME = RandomTasks.TIME;
    private static final TaskQuery ALL = TaskQuery.newest(TaskQuery.LIMIT_MAX);
    private static final String OF_INDEX =
            "SELECT uid FROM tasks WHERE index_uid = ?1 UNION SELECT task_uid FROM task_names WHERE"
                    + " index_uid = ?1 ORDER BY 1 DESC";

    @Test
    void anyMixOfFiltersAnswersWhatReadingEveryRowWould(@TempDir Path dir) {
        for (long seed : new long[] {1, 2, 3}) {
            try (Database database = open(dir.resolve("s" + seed))) {
                Random random = new Random(seed);
                StoreEngine engine = new StoreEngine(database, new WatchHub(0));
                int hits = 0;
                for (int round = 1; round <= 12; round++) {
                    // Enough tasks for several blocks of dates, and deletes that join them.
                    engine.apply(round, 1, TIME + round * 500L, RandomTasks.batch(random, round));
                    engine.commit();
                    hits += compare(random, engine, database, "seed " + seed + " round " + round);
                }
                assertTrue(hits > 500, "queries that match nothing show nothing: " + hits);
            }
        }
    }

    @Test
    void anIndexThatIsLoadedAnswersAsOneThatWasFed(@TempDir Path dir) {
        // After a restart and after an installed snapshot.
        try (Database database = open(dir)) {
            Random random = new Random(7);
            StoreEngine engine = new StoreEngine(database, new WatchHub(0));
            for (int round = 1; round <= 12; round++) {
                engine.apply(round, 1, TIME + round * 500L, RandomTasks.batch(random, round));
                engine.commit();
            }
            TaskIndex loaded = TaskIndex.load(database.writer());
            for (int i = 0; i < 300; i++) {
                TaskQuery query = RandomTasks.query(random, 4_000);
                Tasks.TaskUids fed = engine.tasks().find(query);
                assertEquals(fed, loaded.find(query), query.toString());
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
                TaskIndex loaded = TaskIndex.load(database.writer());
                for (String name : List.of("a", "b", "c")) {
                    List<Long> rows = database.writer().all(OF_INDEX, row -> row.number(1), name);
                    assertEquals(rows, loaded.find(named(name)).uids());
                    assertEquals(rows, engine.tasks().find(named(name)).uids());
                }
            }
            List<Long> ofA = engine.tasks().find(named("a")).uids();
            assertEquals(List.of(4L, 3L, 1L), ofA);
        }
    }

    @Test
    void tasksOfManyNamesAreThoseThatSqlFinds(@TempDir Path dir) {
        // Names of one task and of hundreds, names that share a hash code, and as many cancelers.
        try (Database database = open(dir)) {
            Random random = new Random(11);
            StoreEngine engine = new StoreEngine(database, new WatchHub(0));
            for (int round = 1; round <= 12; round++) {
                engine.apply(round, 1, TIME + round * 500L, RandomTasks.batch(random, round));
                engine.commit();
                if (round % 4 > 0) {
                    continue;
                }
                TaskIndex loaded = TaskIndex.load(database.writer());
                for (TaskIndex index : List.of(engine.tasks(), loaded)) {
                    compareWithSql(index, database.writer());
                }
            }
        }
    }

    private static void compareWithSql(TaskIndex index, Sql sql) {
        for (String name : RandomTasks.names()) {
            assertFinds(sql.all(OF_INDEX, row -> row.number(1), name), index.find(named(name)));
        }
        for (String beginning : RandomTasks.BEGINNINGS) {
            IndexNames names = new IndexNames(Set.of(), new TreeSet<>(Set.of(beginning)));
            List<Long> rows =
                    sql.all(
                            "SELECT uid FROM tasks WHERE substr(index_uid, 1, ?1) = ?2 ORDER BY 1"
                                    + " DESC",
                            row -> row.number(1),
                            beginning.length(),
                            beginning);
            assertFinds(rows, index.find(ALL.within(names)));
        }
        List<Long> cancelers =
                sql.all(
                        "SELECT DISTINCT canceled_by FROM tasks WHERE canceled_by IS NOT NULL",
                        row -> row.number(1));
        assertTrue(cancelers.size() > 20, cancelers::toString);
        for (long canceler : cancelers) {
            List<Long> rows =
                    sql.all(
                            "SELECT uid FROM tasks WHERE canceled_by = ? ORDER BY 1 DESC",
                            row -> row.number(1),
                            canceler);
            assertFinds(rows, index.find(canceledBy(canceler)));
        }
    }

    private static void assertFinds(List<Long> rows, Tasks.TaskUids found) {
        assertEquals(rows, found.uids());
        assertEquals(rows.size(), found.total());
    }

    @Test
    void aRenameWhoseNamesFindNoRoomIsFoundByItsOwnIndex(@TempDir Path dir) {
        try (Database database = open(dir)) {
            StoreEngine engine = new StoreEngine(database, new WatchHub(0));
            Barrier.Builder all = Barrier.newBuilder();
            IntStream.range(0, Lanes.NAME_ROWS_MAX).forEach(i -> all.addIndexUid("index-" + i));
            List<Command> commands = new ArrayList<>();
            commands.add(
                    Command.newBuilder()
                            .setClaimLane(ClaimLane.newBuilder().setLane("a").setPodId("p"))
                            .build());
            commands.addAll(ended(0, "", Effect.newBuilder().setBarrier(all).build()));
            commands.addAll(ended(1, "a", barrier("a", "b")));
            engine.apply(1, 1, TIME, Batch.newBuilder().addAllCommand(commands).build());
            engine.commit();
            TaskIndex loaded = TaskIndex.load(database.writer());
            for (TaskIndex index : List.of(engine.tasks(), loaded)) {
                assertEquals(List.of(0L), index.find(named("index-7")).uids());
                assertEquals(List.of(1L), index.find(named("a")).uids());
                assertEquals(List.of(), index.find(named("b")).uids());
            }
        }
    }

    private static List<Command> ended(long uid, String index, Effect effect) {
        return List.of(
                intend("a", index, 1),
                Command.newBuilder()
                        .setBind(
                                Bind.newBuilder()
                                        .setLane("a")
                                        .setEpoch(1)
                                        .setPosition(uid + 1)
                                        .setType(TaskType.INDEX_UPDATE.code())
                                        .addEffect(effect))
                        .build(),
                Command.newBuilder()
                        .setFinishTask(FinishTask.newBuilder().setUid(uid).setEpoch(1).setStatus(2))
                        .build());
    }

    private static TaskQuery named(String index) {
        return ALL.within(IndexNames.of(Set.of(index)));
    }

    private static TaskQuery canceledBy(long uid) {
        return new TaskQuery(
                null,
                null,
                null,
                null,
                null,
                Set.of(uid),
                TaskQuery.DateBounds.OPEN,
                TaskQuery.DateBounds.OPEN,
                TaskQuery.DateBounds.OPEN,
                null,
                TaskQuery.LIMIT_MAX,
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
                                        .addEffect(barrier("a", "b")))
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

    private static Effect barrier(String one, String other) {
        Barrier.Builder barrier = Barrier.newBuilder().addIndexUid(one).addIndexUid(other);
        return Effect.newBuilder().setBarrier(barrier).build();
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
            TaskQuery query = RandomTasks.query(random, rows.size() + 50);
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
        boolean index = q.indexes() == null || naive(q.indexes(), row.indexUid());
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

    private static boolean naive(IndexNames names, @Nullable String uid) {
        return uid != null
                && (names.uids().contains(uid)
                        || names.beginnings().stream().anyMatch(uid::startsWith));
    }

    private static boolean naive(TaskQuery.DateBounds bounds, @Nullable Long date) {
        if (bounds.afterMicros() != null && (date == null || date <= bounds.afterMicros())) {
            return false;
        }
        return bounds.beforeMicros() == null || (date != null && date < bounds.beforeMicros());
    }

    private static Database open(Path dir) {
        return new DatabaseFiles(dir, Durability.BEHIND_A_LOG).open();
    }
}
