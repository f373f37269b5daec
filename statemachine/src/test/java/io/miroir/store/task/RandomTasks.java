package io.miroir.store.task;

import io.miroir.proto.store.Batch;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.DeleteTasks;
import io.miroir.proto.store.EnqueueTask;
import io.miroir.proto.store.FinishTask;
import io.miroir.proto.store.StartTask;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Tasks of few and of many names, and queries of them. */
final class RandomTasks {
    static final long TIME = 1_767_225_600_000_000L;

    /** Ways in which names begin, or none does. */
    static final List<String> BEGINNINGS =
            List.of(
                    "",
                    "A",
                    "Aa",
                    "AaBB",
                    "BBBBAa",
                    "BBBBBBBB",
                    "C",
                    "index-",
                    "index-7",
                    "index-77");

    private static final int HALVES = 8;

    private RandomTasks() {}

    /** Steps of tasks, some of which there are not. */
    static Batch batch(Random random, int round) {
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
                    enqueue.setIndexUid(name(random));
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
                    finish.setCanceledBy(random.nextInt(random.nextBoolean() ? 6 : known));
                }
                yield command.setFinishTask(finish);
            }
            default ->
                    command.setDeleteTasks(DeleteTasks.newBuilder().addUid(random.nextInt(known)));
        };
    }

    /** Any mix of filters. */
    static TaskQuery query(Random random, int uids) {
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
                random.nextBoolean() ? null : names(random),
                random.nextInt(6) > 0 ? null : set(random, 4, _ -> (long) random.nextInt(6)),
                bounds(random),
                bounds(random),
                bounds(random),
                random.nextInt(3) > 0 ? null : (Long) (long) random.nextInt(uids),
                random.nextInt(50),
                random.nextBoolean());
    }

    private static IndexNames names(Random random) {
        NavigableSet<String> beginnings = new TreeSet<>();
        if (random.nextInt(3) == 0) {
            beginnings.addAll(
                    set(random, 3, _ -> BEGINNINGS.get(random.nextInt(BEGINNINGS.size()))));
        }
        return new IndexNames(set(random, 4, _ -> name(random)), beginnings);
    }

    private static TaskQuery.DateBounds bounds(Random random) {
        return new TaskQuery.DateBounds(
                random.nextInt(4) > 0 ? null : (Long) (TIME + random.nextInt(14) * 500L - 1),
                random.nextInt(4) > 0 ? null : (Long) (TIME + random.nextInt(14) * 500L));
    }

    /**
     * Nine names have half of the tasks; the others, which have one and the same hash code, from
     * none to a hundred each.
     */
    static String name(Random random) {
        if (random.nextBoolean()) {
            return "index-" + random.nextInt(9);
        }
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < HALVES; i++) {
            name.append(random.nextInt(10) < 7 ? "Aa" : "BB");
        }
        return name.toString();
    }

    /** All names that there may be, and one that there is not. */
    static List<String> names() {
        List<String> names = new ArrayList<>(List.of("index-"));
        for (int i = 0; i < 9; i++) {
            names.add("index-" + i);
        }
        for (int bits = 0; bits < 1 << HALVES; bits++) {
            StringBuilder name = new StringBuilder();
            for (int i = 0; i < HALVES; i++) {
                name.append(((bits >> i) & 1) == 0 ? "Aa" : "BB");
            }
            names.add(name.toString());
        }
        return names;
    }

    private static <T> Set<T> set(Random random, int sizeMax, LongFunction<T> element) {
        Set<T> set = new HashSet<>();
        int size = random.nextInt(sizeMax);
        for (int i = 0; i < size; i++) {
            set.add(element.apply(i));
        }
        return set;
    }
}
