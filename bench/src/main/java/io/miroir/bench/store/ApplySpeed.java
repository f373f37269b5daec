package io.miroir.bench.store;

import com.google.protobuf.InvalidProtocolBufferException;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.EnqueueTask;
import io.miroir.proto.store.FinishTask;
import io.miroir.proto.store.FlipAlias;
import io.miroir.proto.store.Session;
import io.miroir.proto.store.StartTask;
import io.miroir.proto.store.TakeLease;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.store.engine.StoreEngine;
import io.miroir.store.engine.WatchHub;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * Commands a second that one pod applies: from the bytes of an entry to the committed transaction,
 * without log and network. Beside it, the same rows inserted by hand.
 */
public final class ApplySpeed {
    private static final long TIME = 1_767_225_600_000_000L;
    private static final int ENTRY_COMMANDS = 256;
    private static final int GROUP_ENTRIES = 16;
    private static final int GROUPS = 60;
    private static final int ROUNDS = 5;
    private static final int COMMANDS = GROUPS * GROUP_ENTRIES * ENTRY_COMMANDS;
    private static final String DETAILS =
            "{\"receivedDocuments\":1,\"indexedDocuments\":null,\"note\":\"about as long as the"
                    + " details of a task are\"}";

    private ApplySpeed() {}

    /** Prints a line a kind of command: commands a second, the median of the rounds. */
    public static void main(String[] arguments) throws Exception {
        System.out.printf(
                "%d commands a round, %d an entry, %d entries a transaction, median of %d rounds%n",
                COMMANDS, ENTRY_COMMANDS, GROUP_ENTRIES, ROUNDS);
        System.out.printf("%-14s %10s %30s%n", "command", "a second", "a second of CPU");
        print("insert_task", measure(false, ApplySpeed::enqueue));
        print("update_status", measure(true, ApplySpeed::step));
        print("alias_flip", measure(false, ApplySpeed::flip));
        print("take_lease", measure(false, ApplySpeed::lease));
        print("touch_session", measure(false, ApplySpeed::touch));
        Speed[] direct = new Speed[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            direct[round] = inDirectory(ApplySpeed::insertDirectly);
        }
        print("direct insert", direct);
    }

    /** Commands a second by the wall, and by what the one thread had of a core. */
    private record Speed(double perSecond, double perCpuSecond) {}

    private record Clock(long nanos, long cpuNanos) {
        static Clock start() {
            return new Clock(
                    System.nanoTime(),
                    ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
        }

        Speed speed() {
            Clock end = start();
            return new Speed(
                    COMMANDS / ((end.nanos - nanos) / 1e9),
                    COMMANDS / ((end.cpuNanos - cpuNanos) / 1e9));
        }
    }

    private interface Run {
        Speed measured(Path dir) throws Exception;
    }

    private static Speed[] measure(boolean withTasks, IntFunction<Command.Builder> command)
            throws Exception {
        Speed[] rounds = new Speed[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            rounds[round] = inDirectory(dir -> apply(dir, withTasks, command));
        }
        return rounds;
    }

    private static Speed apply(Path dir, boolean withTasks, IntFunction<Command.Builder> command)
            throws InvalidProtocolBufferException {
        try (Database database = new DatabaseFiles(dir, Durability.BEHIND_A_LOG).open()) {
            StoreEngine engine = new StoreEngine(database, new WatchHub(0));
            if (withTasks) {
                run(engine, entries(ApplySpeed::enqueue));
            }
            byte[][] entries = entries(command);
            Clock clock = Clock.start();
            run(engine, entries);
            return clock.speed();
        }
    }

    private static void run(StoreEngine engine, byte[][] entries)
            throws InvalidProtocolBufferException {
        long index = engine.committed().index();
        for (byte[] entry : entries) {
            index++;
            engine.apply(index, 1, TIME + index, Batch.parseFrom(entry));
            if (engine.openEntries() == GROUP_ENTRIES) {
                engine.commit();
            }
        }
        engine.commit();
    }

    private static byte[][] entries(IntFunction<Command.Builder> command) {
        byte[][] entries = new byte[GROUPS * GROUP_ENTRIES][];
        int number = 0;
        for (int e = 0; e < entries.length; e++) {
            Batch.Builder batch = Batch.newBuilder();
            for (int c = 0; c < ENTRY_COMMANDS; c++) {
                batch.addCommand(command.apply(number++));
            }
            entries[e] = batch.build().toByteArray();
        }
        return entries;
    }

    private static Command.Builder enqueue(int number) {
        return Command.newBuilder()
                .setEnqueueTask(
                        EnqueueTask.newBuilder()
                                .setType(0)
                                .setIndexUid("movies-" + number % 100)
                                .setDetailsJson(DETAILS));
    }

    /** Each task is started, then ended. */
    private static Command.Builder step(int number) {
        long uid = number / 2;
        return number % 2 == 0
                ? Command.newBuilder().setStartTask(StartTask.newBuilder().setUid(uid))
                : Command.newBuilder()
                        .setFinishTask(
                                FinishTask.newBuilder()
                                        .setUid(uid)
                                        .setStatus(2)
                                        .setDetailsJson(DETAILS));
    }

    private static Command.Builder flip(int number) {
        return Command.newBuilder()
                .setFlipAlias(
                        FlipAlias.newBuilder()
                                .setName("alias-" + number % 100)
                                .addTarget("movies_v" + number)
                                .setExpectedVersion(-1));
    }

    private static Command.Builder lease(int number) {
        return Command.newBuilder()
                .setTakeLease(
                        TakeLease.newBuilder()
                                .setScope("reshard:index-" + number % 100)
                                .setHolder("pod-a")
                                .setLeaseMicros(10_000_000));
    }

    private static Command.Builder touch(int number) {
        return Command.newBuilder()
                .setTouchSession(Session.newBuilder().setSessionId("session-" + number % 10_000));
    }

    private static Speed insertDirectly(Path dir) throws SQLException {
        DatabaseFiles files = new DatabaseFiles(dir, Durability.BEHIND_A_LOG);
        files.open().close();
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("store.db"));
                Statement settings = connection.createStatement()) {
            settings.execute("PRAGMA synchronous = NORMAL");
            connection.setAutoCommit(false);
            try (PreparedStatement insert =
                    connection.prepareStatement(
                            "INSERT INTO tasks (uid, index_uid, type, status, enqueued_at,"
                                    + " details_json, epoch, position, incarnation)"
                                    + " VALUES (?, ?, 0, 0, ?, ?, 0, 0, 0)")) {
                Clock clock = Clock.start();
                for (int number = 0; number < COMMANDS; number++) {
                    insert.setLong(1, number);
                    insert.setString(2, "movies-" + number % 100);
                    insert.setLong(3, TIME + number);
                    insert.setString(4, DETAILS);
                    insert.executeUpdate();
                    if ((number + 1) % (ENTRY_COMMANDS * GROUP_ENTRIES) == 0) {
                        connection.commit();
                    }
                }
                connection.commit();
                return clock.speed();
            }
        }
    }

    private static Speed inDirectory(Run run) throws Exception {
        Path dir = Files.createTempDirectory("apply");
        try {
            return run.measured(dir);
        } finally {
            delete(dir);
        }
    }

    static void delete(Path dir) throws IOException {
        try (Stream<Path> paths = Files.walk(dir)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static void print(String name, Speed[] rounds) {
        double[] wall = Arrays.stream(rounds).mapToDouble(Speed::perSecond).sorted().toArray();
        double[] cpu = Arrays.stream(rounds).mapToDouble(Speed::perCpuSecond).sorted().toArray();
        System.out.printf(
                "%-14s %,10.0f (%,.0f to %,.0f)  %,10.0f%n",
                name, wall[ROUNDS / 2], wall[0], wall[ROUNDS - 1], cpu[ROUNDS / 2]);
    }
}
