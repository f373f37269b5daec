package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.raft.link.Acknowledged;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Sql;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.ratis.server.storage.SnapshotManager;
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
    private static final int WRITES_WHILE_AWAY = 200;

    private static final int TASK_BYTES = 2_000;

    private static final long PATIENCE_NANOS = 120_000_000_000L;

    /** The file of a snapshot is begun; up to {@link #WRITTEN} it is written. */
    private static final Trap.Place WRITING = new Trap.Place(Database.class, "copyTo");

    /** It is whole and not synced, and has a name that does not count. */
    private static final Trap.Place WRITTEN = new Trap.Place(Sql.class, "close");

    private static final List<Aim> INSTALLS =
            Stream.of(
                            // A part of the file is there, the next one has come.
                            new Trap.Place(SnapshotManager.class, "appendSnapshot", 2),
                            // All is there and nothing synced.
                            new Trap.Place(StoreStateMachine.class, "pause"),
                            // The log goes on from the file, which nobody has looked at.
                            new Trap.Place(StoreStateMachine.class, "reinitialize"),
                            // The file waits beside the database.
                            new Trap.Place(DatabaseFiles.class, "takePlace"),
                            // It is the database, and not open.
                            new Trap.Place(StoreStateMachine.class, "openInstalled"))
                    .<Aim>map(Aim.Install::new)
                    .toList();

    private static final List<Aim> SNAPSHOTS =
            List.of(new Aim.Snapshot(WRITING), new Aim.Snapshot(WRITTEN));

    /**
     * On a busy machine an election takes seconds, and an outcome that nobody knows is none here.
     */
    private static final String PATIENT = "-D" + MemberProcess.DEADLINE_MILLIS + "=60000";

    /** Term, index and its entry's term. */
    private static final Pattern WORD = Pattern.compile("(\\d+) (-?\\d+) (\\d+)");

    private final long seed = Long.getLong("miroir.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Map<Aim, Integer> hits = new HashMap<>();

    /** Of how many that were killed the leader knew what they had acknowledged. */
    private int judged;

    /** What a kill is aimed at. */
    private sealed interface Aim {
        /** Whoever it is, whatever it does: appending, applying, looking how much is synced. */
        record Writes() implements Aim {}

        /** A follower: what its leader heard from it must be on its disk. */
        record Acknowledgements() implements Aim {}

        /** A member that is sent the whole database. */
        record Install(Trap.Place at) implements Aim {}

        /** A leader that writes the file for it. */
        record Snapshot(Trap.Place at) implements Aim {}
    }

    /** Writes through one member until it is closed. */
    private static final class Traffic implements AutoCloseable {
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

    @Test
    void whereverAMemberIsKilledItComesBackWithTheSameTables(@TempDir Path dir) throws Exception {
        LOG.info("seed {}, {} kills", seed, KILLS);
        for (int done = 0; done < KILLS; done += KILLS_OF_A_GROUP) {
            try (MemberJvms group =
                    new MemberJvms(dir.resolve("group-" + done), Trap.POSSIBLE, PATIENT)) {
                for (int kill = done; kill < Math.min(KILLS, done + KILLS_OF_A_GROUP); kill++) {
                    one(group, aim(kill));
                }
                group.assertNothingLostOrDoubled();
                assertTrue(group.acknowledged() > KILLS_OF_A_GROUP * 10, "too little traffic");
            } catch (AssertionError | IOException | CompletionException failed) {
                throw new AssertionError(
                        "seed " + seed + ", after " + hits + ": " + failed, failed);
            }
        }
        LOG.info("kills: {}", hits);
        Map<Aim, Integer> planned = new HashMap<>();
        IntStream.range(0, KILLS).forEach(kill -> planned.merge(aim(kill), 1, Integer::sum));
        assertEquals(planned, hits);
        assertTrue(judged > KILLS / 8, "judged " + judged);
    }

    private static Aim aim(int kill) {
        int round = kill / 4;
        return switch (kill % 4) {
            case 2 -> INSTALLS.get(round % INSTALLS.size());
            case 3 -> SNAPSHOTS.get(round % SNAPSHOTS.size());
            case 1 -> new Aim.Acknowledgements();
            default -> new Aim.Writes();
        };
    }

    private void one(MemberJvms group, Aim aim) throws IOException {
        long startedNanos = System.nanoTime();
        switch (aim) {
            case Aim.Writes _ -> inTheMiddleOfWrites(group);
            case Aim.Acknowledgements _ -> inTheMiddleOfAcknowledgements(group);
            case Aim.Install install -> inTheMiddleOfAnInstall(group, install.at());
            case Aim.Snapshot snapshot -> inTheMiddleOfASnapshot(group, snapshot.at());
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
        try (Traffic _ = new Traffic(group, through)) {
            pauseMillis(random.nextInt(300));
            group.kill(victim);
            group.begin(victim).awaitReady();
        }
    }

    /** Else an honest member would be taken for an old copy of itself. */
    private void inTheMiddleOfAcknowledgements(MemberJvms group) throws IOException {
        MemberJvm leader = group.get(group.leader());
        List<MemberJvm> followers = group.without(leader.id());
        int which = random.nextInt(2);
        String victim = followers.get(which).id();
        try (Traffic _ = new Traffic(group, followers.get(1 - which))) {
            pauseMillis(random.nextInt(300));
            group.kill(victim);
            judge(leader, victim, group.data(victim));
            group.begin(victim).awaitReady();
        }
    }

    private void judge(MemberJvm leader, String victim, Path data) throws IOException {
        StoreCheck.Report disk = StoreCheck.examine(data, RaftStoreConfig.COMMON_CLUSTER);
        String word = leader.ask("acknowledged " + victim + " " + disk.held().term());
        LOG.info("{} has {}, its leader has heard {}", victim, disk.held(), word);
        assertEquals(null, disk.damage());
        Optional<Acknowledged> heard = parse(word).filter(told -> told.index() >= 0);
        assertFalse(heard.filter(disk.held()::hasLost).isPresent(), disk.held() + " of " + word);
        judged += heard.isPresent() ? 1 : 0;
    }

    private static Optional<Acknowledged> parse(String word) {
        Matcher told = WORD.matcher(word);
        return told.matches()
                ? Optional.of(
                        new Acknowledged(
                                Long.parseLong(told.group(1)),
                                Long.parseLong(told.group(2)),
                                Long.parseLong(told.group(3))))
                : Optional.empty();
    }

    private void inTheMiddleOfAnInstall(MemberJvms group, Trap.Place place) throws IOException {
        String victim = group.follower();
        group.kill(victim);
        writeUntilPurged(group, victim);
        try (Trap trap = Trap.in(group.begin(victim, Trap.AWAITED, PATIENT), place)) {
            await(place.toString(), trap::holds);
            group.kill(victim);
        }
        group.begin(victim).awaitReady();
    }

    /** A leader writes the file as soon as a member comes that needs what its log lacks. */
    private void inTheMiddleOfASnapshot(MemberJvms group, Trap.Place place) throws IOException {
        String away = group.follower();
        group.kill(away);
        writeUntilPurged(group, away);
        List<MemberJvm> live = group.without(away);
        // Either may lead by then.
        try (Trap one = Trap.in(live.getFirst(), WRITING);
                Trap other = Trap.in(live.getLast(), WRITING)) {
            MemberJvm returning = group.begin(away);
            await("a leader that writes a file", () -> one.holds() || other.holds());
            Trap leading = one.holds() ? one : other;
            leading.letGoTo(WRITTEN);
            if (place.equals(WRITTEN)) {
                await(place.toString(), leading::holds);
            } else {
                pauseMillis(random.nextInt(10));
            }
            String leader = leading.member().id();
            MemberJvm through =
                    group.without(leader).stream()
                            .filter(member -> !member.id().equals(away))
                            .findFirst()
                            .orElseThrow();
            CompletableFuture<Void> writes =
                    beside(() -> group.write(through, WRITES_WHILE_AWAY, TASK_BYTES));
            group.kill(leader);
            MemberJvm back = group.begin(leader);
            returning.awaitReady();
            back.awaitReady();
            writes.join();
        }
    }

    /**
     * Until no log holds what a pod needs that is away. How many writes that takes is up to the
     * disk, because looks at how much is synced rest as long as they were slow.
     */
    private void writeUntilPurged(MemberJvms group, String away) {
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

    private static CompletableFuture<Void> beside(Runnable writes) {
        return CompletableFuture.runAsync(writes, task -> Thread.ofPlatform().start(task));
    }

    private String anyOf(MemberJvms group) {
        return group.without("").get(random.nextInt(3)).id();
    }

    private static void await(String what, BooleanSupplier holds) {
        long giveUpNanos = System.nanoTime() + PATIENCE_NANOS;
        while (!holds.getAsBoolean()) {
            assertTrue(System.nanoTime() < giveUpNanos, "did not come: " + what);
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
