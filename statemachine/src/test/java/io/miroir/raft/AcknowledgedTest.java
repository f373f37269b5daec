package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.raft.link.Acknowledged;
import io.miroir.store.Writes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a leader knows that others have acknowledged, and what is on their disks. */
class AcknowledgedTest {
    private static final Logger LOG = LoggerFactory.getLogger(AcknowledgedTest.class);

    /** A leader without a majority takes itself for one for forty seconds. */
    private static final RaftStoreConfig.Tuning PATIENT_LEADER =
            new RaftStoreConfig.Tuning(1_000, 20_000, 10_000, 8 << 20);

    /** As many as {@link RaftKillTest} does in half of its time. */
    private static final int KILLS = Integer.getInteger("miroir.kills", 20) / 2;

    private static final int TASK_BYTES = 2_000;
    private static final String PATIENT = "-D" + MemberProcess.DEADLINE_MILLIS + "=60000";

    private static final Pattern WORD = Pattern.compile("(\\d+) (-?\\d+) (\\d+)");

    private final Random random = new Random();

    @Test
    void onlyALeaderThatAMajorityConfirmsTellsIt(@TempDir Path dir) throws Exception {
        try (Group group = new Group(dir, PATIENT_LEADER, 10_000)) {
            group.startAll();
            String leader = group.awaitLeader();
            long epoch = Writes.claim(group.pod(leader), "movies", "pod-x");
            for (int i = 0; i < 20; i++) {
                Writes.write(group.pod(leader), "movies", epoch);
            }
            Group.await(
                    "what the leader heard",
                    () ->
                            // On a busy machine it may be another one by now.
                            membership(group, group.awaitLeader())
                                    .acknowledged(group.follower(), 0)
                                    .filter(word -> word.index() > 20 && word.entryTerm() > 0)
                                    .isPresent());
            // A follower leads nobody.
            String follower = group.follower();
            assertEquals(Optional.empty(), membership(group, follower).acknowledged(leader, 0));

            // Whatever this pod takes itself for: nobody says that it leads still.
            String last = group.awaitLeader();
            for (String id : List.copyOf(group.pods().keySet())) {
                if (!id.equals(last)) {
                    group.stop(id);
                }
            }
            assertEquals(Optional.empty(), membership(group, last).acknowledged(follower, 0));
        }
    }

    private static Membership membership(Group group, String id) {
        return ((RaftTaskStore) group.pod(id)).membership();
    }

    @Test
    void whatAMemberThatIsKilledHasAcknowledgedIsOnItsDisk(@TempDir Path dir) throws Exception {
        // Else honest pods would be taken for old copies of themselves.
        int judged = 0;
        try (MemberJvms group = new MemberJvms(dir, PATIENT)) {
            for (int kill = 0; kill < KILLS; kill++) {
                judged += aFollower(group) ? 1 : 0;
            }
            group.awaitEqual();
            group.assertNothingLostOrDoubled();
        }
        LOG.info("of {} that were killed {} were judged", KILLS, judged);
        assertTrue(judged > KILLS / 2, judged + " of " + KILLS);
    }

    /** Killed under writes through the third one; answers whether the leader knew it. */
    private boolean aFollower(MemberJvms group) throws IOException {
        String leader = group.leader();
        List<MemberJvm> followers = group.without(leader);
        int which = random.nextInt(2);
        String victim = followers.get(which).id();
        MemberJvm through = followers.get(1 - which);
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Void> writes =
                CompletableFuture.runAsync(
                        () -> {
                            while (!enough.get()) {
                                group.write(through, 20, TASK_BYTES);
                            }
                        },
                        task -> Thread.ofPlatform().start(task));
        pauseMillis(random.nextInt(300));
        group.kill(victim);
        StoreCheck.Report disk =
                StoreCheck.examine(group.data(victim), RaftStoreConfig.COMMON_CLUSTER);
        Held held = disk.held();
        Optional<Acknowledged> word = word(group.get(leader), victim, held.term());
        enough.set(true);
        writes.join();
        assertEquals(null, disk.damage());
        assertFalse(word.filter(held::hasLost).isPresent(), held + " of " + word);
        group.begin(victim).awaitReady();
        return word.filter(told -> told.index() >= 0).isPresent();
    }

    private static Optional<Acknowledged> word(MemberJvm leader, String of, long term) {
        Matcher told = WORD.matcher(leader.ask("acknowledged " + of + " " + term));
        return told.matches()
                ? Optional.of(
                        new Acknowledged(
                                Long.parseLong(told.group(1)),
                                Long.parseLong(told.group(2)),
                                Long.parseLong(told.group(3))))
                : Optional.empty();
    }

    private static void pauseMillis(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
