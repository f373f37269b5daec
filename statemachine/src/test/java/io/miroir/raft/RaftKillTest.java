package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Three processes, killed with -9 wherever they are, under writes. Rules 21 and 22: whatever was
 * cut short, log and database make the same tables again, nothing acknowledged is lost, and nothing
 * is done twice.
 */
class RaftKillTest {
    private static final Logger LOG = LoggerFactory.getLogger(RaftKillTest.class);

    /** 200 in the nightly run: {@code mvn verify -Pnightly}. */
    private static final int KILLS = Integer.getInteger("miroir.kills", 20);

    /** A group of three has another three after it, so that a nightly run has fresh data too. */
    private static final int KILLS_OF_A_GROUP = 20;

    /** Far beyond what is kept of the log for a member that was away. */
    private static final int WRITES_WHILE_AWAY = 400;

    private static final int TASK_BYTES = 2_000;

    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final long seed = Long.getLong("miroir.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Map<Aim, Integer> hits = new EnumMap<>(Aim.class);

    /** Where a kill is aimed at. */
    private enum Aim {
        /** Whoever it is, whatever it does: appending, applying, looking how much is synced. */
        WRITES,
        /** A member that is sent the whole database. */
        INSTALL,
        /** A leader that writes the file of a snapshot. */
        SNAPSHOT
    }

    @Test
    void whereverAMemberIsKilledItComesBackWithTheSameTables(@TempDir Path dir) throws Exception {
        LOG.info("seed {}, {} kills", seed, KILLS);
        for (int done = 0; done < KILLS; done += KILLS_OF_A_GROUP) {
            try (MemberJvms group = new MemberJvms(dir.resolve("group-" + done))) {
                for (int kill = done; kill < Math.min(KILLS, done + KILLS_OF_A_GROUP); kill++) {
                    one(group, aim(kill));
                }
                group.assertNothingLostOrDoubled();
                assertTrue(group.acknowledged() > KILLS_OF_A_GROUP * 10, "too little traffic");
            } catch (AssertionError | IOException failed) {
                throw new AssertionError("seed " + seed + ", after " + hits, failed);
            }
        }
        LOG.info("kills: {}", hits);
    }

    private static Aim aim(int kill) {
        return switch (kill % 5) {
            case 3 -> Aim.INSTALL;
            case 4 -> Aim.SNAPSHOT;
            default -> Aim.WRITES;
        };
    }

    private void one(MemberJvms group, Aim aim) throws IOException {
        long startedNanos = System.nanoTime();
        switch (aim) {
            case WRITES -> inTheMiddleOfWrites(group);
            case INSTALL -> inTheMiddleOfAnInstall(group);
            case SNAPSHOT -> inTheMiddleOfASnapshot(group);
        }
        hits.merge(aim, 1, Integer::sum);
        long backNanos = System.nanoTime();
        group.awaitEqual();
        LOG.info(
                "{}: back after {} ms, equal {} ms later",
                aim,
                (backNanos - startedNanos) / 1_000_000,
                (System.nanoTime() - backNanos) / 1_000_000);
    }

    private void inTheMiddleOfWrites(MemberJvms group) throws IOException {
        String victim = random.nextInt(3) == 0 ? group.leader() : anyOf(group);
        MemberJvm through = group.without(victim).get(random.nextInt(2));
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Void> writes =
                beside(
                        () -> {
                            while (!enough.get()) {
                                group.write(through, 20, TASK_BYTES);
                            }
                        });
        pauseMillis(random.nextInt(300));
        group.kill(victim);
        group.begin(victim).awaitReady();
        enough.set(true);
        writes.join();
    }

    private void inTheMiddleOfAnInstall(MemberJvms group) throws IOException {
        String victim = group.follower();
        group.kill(victim);
        group.write(group.without(victim).get(random.nextInt(2)), WRITES_WHILE_AWAY, TASK_BYTES);
        group.begin(victim);
        awaitHere(() -> holdsAFile(group.data(victim).resolve("snapshot-tmp"), ""));
        pauseMillis(random.nextInt(60));
        group.kill(victim);
        group.begin(victim).awaitReady();
    }

    /** A leader writes the file as soon as a member comes that needs what its log lacks. */
    private void inTheMiddleOfASnapshot(MemberJvms group) throws IOException {
        String leader = group.leader();
        String away = group.without(leader).get(random.nextInt(2)).id();
        group.kill(away);
        MemberJvm through = group.without(leader).getFirst();
        group.write(through, WRITES_WHILE_AWAY, TASK_BYTES);
        CompletableFuture<Void> writes =
                beside(() -> group.write(through, WRITES_WHILE_AWAY, TASK_BYTES));
        MemberJvm returning = group.begin(away);
        awaitHere(() -> holdsAFile(group.data(leader).resolve("snapshot"), ".part"));
        pauseMillis(random.nextInt(10));
        group.kill(leader);
        MemberJvm back = group.begin(leader);
        returning.awaitReady();
        back.awaitReady();
        writes.join();
    }

    private static CompletableFuture<Void> beside(Runnable writes) {
        return CompletableFuture.runAsync(writes, task -> Thread.ofPlatform().start(task));
    }

    private String anyOf(MemberJvms group) {
        return group.without("").get(random.nextInt(3)).id();
    }

    private static boolean holdsAFile(Path directory, String end) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.anyMatch(
                    file -> Files.isRegularFile(file) && file.toString().endsWith(end));
        } catch (IOException | java.io.UncheckedIOException changing) {
            return false;
        }
    }

    /** As soon as it holds: what is aimed at lasts for milliseconds. */
    private static void awaitHere(BooleanSupplier holds) {
        long giveUpNanos = System.nanoTime() + PATIENCE_NANOS;
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > giveUpNanos) {
                throw new AssertionError("what is aimed at did not come");
            }
            Thread.onSpinWait();
        }
    }

    private static void pauseMillis(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
