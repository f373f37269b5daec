package io.miroir.bench.gate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What lies on disk, and how long it takes to write it out, send it whole, and start from it. */
final class DiskRows {
    private static final long MILLIS_MAX = 120_000;

    private DiskRows() {}

    static Measurement measurement() {
        return new Measured(
                List.of(
                        "size.task",
                        "size.log",
                        "size.snapshot",
                        "snapshot",
                        "install",
                        "cold_start"),
                DiskRows::run);
    }

    /** The figures of one side. */
    private record Side(
            double taskBytes,
            double logBytes,
            double snapshotBytes,
            double snapshotMillis,
            double installMillis,
            double coldMillis) {}

    private static List<Row> run(Bench bench) {
        bench.closeArena();
        int tasks = bench.effort().runs() >= 10 ? 100_000 : 20_000;
        Side ours = ours(bench, tasks);
        Side theirs = theirs(bench, tasks);
        String note = tasks + " tasks";
        return List.of(
                row("size.task", "B", ours.taskBytes, theirs.taskBytes, note + ", file; memory"),
                row("size.log", "B", ours.logBytes, theirs.logBytes, "a command; beside the AOF"),
                row("size.snapshot", "B", ours.snapshotBytes, theirs.snapshotBytes, "beside RDB"),
                row("snapshot", "ms", ours.snapshotMillis, theirs.snapshotMillis, "beside BGSAVE"),
                row(
                        "install",
                        "ms",
                        ours.installMillis,
                        theirs.installMillis,
                        note + ", from an empty directory and the start of the process"),
                row(
                        "cold_start",
                        "ms",
                        ours.coldMillis,
                        theirs.coldMillis,
                        "all three processes, to the first acknowledged write; Redis' client is"
                                + " warm"));
    }

    private static Row row(String id, String unit, double ours, double theirs, String note) {
        return Row.once(id, unit, Row.Good.LOW, ours, theirs, theirs, note);
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
            return new Side(
                    bytes(copy) / tasks,
                    logBytes / tasks,
                    bytes(copy),
                    snapshotMillis,
                    installMillis,
                    millisSince(coldStart));
        }
    }

    private static Side theirs(Bench bench, int tasks) {
        try (RedisServers redis =
                new RedisServers(
                        bench.newDirectory("disk"), 3, RedisServers.Durability.EQUAL, false)) {
            long before = used(redis);
            redis.asking().ask("insert " + tasks);
            double taskBytes = (used(redis) - before) / (double) tasks;
            double logBytes = treeBytes(redis.directory(0), "appendonlydir");
            long saveStart = System.nanoTime();
            RedisCli.ask(redis.port(0), "BGSAVE");
            await("bgsave", () -> info(redis, 0).contains("rdb_bgsave_in_progress:0"));
            double snapshotMillis = millisSince(saveStart);
            double snapshotBytes = bytes(redis.directory(0).resolve("dump.rdb"));
            redis.servers().get(1).kill();
            deleteTree(redis.directory(1));
            long start = System.nanoTime();
            redis.restart(1);
            await("sync", () -> info(redis, 1).contains("master_link_status:up"));
            double installMillis = millisSince(start);
            redis.servers().forEach(Child::kill);
            long coldStart = System.nanoTime();
            redis.restartAll();
            redis.asking().ask("insert 1");
            return new Side(
                    taskBytes,
                    logBytes / tasks,
                    snapshotBytes,
                    snapshotMillis,
                    installMillis,
                    millisSince(coldStart));
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
        return RedisCli.ask(redis.port(number), "INFO");
    }

    private interface Holds {
        boolean now();
    }

    private static void await(String what, Holds holds) {
        long start = System.nanoTime();
        while (!holds.now()) {
            if (millisSince(start) > MILLIS_MAX) {
                throw new IllegalStateException(what + " took too long");
            }
            Pods.pause();
        }
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

    private static void deleteTree(Path dir) {
        List<Path> files = new ArrayList<>(files(dir));
        files.sort(Comparator.reverseOrder());
        try {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(dir.toString(), e);
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
