package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.store.engine.StoreMetrics;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.server.protocol.TermIndex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that takes no more, or says that it can't sync: the pod ends, the others go on. */
class DiskFaultTest {
    private static final int WRITES = 60;

    @Test
    void aPodWhoseDiskIsFullEndsAndLosesNothing(@TempDir Path dir) throws Exception {
        // A limit on the size of files fails a write in the middle as a full disk does.
        assumeTrue(MemberJvm.run("prlimit", "--version"), "prlimit of util-linux is not there");
        try (MemberJvms group = new MemberJvms(dir, RaftKills.PATIENT)) {
            for (String full : List.of(group.follower(), group.leader())) {
                MemberJvm through = group.without(full).getFirst();
                group.write(through, 10, 1_000);
                // A follower that is behind would be cut off within an entry: a pod drops that one
                // when it checks its store, which these members do not.
                group.awaitEqual();
                // Below what its log and its database have already: the next write is one too many.
                assertTrue(
                        MemberJvm.run(
                                "prlimit", "--pid", group.get(full).pid(), "--fsize=4096:4096"));
                group.write(through, WRITES, 1_000);
                assertEquals(MemberProcess.STORE_FAILED, group.get(full).awaitEnd());
                group.ended(full);
                group.begin(full).awaitReady();
                group.awaitEqual();
            }
            group.assertNothingLostOrDoubled();
        }
    }

    @Test
    void aPodWhoseDiskDoesNotSyncEndsRatherThanAcknowledge(@TempDir Path dir) throws Exception {
        try (MemberJvms group = new MemberJvms(dir, RaftKills.PATIENT)) {
            for (String failing : List.of(group.follower(), group.leader())) {
                MemberJvm through = group.without(failing).getFirst();
                group.write(through, 10, 1_000);
                try (FailingSync _ = new FailingSync(group.get(failing))) {
                    group.write(through, WRITES, 1_000);
                    assertEquals(MemberProcess.STORE_FAILED, group.get(failing).awaitEnd());
                }
                group.ended(failing);
                group.begin(failing).awaitReady();
                group.awaitEqual();
            }
            group.assertNothingLostOrDoubled();
        }
    }

    @Test
    void aCheckpointThatFailsEndsTheStoreAndPurgesNothing(@TempDir Path dir) throws Exception {
        // The next one might succeed although pages of the first were lost.
        List<RuntimeException> fatal = new CopyOnWriteArrayList<>();
        SnapshotFiles snapshots = new SnapshotFiles(dir, DiskFaultTest::broken);
        Checkpoints checkpoints =
                new Checkpoints(
                        snapshots,
                        DiskFaultTest::broken,
                        metrics(),
                        System::nanoTime,
                        Checkpoints.REST_FACTOR,
                        fatal::add);
        checkpoints.begin(() -> TermIndex.valueOf(1, 7));
        Group.await("the failure is told", () -> fatal.size() == 1);
        assertNull(snapshots.getLatestSnapshot());
    }

    @Test
    void checkpointsTakeNoMoreThanATwentiethOfTheTime(@TempDir Path dir) throws Exception {
        // The larger the database, the longer one takes, and the longer the pause after it.
        AtomicLong nanos = new AtomicLong();
        AtomicInteger taken = new AtomicInteger();
        try (Database database = new DatabaseFiles(dir, Durability.BEHIND_A_LOG).open()) {
            SnapshotFiles snapshots = new SnapshotFiles(dir, () -> database);
            Checkpoints checkpoints =
                    new Checkpoints(
                            snapshots,
                            () -> {
                                taken.incrementAndGet();
                                nanos.addAndGet(1_000);
                                return database;
                            },
                            metrics(),
                            nanos::get,
                            Checkpoints.REST_FACTOR,
                            failure -> {
                                throw failure;
                            });
            for (int index = 1; index <= 2; index++) {
                TermIndex applied = TermIndex.valueOf(1, index);
                checkpoints.begin(() -> applied);
                Group.await(
                        "a checkpoint",
                        () -> applied.equals(latest(snapshots)) && !checkpoints.isRunning());
                assertEquals(index, taken.get());
                nanos.addAndGet(19_999);
                checkpoints.begin(() -> applied);
                assertFalse(checkpoints.isRunning(), "too soon");
                nanos.addAndGet(1);
            }
        }
    }

    private static TermIndex latest(SnapshotFiles snapshots) {
        var latest = snapshots.getLatestSnapshot();
        return latest == null ? TermIndex.valueOf(0, 0) : latest.getTermIndex();
    }

    private static StoreMetrics metrics() {
        return new StoreMetrics(new CollectorRegistry());
    }

    private static Database broken() {
        throw new IllegalStateException("EIO");
    }
}
