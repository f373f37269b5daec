package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.sqlite.DatabaseFiles;
import io.miroir.store.Digests;
import io.miroir.store.ReadLevel;
import io.miroir.store.Role;
import io.miroir.store.TaskStore;
import io.miroir.store.Writes;
import io.miroir.store.backup.OnlineBackup;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.recovery.StateJump;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.miroir.store.topology.TopologyRow;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clusters that begin with the state of another one (protocol rule 17). */
class OfflineStoreTest {
    private static final RaftStoreConfig.Tuning QUICK =
            new RaftStoreConfig.Tuning(300, 600, 50, 64 << 10);
    private static final StateJump.Distance FAR = StateJump.Distance.DEFAULT;
    private static final UUID NEW = UUID.fromString("00000000-0000-4000-8000-00000000000b");

    /** Tables that a jump leaves as they are. */
    private static final List<String> KEPT =
            List.of("tasks", "indexes", "aliases", "proposers", "intents", "idempotency_cache");

    @TempDir Path dir;

    @Test
    void aBackupOfThreePodsBecomesAClusterOfOneThreeAndFive() throws Exception {
        Path backup;
        Digests live;
        long epoch;
        try (Group group = new Group(dir.resolve("old"), QUICK, 60_000)) {
            group.startAll();
            epoch = fill(group.pod(group.follower()), 120);
            // Or what it lacks yet would come between the two.
            group.awaitEqual();
            TaskStore follower = group.pod(group.follower());
            backup = backup(follower);
            live = follower.digests();
        }
        List<RaftStoreConfig.Peer> one = Group.freePeers("pod-a");
        Path restored = dir.resolve("new/pod-a");
        UUID common = RaftStoreConfig.COMMON_CLUSTER;
        OfflineStore.Outcome outcome = offline(restored, one).restore(backup, common, FAR);
        var ready = assertInstanceOf(OfflineStore.Outcome.Ready.class, outcome);
        assertEquals(live.appliedIndex(), ready.appliedIndex());

        try (Group group = new Group(dir.resolve("new"), QUICK, 60_000, one)) {
            TaskStore first = group.start("pod-a");
            group.awaitLeader();
            Digests begun = first.digests();
            KEPT.forEach(
                    table ->
                            assertEquals(
                                    live.sha256ByTable().get(table),
                                    begun.sha256ByTable().get(table),
                                    table));
            assertDoubted(first);
            // The numbers of the lost time are not given again, nor are its epochs and terms.
            assertTrue(Writes.claim(first, "movies", "pod-x") > epoch + 900_000);
            assertTrue(first.status().term() > 1_000);
            for (String id : List.of("pod-b", "pod-c", "pod-d", "pod-e")) {
                Member newcomer = group.startNewcomer(id);
                group.changed(new MemberChange.Join(newcomer));
                group.changed(new MemberChange.Promote(id));
            }
            long later = Writes.claim(first, "movies", "pod-x");
            assertTrue(Writes.write(first, "movies", later) >= FAR.taskUids() + 120);
            group.awaitEqual();
            Group.await("five votes", () -> first.status().voters().size() == 5);
        }
    }

    @Test
    void aRestoreReplacesNothingAndBelievesNoDamagedFile() throws Exception {
        Path backup;
        try (TaskStore store = single(dir.resolve("old"))) {
            fill(store, 3);
            backup = backup(store);
        }
        List<RaftStoreConfig.Peer> one = Group.freePeers("pod-a");
        Path full = Files.createDirectories(dir.resolve("full"));
        Files.writeString(full.resolve("store.db"), "something");
        assertRefused(offline(full, one).restore(backup, NEW, FAR), "not empty");
        assertEquals("something", Files.readString(full.resolve("store.db")));

        byte[] bytes = Files.readAllBytes(backup);
        bytes[bytes.length / 2] ^= 1;
        Path damaged = Files.write(dir.resolve("damaged.mbk"), bytes);
        Path target = dir.resolve("target");
        assertRefused(offline(target, one).restore(damaged, NEW, FAR), "checksum");
        assertFalse(Files.exists(target.resolve("store.db")));

        // A crash in the middle: no pod starts on what it left, and the command goes on.
        Files.writeString(target.resolve(DatabaseFiles.UNFINISHED), "restore");
        Files.writeString(target.resolve("store.db"), "half");
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> single(target));
        assertTrue(String.valueOf(refused.getMessage()).contains("run that again"));
        assertInstanceOf(
                OfflineStore.Outcome.Ready.class, offline(target, one).restore(backup, NEW, FAR));
    }

    /** What a pod or a command that was stopped leaves in an empty directory stands in no way. */
    @Test
    void aRestoreGoesIntoADirectoryThatHoldsMarksOnly() throws Exception {
        Path backup;
        try (TaskStore store = single(dir.resolve("old"))) {
            fill(store, 3);
            backup = backup(store);
        }
        List<RaftStoreConfig.Peer> one = Group.freePeers("pod-a");
        Path struckOff = dir.resolve("struck-off");
        LostVote.put(struckOff);
        Path cutShort = Files.createDirectories(dir.resolve("cut-short"));
        Files.createFile(cutShort.resolve(DatabaseFiles.UNFINISHED + ".part"));
        for (Path target : List.of(struckOff, cutShort)) {
            OfflineStore.Outcome outcome = offline(target, one).restore(backup, NEW, FAR);
            assertInstanceOf(OfflineStore.Outcome.Ready.class, outcome, outcome::toString);
            assertFalse(LostVote.isThere(target), "it is the beginning of another cluster");
        }
    }

    /** A copy of a cluster that is tried beside it must not write to the nodes of the original. */
    @Test
    void aRestoreKnowsNoAddressesOfNodesButAllElseOfThem() throws Exception {
        Path backup;
        try (TaskStore store = single(dir.resolve("old"))) {
            String topology = "{\"groups\":[[\"a\"]],\"addresses\":{\"a\":\"http://old:7700\"}}";
            store.topology().replace(topology, 0).orThrow();
            backup = backup(store);
        }
        Path target = dir.resolve("target");
        OfflineStore alone = new OfflineStore(target, null, (_, _) -> {});
        assertInstanceOf(OfflineStore.Outcome.Ready.class, alone.restore(backup, NEW, FAR));
        try (TaskStore store = single(target)) {
            TopologyRow row = store.topology().get(ReadLevel.LOCAL).orElseThrow();
            assertEquals("{\"groups\":[[\"a\"]]}", row.json());
            assertEquals(2, row.version());
        }
    }

    @Test
    void aSurvivorGoesOnWithAllThatItsLogHoldsAndTheOthersCannotComeBack() throws Exception {
        Digests last;
        Path older = dir.resolve("older.db");
        List<RaftStoreConfig.Peer> peers = Group.freePeers();
        try (Group group = new Group(dir, QUICK, 60_000, peers)) {
            group.startAll();
            TaskStore survivor = group.pod("pod-c");
            fill(survivor, 5);
            group.awaitEqual();
            survivor.copyTo(older);
            long epoch = Writes.claim(survivor, "later", "pod-x");
            for (int i = 0; i < 30; i++) {
                Writes.write(survivor, "later", epoch);
            }
            group.awaitEqual();
            last = survivor.digests();
        }
        // As after a power loss: the log is synced, the database was not, and there is no seal.
        Path pod = dir.resolve("pod-c");
        Files.delete(pod.resolve("store.seal"));
        Files.delete(pod.resolve("store.db"));
        Files.deleteIfExists(pod.resolve("store.db-wal"));
        Files.deleteIfExists(pod.resolve("store.db-shm"));
        Files.move(older, pod.resolve("store.db"), StandardCopyOption.ATOMIC_MOVE);

        Survivor.Findings found = Survivor.look(pod);
        assertEquals(List.of("pod-a", "pod-b", "pod-c"), found.members());
        assertTrue(found.waitingCommands() >= 61, found::toString);
        assertEquals(found, Survivor.look(pod), "a look changed something");

        OfflineStore.Outcome outcome =
                offline(pod, peers.subList(2, 3)).recover(NEW, StateJump.Distance.DEFAULT);
        assertInstanceOf(OfflineStore.Outcome.Ready.class, outcome, outcome::toString);
        assertTrue(Files.exists(pod.resolve("before-recovery/store.db")));
        try (Group group = new Group(dir, QUICK, 60_000, peers)) {
            RaftTaskStore alone = group.start(config(group, "pod-c", NEW));
            Group.await("a leader", () -> alone.status().role() == Role.LEADER);
            assertEquals(List.of("pod-c"), alone.status().voters());
            Digests now = alone.digests();
            for (String table : List.of("tasks", "indexes", "intents")) {
                assertEquals(
                        last.sha256ByTable().get(table), now.sha256ByTable().get(table), table);
            }
            assertDoubted(alone);
            long term = alone.status().term();
            // Those that were lost come back with their old disks: a cluster of their own.
            group.start("pod-a");
            group.start("pod-b");
            Group.await(
                    "the old majority",
                    () ->
                            group.pod("pod-a").status().role() == Role.LEADER
                                    || group.pod("pod-b").status().role() == Role.LEADER);
            long epoch = Writes.claim(alone, "later", "pod-x");
            long uid = Writes.write(alone, "later", epoch);
            assertEquals(term, alone.status().term());
            assertTrue(group.pod("pod-a").tasks().get(ReadLevel.LOCAL, uid).isEmpty());
        }
    }

    @Test
    void oneBackendBecomesTheOtherAndBackWithEverything() throws Exception {
        Path pod = dir.resolve("pod-a");
        Digests single;
        try (TaskStore store = single(pod)) {
            fill(store, 10);
            single = store.digests();
        }
        List<RaftStoreConfig.Peer> one = Group.freePeers("pod-a");
        UUID common = RaftStoreConfig.COMMON_CLUSTER;
        OfflineStore.Outcome toRaft = offline(pod, one).toRaft(common);
        assertInstanceOf(OfflineStore.Outcome.Ready.class, toRaft, toRaft::toString);
        assertRefused(offline(pod, one).toRaft(common), "replicated");
        assertThrows(IllegalStateException.class, () -> single(pod));
        try (Group group = new Group(dir, QUICK, 60_000, one)) {
            TaskStore first = group.start("pod-a");
            group.awaitLeader();
            assertEquals(replicas(single), replicas(first.digests()));
            Member newcomer = group.startNewcomer("pod-b");
            group.changed(new MemberChange.Join(newcomer));
            group.awaitEqual();
        }
        assertRefused(offline(pod, one).toSqlite("pod-a"), "let the others leave");

        Digests grouped;
        try (Group group = new Group(dir, QUICK, 60_000, one)) {
            group.start("pod-a");
            group.awaitLeader();
            group.changed(new MemberChange.Leave("pod-b"));
            fill(group.pod("pod-a"), 4);
            grouped = group.pod("pod-a").digests();
        }
        OfflineStore.Outcome toSqlite = offline(pod, one).toSqlite("pod-a");
        assertInstanceOf(OfflineStore.Outcome.Ready.class, toSqlite, toSqlite::toString);
        try (TaskStore store = single(pod)) {
            assertEquals(
                    grouped.sha256ByTable().get("tasks"),
                    store.digests().sha256ByTable().get("tasks"));
            fill(store, 1);
        }
    }

    private static String replicas(Digests digests) {
        return digests.sha256ByTable().get("replica_state")
                + digests.sha256ByTable().get("tasks")
                + digests.sha256ByTable().get("lanes");
    }

    private static void assertDoubted(TaskStore store) {
        var rows = store.replicas().list(ReadLevel.LOCAL);
        assertNotEquals(0, rows.size());
        rows.forEach(row -> assertEquals(ShardStates.all(4, ShardState.UNVERIFIED), row.states()));
    }

    private static void assertRefused(OfflineStore.Outcome outcome, String why) {
        var refused =
                assertInstanceOf(OfflineStore.Outcome.Refused.class, outcome, outcome::toString);
        assertTrue(refused.why().contains(why), refused.why());
    }

    private static RaftStoreConfig config(Group group, String id, UUID cluster) {
        RaftStoreConfig config = group.config(id);
        return new RaftStoreConfig(
                id,
                config.dataDir(),
                cluster,
                config.peers(),
                config.bindHost(),
                config.limits(),
                config.tuning());
    }

    private static OfflineStore offline(Path directory, List<RaftStoreConfig.Peer> one) {
        return new OfflineStore(directory, one.getFirst(), (_, _) -> {});
    }

    /** An index with its replicas if there is none, and writes; answers the epoch of its lane. */
    private static long fill(TaskStore store, int writes) {
        long epoch = Writes.claim(store, "movies", "pod-x");
        int written = 0;
        if (store.indexes().get(ReadLevel.LINEARIZABLE, "movies").isEmpty()) {
            create(store, epoch);
            written++;
        }
        for (; written < writes; written++) {
            Writes.write(store, "movies", epoch);
        }
        return epoch;
    }

    private static void create(TaskStore store, long epoch) {
        var intended = Writes.intended(store, Writes.intend("movies", epoch, null));
        IndexEffect created = Writes.created("movies", intended.incarnation(), "node-0", "node-1");
        store.lanes()
                .bind(Writes.bind("movies", epoch, intended.position(), Map.of(), List.of(created)))
                .orThrow();
    }

    private Path backup(TaskStore store) throws IOException {
        Path file = dir.resolve("state.mbk");
        OnlineBackup.Taken taken = new OnlineBackup(store, dir, "test").take();
        try (OnlineBackup.Taken.Copy copy = assertInstanceOf(OnlineBackup.Taken.Copy.class, taken);
                OutputStream out = Files.newOutputStream(file)) {
            copy.writeTo(out);
        }
        return file;
    }

    private static TaskStore single(Path directory) {
        return new SqliteTaskStore(
                SqliteStoreConfig.of("pod-a", directory),
                InstantSource.system(),
                new CollectorRegistry(),
                failure -> {
                    throw new AssertionError("the store failed", failure);
                });
    }
}
