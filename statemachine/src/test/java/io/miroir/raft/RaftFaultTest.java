package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.store.Change;
import io.miroir.store.Digests;
import io.miroir.store.LeadershipWatcher;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.StoreStatus;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.TaskStore;
import io.miroir.store.Watch;
import io.miroir.store.Watcher;
import io.miroir.store.Writes;
import io.miroir.store.engine.Applied;
import io.miroir.store.lane.Lanes;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Members that go and come back. */
class RaftFaultTest {
    private static final RaftStoreConfig.Tuning QUICK =
            new RaftStoreConfig.Tuning(300, 600, 10_000, 8 << 20);

    /** On a busy machine others would take a leader of the former for lost while it is there. */
    private static final RaftStoreConfig.Tuning LASTING =
            new RaftStoreConfig.Tuning(2_000, 4_000, 10_000, 8 << 20);

    @Test
    void aLeaderThatLeavesIsReplacedAndCatchesUp(@TempDir Path dir) throws Exception {
        // Nothing acknowledged is lost; the member replays its log onto its own database.
        try (Group group = new Group(dir, LASTING, 60_000)) {
            group.startAll();
            String old = group.awaitLeader();
            TaskStore other = group.pod(old.equals("pod-a") ? "pod-b" : "pod-a");
            long oldTerm = group.pod(old).status().term();
            List<String> heard = new CopyOnWriteArrayList<>();
            Watch watch = group.pod(old).watchLeadership(recorder(heard));
            Group.await("leading", () -> heard.contains("leading " + oldTerm));

            long epoch = Writes.claim(other, "movies", "pod-x");
            List<Long> uids = new ArrayList<>();
            uids.add(Writes.write(other, "movies", epoch));
            group.stop(old);
            watch.close();
            assertEquals("following", heard.getLast(), "duties end with leadership");
            for (int i = 0; i < 20; i++) {
                uids.add(Writes.write(other, "movies", epoch));
            }
            assertTrue(other.status().term() > oldTerm);

            TaskStore back = group.start(old);
            group.awaitEqual();
            for (int i = 0; i < uids.size(); i++) {
                assertEquals(i, uids.get(i), "dense uids over a change of leaders");
                assertTrue(back.tasks().get(ReadLevel.LOCAL, i).isPresent());
            }
        }
    }

    /** Its database has everything already: no entry comes that would say so. */
    @Test
    void aMemberThatComesBackToAnIdleGroupReadsAtOnce(@TempDir Path dir) throws Exception {
        try (Group group = new Group(dir, QUICK, 60_000)) {
            group.startAll();
            String id = group.follower();
            Writes.claim(group.pod(id), "movies", "pod-x");
            group.awaitEqual();
            group.stop(id);
            assertInstanceOf(Reply.Applied.class, group.start(id).barrier());
        }
    }

    /** Without it a call that never ends would hang the build instead of failing it. */
    @Timeout(300)
    @Test
    void withoutAQuorumEveryCallEndsWithARefusal(@TempDir Path dir) throws Exception {
        // Bounded failure: typed outcomes within the deadline, local reads go on.
        try (Group group = new Group(dir, QUICK, 1_500)) {
            group.startAll();
            String last = group.awaitLeader();
            // An answer may take longer than this deadline, cold and on a busy machine.
            List<Reply<Lanes.Claim>> claims = new ArrayList<>();
            Group.await(
                    "a first answer",
                    () -> {
                        claims.add(group.pod(last).lanes().claim("movies", "pod-x"));
                        return claims.getLast() instanceof Reply.Applied<?>;
                    });
            long epoch = ((Lanes.Claim.Claimed) claims.getLast().orThrow()).epoch();
            for (String id : List.copyOf(group.pods().keySet())) {
                if (!id.equals(last)) {
                    group.stop(id);
                }
            }
            TaskStore alone = group.pod(last);
            Reply.Refused<?> refused =
                    assertInstanceOf(
                            Reply.Refused.class,
                            alone.lanes().intend(Writes.intend("movies", epoch, null)));
            assertFalse(refused.refusal() instanceof Refusal.Busy);
            assertThrows(
                    StoreUnavailableException.class,
                    () -> alone.lanes().get(ReadLevel.LINEARIZABLE, "movies"));
            assertTrue(alone.lanes().get(ReadLevel.LOCAL, "movies").isPresent());
        }
    }

    @Test
    void aMemberThatWasAwayTooLongGetsAWholeFile(@TempDir Path dir) throws Exception {
        // Rule 21: the log is purged up to what is checkpointed; who needs older entries installs.
        RaftStoreConfig.Tuning purging = new RaftStoreConfig.Tuning(300, 600, 50, 32 << 10);
        try (Group group = new Group(dir, purging, 60_000)) {
            group.startAll();
            String away = group.follower();
            group.stop(away);
            TaskStore leader = group.pod(group.awaitLeader());
            long epoch = Writes.claim(leader, "movies", "pod-x");
            for (int i = 0; i < 300; i++) {
                Writes.write(leader, "movies", epoch);
            }
            long firstIndexOfAway = lastApplied(group, away);
            Group.await(
                    "the log to be purged",
                    () -> {
                        Writes.write(leader, "movies", epoch);
                        // Whoever leads when it is back.
                        return group.pods().keySet().stream()
                                .allMatch(id -> group.firstLogIndex(id) > firstIndexOfAway + 1);
                    });

            List<Long> resyncs = new CopyOnWriteArrayList<>();
            TaskStore back = group.start(away);
            Watch watch = back.watch(new Resyncs(resyncs));
            group.awaitEqual();
            Group.await("a resync after the install", () -> resyncs.size() >= 2);
            watch.close();
            Writes.write(back, "movies", epoch);
            group.awaitEqual();
            // Once more from its own disk: what was installed is what it starts from.
            group.stop(away);
            group.start(away);
            group.awaitEqual();
        }
    }

    @Test
    void aStoreOfTheOtherKindIsRefused(@TempDir Path dir) throws Exception {
        // A single pod's indexes mean nothing in a group's log, and the other way round.
        Path single = dir.resolve("pod-a");
        try (TaskStore store = single(single)) {
            Writes.claim(store, "movies", "pod-a");
        }
        Group group = new Group(dir, QUICK, 1_000);
        assertThrows(IllegalStateException.class, () -> group.start("pod-a"));
        Files.createDirectories(dir.resolve("pod-b").resolve("raft"));
        assertThrows(IllegalStateException.class, () -> single(dir.resolve("pod-b")));
    }

    private static TaskStore single(Path dir) {
        return new SqliteTaskStore(
                SqliteStoreConfig.of("pod-a", dir),
                InstantSource.system(),
                new CollectorRegistry(),
                Throwable::printStackTrace);
    }

    @Test
    void aFileThatACrashKeptFromTakingItsPlaceTakesItAtTheStart(@TempDir Path dir)
            throws Exception {
        // Rule 21: Ratis' log goes on from an installed file once it is there; a database from
        // before it would wait for ever for entries that nobody has. And its own log, which ends
        // before that file, must not keep the pod from taking part again.
        try (Group group = new Group(dir, QUICK, 60_000)) {
            group.startAll();
            long epoch = Writes.claim(group.pod(group.awaitLeader()), "movies", "pod-x");
            // A log that holds nothing would be in nobody's way.
            group.awaitEqual();
            String cut = group.follower();
            group.stop(cut);
            TaskStore leader = group.pod(group.awaitLeader());
            for (int i = 0; i < 20; i++) {
                Writes.write(leader, "movies", epoch);
            }
            Digests held = leader.digests();
            StoreStatus sent = leader.status();
            String sender = group.awaitLeader();
            for (String id : List.copyOf(group.pods().keySet())) {
                group.stop(id);
            }
            Path snapshots =
                    Files.createDirectories(group.config(cut).dataDir().resolve("snapshot"));
            var database =
                    new DatabaseFiles(group.config(sender).dataDir(), Durability.BEHIND_A_LOG)
                            .open();
            database.copyTo(
                    snapshots.resolve(
                            "store-%d-%d.db".formatted(sent.term(), sent.appliedIndex())));
            database.close();

            TaskStore alone = group.start(cut);
            assertTrue(alone.status().appliedIndex() >= sent.appliedIndex());
            assertEquals(
                    held.sha256ByTable().get("tasks"),
                    alone.digests().sha256ByTable().get("tasks"));
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(
                                    group.config(cut).dataDir().resolve("store.db"))));
            for (RaftStoreConfig.Peer peer : group.config(cut).peers()) {
                if (!peer.id().equals(cut)) {
                    group.start(peer.id());
                }
            }
            Writes.write(alone, "movies", epoch);
            group.awaitEqual();
        }
    }

    private static long lastApplied(Group group, String stopped) {
        var database =
                new DatabaseFiles(group.config(stopped).dataDir(), Durability.BEHIND_A_LOG).open();
        try {
            return Applied.load(database.writer()).index();
        } finally {
            database.close();
        }
    }

    private static LeadershipWatcher recorder(List<String> heard) {
        return new LeadershipWatcher() {
            @Override
            public void leading(long term) {
                heard.add("leading " + term);
            }

            @Override
            public void following() {
                heard.add("following");
            }
        };
    }

    private record Resyncs(List<Long> indexes) implements Watcher {
        @Override
        public void applied(long index, List<Change> changes) {}

        @Override
        public void resync(long index) {
            indexes.add(index);
        }
    }
}
