package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.trap.Trap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Three processes, killed with -9 wherever they are, under writes. Rules 21 and 22: whatever was
 * cut short, log and database make the same tables again, nothing acknowledged is lost, and nothing
 * is done twice.
 */
abstract class RaftKills {
    /** Of all tests together: 200 in the nightly run, {@code mvn verify -Pnightly}. */
    static final int KILLS = Integer.getInteger("miroir.kills", 20);

    static final int TASK_BYTES = 2_000;

    /**
     * On a busy machine an election takes seconds, and an outcome that nobody knows is none here.
     */
    static final String PATIENT = "-D" + MemberProcess.DEADLINE_MILLIS + "=60000";

    private static final Logger LOG = LoggerFactory.getLogger(RaftKills.class);

    /** A group of three has another three after it, so that a nightly run has fresh data too. */
    private static final int KILLS_OF_A_GROUP = 10;

    /** Far beyond what is kept of the log for a member that was away. */
    static final int WRITES_WHILE_AWAY = 200;

    private static final long PATIENCE_NANOS = 300_000_000_000L;

    private final long seed = Long.getLong("miroir.seed", System.nanoTime());
    final Random random = new Random(seed);

    /** One kill, and the member's return. */
    interface Kill {
        /** Answers where it fell. */
        String in(MemberJvms group, int number) throws IOException;
    }

    /** Kills that often; after each all members have the same tables. */
    final void kill(Path dir, int times, Kill kill) throws Exception {
        LOG.info("seed {}, {} kills", seed, times);
        for (int done = 0; done < times; done += KILLS_OF_A_GROUP) {
            try (MemberJvms group =
                    new MemberJvms(dir.resolve("group-" + done), Trap.POSSIBLE, PATIENT)) {
                for (int i = done; i < Math.min(times, done + KILLS_OF_A_GROUP); i++) {
                    one(group, i, kill);
                }
                group.assertNothingLostOrDoubled();
                assertTrue(group.acknowledged() > KILLS_OF_A_GROUP * 10, "too little traffic");
            } catch (AssertionError | IOException | CompletionException failed) {
                throw new AssertionError("seed " + seed + ": " + failed, failed);
            }
        }
    }

    private static void one(MemberJvms group, int number, Kill kill) throws IOException {
        long startedNanos = System.nanoTime();
        String where = kill.in(group, number);
        long backNanos = System.nanoTime();
        group.awaitEqual();
        LOG.info(
                "{}: back after {} ms, equal {} ms later",
                where,
                (backNanos - startedNanos) / 1_000_000,
                (System.nanoTime() - backNanos) / 1_000_000);
    }

    /** Writes through one member until it is closed. */
    static final class Traffic implements AutoCloseable {
        private final AtomicBoolean enough = new AtomicBoolean();
        private final CompletableFuture<Void> writes;

        Traffic(MemberJvms group, MemberJvm through) {
            writes =
                    beside(
                            () -> {
                                while (!enough.get()) {
                                    group.write(through, 20, TASK_BYTES);
                                }
                            });
        }

        @Override
        public void close() {
            enough.set(true);
            writes.join();
        }
    }

    /** Until no log holds what a pod needs that is away. */
    final void writeUntilPurged(MemberJvms group, String away) {
        List<MemberJvm> live = group.without(away);
        MemberJvm through = live.get(random.nextInt(2));
        group.write(through, WRITES_WHILE_AWAY, TASK_BYTES);
        List<Path> logs = live.stream().map(member -> group.data(member.id())).toList();
        List<Long> needed = logs.stream().map(log -> Group.segmentStarts(log).getLast()).toList();
        await(
                "logs without what " + away + " needs",
                () -> {
                    group.write(through, WRITES_WHILE_AWAY / 4, TASK_BYTES);
                    return IntStream.range(0, logs.size())
                            .allMatch(
                                    i ->
                                            Group.segmentStarts(logs.get(i)).getFirst()
                                                    > needed.get(i));
                });
    }

    static CompletableFuture<Void> beside(Runnable writes) {
        return CompletableFuture.runAsync(writes, task -> Thread.ofPlatform().start(task));
    }

    static void await(String what, BooleanSupplier holds) {
        long giveUpNanos = System.nanoTime() + PATIENCE_NANOS;
        while (!holds.getAsBoolean()) {
            assertTrue(System.nanoTime() < giveUpNanos, "did not come: " + what);
        }
    }

    static void pauseMillis(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
