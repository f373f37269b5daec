package io.miroir.bench.gate;

import io.miroir.bench.tools.Await;
import io.miroir.bench.tools.Directories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** What lies on disk, and how long it takes to write it out, send it whole, and start from it. */
final class DiskRows {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private DiskRows() {}

    static Measurement measurement() {
        return new Measured(
                List.of(
                        "size.task",
                        "size.log",
                        "size.snapshot",
                        "snapshot",
                        "install",
                        "cold_start",
                        "restore"),
                effort -> effort.runsOf(Duration.ofSeconds(24)),
                DiskRows::run);
    }

    /** The figures of one side. */
    private record Side(
            double taskBytes,
            double logBytes,
            double snapshotBytes,
            double snapshotMillis,
            double installMillis,
            double coldMillis,
            double restoreMillis) {}

    private static List<Row> run(Bench bench) {
        bench.closeArena();
        int tasks = bench.effort().tasks();
        Sides sides = new Sides(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int run = 0; run < bench.effort().runs(); run++) {
            sides.ours.add(ours(bench, tasks));
            sides.theirs.add(theirs(bench, tasks, RedisServers.Durability.EQUAL));
            sides.usual.add(theirs(bench, tasks, RedisServers.Durability.USUAL));
        }
        String note = tasks + " tasks";
        return List.of(
                sides.row("size.task", "B", Side::taskBytes, note + ", file; memory"),
                sides.row("size.log", "B", Side::logBytes, "a command; beside the AOF"),
                sides.row("size.snapshot", "B", Side::snapshotBytes, "beside RDB"),
                sides.row("snapshot", "ms", Side::snapshotMillis, "beside BGSAVE"),
                sides.row(
                        "install",
                        "ms",
                        Side::installMillis,
                        note + ", from an empty directory and the start of the process"),
                sides.row(
                        "cold_start",
                        "ms",
                        Side::coldMillis,
                        "all three processes, to the first acknowledged write; Redis' client is"
                                + " warm"),
                sides.row(
                        "restore",
                        "ms",
                        Side::restoreMillis,
                        note
                                + ", from a backup in a file (an RDB) to the first write that is"
                                + " durable in a new cluster of three"));
    }

    /** Run by run. */
    private record Sides(List<Side> ours, List<Side> theirs, List<Side> usual) {
        Row row(String id, String unit, ToDoubleFunction<Side> figure, String note) {
            Row.Runs runs =
                    new Row.Runs(all(ours, figure), all(theirs, figure), all(usual, figure));
            return Row.of(id, unit, Row.Good.LOW, runs, note);
        }

        private static List<Double> all(List<Side> sides, ToDoubleFunction<Side> figure) {
            return sides.stream().map(figure::applyAsDouble).toList();
        }
    }

    private static Side ours(Bench bench, int tasks) {
        Path dir = bench.newDirectory("disk");
        try (Pods pods = new Pods(dir, 3)) {
            pods.leader().ask("insert " + tasks);
            Path copy = dir.resolve("copy.db");
            double snapshotMillis = Double.parseDouble(pods.follower().ask("copy " + copy));
            double logBytes = treeBytes(pods.directory(0).resolve("raft"), "log");
            long start = System.nanoTime();
            pods.joinNewcomer();
            double installMillis = millisSince(start);
            pods.all().forEach(Child::kill);
            long coldStart = System.nanoTime();
            pods.restartAll();
            pods.leader().ask("insert 1");
            double coldMillis = millisSince(coldStart);
            Path backup = dir.resolve("state.mbk");
            pods.follower().ask("backup " + backup);
            return new Side(
                    bytes(copy) / tasks,
                    logBytes / tasks,
                    bytes(copy),
                    snapshotMillis,
                    installMillis,
                    coldMillis,
                    ourRestoreMillis(bench, backup));
        }
    }

    private static double ourRestoreMillis(Bench bench, Path backup) {
        long start = System.nanoTime();
        try (Pods pods = Pods.restored(bench.newDirectory("restored"), backup)) {
            pods.leader().ask("insert 1");
            return millisSince(start);
        }
    }

    private static Side theirs(Bench bench, int tasks, RedisServers.Durability durability) {
        try (RedisServers redis = new RedisServers(bench.newDirectory("disk"), 3, durability)) {
            long before = used(redis);
            redis.asking().ask("insert " + tasks);
            double taskBytes = (used(redis) - before) / (double) tasks;
            double logBytes = treeBytes(redis.directory(0), "appendonlydir");
            long saveStart = System.nanoTime();
            RedisCli.ask(redis.port(0), "", "BGSAVE");
            Await.until(
                    "bgsave", PATIENCE, () -> info(redis, 0).contains("rdb_bgsave_in_progress:0"));
            double snapshotMillis = millisSince(saveStart);
            double snapshotBytes = bytes(redis.directory(0).resolve("dump.rdb"));
            redis.servers().get(1).kill();
            Directories.deleteTree(redis.directory(1));
            long start = System.nanoTime();
            redis.restart(1);
            Await.until("sync", PATIENCE, () -> info(redis, 1).contains("master_link_status:up"));
            double installMillis = millisSince(start);
            redis.servers().forEach(Child::kill);
            long coldStart = System.nanoTime();
            redis.restartAll();
            redis.asking().ask("insert 1");
            double coldMillis = millisSince(coldStart);
            return new Side(
                    taskBytes,
                    logBytes / tasks,
                    snapshotBytes,
                    snapshotMillis,
                    installMillis,
                    coldMillis,
                    theirRestoreMillis(bench, redis.directory(0).resolve("dump.rdb"), durability));
        }
    }

    private static double theirRestoreMillis(
            Bench bench, Path rdb, RedisServers.Durability durability) {
        long start = System.nanoTime();
        try (RedisServers redis =
                RedisServers.restored(bench.newDirectory("restored"), rdb, durability)) {
            redis.asking().ask("insert 1");
            return millisSince(start);
        }
    }

    private static long used(RedisServers redis) {
        return info(redis, 0)
                .lines()
                .filter(line -> line.startsWith("used_memory:"))
                .mapToLong(line -> Long.parseLong(line.substring("used_memory:".length())))
                .findFirst()
                .orElseThrow();
    }

    private static String info(RedisServers redis, int number) {
        return RedisCli.ask(redis.port(number), "", "INFO");
    }

    private static double millisSince(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e6;
    }

    private static double bytes(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    /** Bytes of files below, with this word in their path; what is preallocated is not counted. */
    private static double treeBytes(Path dir, String word) {
        return files(dir).stream()
                .filter(file -> Files.isRegularFile(file) && file.toString().contains(word))
                .mapToDouble(DiskRows::writtenBytes)
                .sum();
    }

    /** A log segment ends in zeros that were never written. */
    private static double writtenBytes(Path file) {
        try {
            byte[] content = Files.readAllBytes(file);
            int end = content.length;
            while (end > 0 && content[end - 1] == 0) {
                end--;
            }
            return end;
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    private static List<Path> files(Path dir) {
        try (Stream<Path> files = Files.walk(dir)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(dir.toString(), e);
        }
    }
}
