package io.miroir.bench.store;

import io.miroir.proto.store.Batch;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.EnqueueTask;
import io.miroir.proto.store.FinishTask;
import io.miroir.proto.store.StartTask;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.engine.DatabaseReads;
import io.miroir.store.engine.StoreEngine;
import io.miroir.store.engine.StoreMetrics;
import io.miroir.store.engine.WatchHub;
import io.miroir.store.seal.Seals;
import io.miroir.store.task.IndexNames;
import io.miroir.store.task.TaskIndex;
import io.miroir.store.task.TaskPage;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskRoom;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import io.prometheus.client.CollectorRegistry;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Pages of 20 with rows and total among many tasks: microseconds, by kind of query. */
public final class TaskQuerySpeed {
    private static final long TIME = 1_767_225_600_000_000L;
    private static final int TASKS = 1_000_000;
    private static final int ENTRY_TASKS = 1_000;
    private static final int[] INDEXES = {1_000, 100_000};
    private static final int QUERIES = 3_000;

    /** Of kinds that take milliseconds. */
    private static final int LONG_QUERIES = 300;

    private static final int PAGE = 20;
    private static final TaskQuery.DateBounds OPEN = TaskQuery.DateBounds.OPEN;

    private final int indexes;

    private TaskQuerySpeed(int indexes) {
        this.indexes = indexes;
    }

    /**
     * Builds the tasks (1 % unfinished), then prints a line a kind of query.
     *
     * @param arguments of how many indexes; as many as tasks: each of its own
     */
    public static void main(String[] arguments) throws Exception {
        int[] counts =
                arguments.length == 0
                        ? INDEXES
                        : Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
        for (int indexes : counts) {
            new TaskQuerySpeed(indexes).run();
        }
    }

    private void run() throws Exception {
        Path dir = Files.createTempDirectory("tasks");
        try (Database database = new DatabaseFiles(dir, Durability.BEHIND_A_LOG).open()) {
            StoreEngine engine = new StoreEngine(database, new WatchHub(0));
            fill(engine);
            long before = usedBytes();
            long startedNanos = cpuNanos(List.of());
            TaskIndex loaded = TaskIndex.load(database.writer());
            System.out.printf(
                    "index of %,d tasks of %,d indexes: loaded in %,d ms of CPU, %.1f MB%n",
                    TASKS,
                    indexes,
                    (cpuNanos(List.of()) - startedNanos) / 1_000_000,
                    (usedBytes() - before) / 1e6);
            try (DatabaseReads reads =
                    new DatabaseReads(
                            () -> engine,
                            () -> TIME,
                            () -> new Reply.Applied<>(1, 1L),
                            new StoreMetrics(new CollectorRegistry()))) {
                Tasks tasks =
                        new TaskRoom(
                                command -> {
                                    throw new IllegalStateException("reads only");
                                },
                                reads,
                                Seals.NONE);
                System.out.printf(
                        "%-26s %9s %8s %8s %8s %8s%n",
                        "page of 20, with total",
                        "total",
                        "p50 µs",
                        "p99 µs",
                        "CPU p50",
                        "CPU p99");
                kinds().forEach((name, query) -> measure(tasks, name, query, QUERIES));
                longKinds().forEach((name, query) -> measure(tasks, name, query, LONG_QUERIES));
            }
            if (loaded.equals(engine.tasks())) {
                throw new IllegalStateException("kept so that its memory was measured");
            }
        } finally {
            ApplySpeed.delete(dir);
        }
    }

    private void fill(StoreEngine engine) {
        Random random = new Random(1);
        long index = 0;
        for (int from = 0; from < TASKS; from += ENTRY_TASKS) {
            Batch.Builder born = Batch.newBuilder();
            Batch.Builder stepped = Batch.newBuilder();
            for (int i = 0; i < ENTRY_TASKS; i++) {
                born.addCommand(
                        Command.newBuilder()
                                .setEnqueueTask(
                                        EnqueueTask.newBuilder()
                                                .setType(random.nextInt(5))
                                                .setIndexUid(index(random, from + i))
                                                .setDetailsJson("{\"receivedDocuments\":1}")));
                // Out of order, over the last few thousand: as many lanes end theirs.
                long uid = Math.max(0, from + i - random.nextInt(3_000));
                stepped.addCommand(
                        Command.newBuilder().setStartTask(StartTask.newBuilder().setUid(uid)));
                finish(random, from + i)
                        .forEach(
                                end -> stepped.addCommand(Command.newBuilder().setFinishTask(end)));
            }
            index++;
            engine.apply(index, 1, TIME + index * 1_000_000, born.build());
            index++;
            engine.apply(index, 1, TIME + index * 1_000_000, stepped.build());
            engine.commit();
        }
    }

    private static Stream<FinishTask.Builder> finish(Random random, long uid) {
        if (random.nextInt(100) == 0) {
            return Stream.empty();
        }
        int status = random.nextInt(20) == 0 ? 3 : random.nextInt(50) == 0 ? 4 : 2;
        FinishTask.Builder end = FinishTask.newBuilder().setUid(uid).setStatus(status);
        if (status == TaskStatus.CANCELED.code()) {
            end.setCanceledBy(random.nextInt(50));
        }
        return Stream.of(end);
    }

    /** A tenth of the indexes have most of the tasks. */
    private String index(Random random, int task) {
        if (indexes >= TASKS) {
            return "index-" + task;
        }
        int number = random.nextInt(random.nextInt(4) > 0 ? indexes / 10 : indexes);
        return "index-" + number;
    }

    private Map<String, IntFunction<TaskQuery>> kinds() {
        Map<String, IntFunction<TaskQuery>> kinds = new LinkedHashMap<>();
        kinds.put("newest", _ -> query(null, null, null));
        kinds.put("from the middle", i -> from(TASKS / 2L + i));
        kinds.put(
                "status (two)",
                _ -> query(Set.of(TaskStatus.FAILED, TaskStatus.CANCELED), null, null));
        kinds.put("unfinished", _ -> query(Set.of(TaskStatus.ENQUEUED), null, null));
        kinds.put("type (two)", _ -> query(null, types(), null));
        kinds.put("index (one)", i -> query(null, null, indexes(i, 1)));
        kinds.put("index (twenty)", i -> query(null, null, indexes(i, 20)));
        kinds.put(
                "status, type and index",
                i -> query(Set.of(TaskStatus.SUCCEEDED), types(), indexes(i, 3)));
        kinds.put("uids (100)", i -> numbered(uids(i), null));
        kinds.put("batches (100)", i -> numbered(null, uids(i)));
        kinds.put("canceled by", i -> canceledBy(i % 50));
        kinds.put("enqueued between", i -> dates(between(i), OPEN, OPEN));
        kinds.put("finished between", i -> dates(OPEN, OPEN, between(i)));
        kinds.put("all six bounds", i -> dates(between(i), between(i), between(i)));
        return kinds;
    }

    /** Lists of keys that see some indexes only. */
    private Map<String, IntFunction<TaskQuery>> longKinds() {
        Map<String, IntFunction<TaskQuery>> kinds = new LinkedHashMap<>();
        kinds.put("key of 500 indexes", i -> query(null, null, indexes(i, 500)));
        kinds.put("key of a ninth (prefix)", i -> beginning("index-" + (1 + i % 9)));
        kinds.put("key of all (prefix)", _ -> beginning("index-"));
        return kinds;
    }

    private static void measure(
            Tasks tasks, String name, IntFunction<TaskQuery> query, int queries) {
        long[] nanos = new long[queries];
        long[] cpuNanos = new long[queries];
        long total = 0;
        List<Thread> scans = List.of();
        for (int i = -queries / 3; i < queries; i++) {
            TaskQuery asked = query.apply(Math.abs(i));
            scans = i == 0 ? scans() : scans;
            long startedCpuNanos = cpuNanos(scans);
            long startedNanos = System.nanoTime();
            TaskPage page = tasks.list(ReadLevel.LOCAL, asked);
            if (i >= 0) {
                nanos[i] = System.nanoTime() - startedNanos;
                cpuNanos[i] = cpuNanos(scans) - startedCpuNanos;
            }
            total = page.total();
        }
        Arrays.sort(nanos);
        Arrays.sort(cpuNanos);
        System.out.printf(
                "%-26s %,9d %8.0f %8.0f %8.0f %8.0f%n",
                name,
                total,
                nanos[queries / 2] / 1e3,
                nanos[queries * 99 / 100] / 1e3,
                cpuNanos[queries / 2] / 1e3,
                cpuNanos[queries * 99 / 100] / 1e3);
    }

    /** The threads that long reads are made on, once there was one. */
    private static List<Thread> scans() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("store-scan-"))
                .toList();
    }

    private static long cpuNanos(List<Thread> others) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long nanos = threads.getCurrentThreadCpuTime();
        for (Thread thread : others) {
            nanos += threads.getThreadCpuTime(thread.threadId());
        }
        return nanos;
    }

    private static TaskQuery.DateBounds between(int number) {
        long after = TIME + (100 + number % 1_000) * 1_000_000L;
        return new TaskQuery.DateBounds(after, after + 700_000_000L);
    }

    private static Set<TaskType> types() {
        return Set.of(TaskType.SETTINGS_UPDATE, TaskType.INDEX_CREATION);
    }

    private Set<String> indexes(int number, int count) {
        return LongStream.range(number, number + count)
                .mapToObj(i -> "index-" + i % indexes)
                .collect(Collectors.toSet());
    }

    private static TaskQuery query(
            @Nullable Set<TaskStatus> statuses,
            @Nullable Set<TaskType> types,
            @Nullable Set<String> indexes) {
        return new TaskQuery(
                null,
                null,
                statuses,
                types,
                indexes == null ? null : IndexNames.of(indexes),
                null,
                OPEN,
                OPEN,
                OPEN,
                null,
                PAGE,
                false);
    }

    private static TaskQuery beginning(String beginning) {
        return TaskQuery.newest(PAGE)
                .within(new IndexNames(Set.of(), new TreeSet<>(Set.of(beginning))));
    }

    private static TaskQuery from(long uid) {
        return new TaskQuery(null, null, null, null, null, null, OPEN, OPEN, OPEN, uid, PAGE, true);
    }

    private static Set<Long> uids(int number) {
        return LongStream.range(0, 100)
                .map(i -> (number * 7_919L + i * 9_973) % TASKS)
                .boxed()
                .collect(Collectors.toSet());
    }

    private static TaskQuery numbered(@Nullable Set<Long> uids, @Nullable Set<Long> batches) {
        return new TaskQuery(
                uids, batches, null, null, null, null, OPEN, OPEN, OPEN, null, PAGE, false);
    }

    private static TaskQuery canceledBy(long uid) {
        return new TaskQuery(
                null, null, null, null, null, Set.of(uid), OPEN, OPEN, OPEN, null, PAGE, false);
    }

    private static TaskQuery dates(
            TaskQuery.DateBounds enqueued,
            TaskQuery.DateBounds started,
            TaskQuery.DateBounds finished) {
        return new TaskQuery(
                null, null, null, null, null, null, enqueued, started, finished, null, PAGE, false);
    }

    private static long usedBytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
