package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskType;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A newcomer is sent a database that is larger than the heaps of those who send and take it. */
class LargeInstallTest {
    private static final int HEAP_MEBIBYTES = 48;
    private static final int TASKS = 3_000;
    private static final int TASK_BYTES = 50_000;

    @Test
    void aHeapThatIsSmallerThanTheDatabaseIsEnoughOnBothSides(@TempDir Path dir) throws Exception {
        Path first = dir.resolve("pod-a");
        fill(first);
        assertTrue(Files.size(first.resolve("store.db")) > (2L * HEAP_MEBIBYTES) << 20);
        List<RaftStoreConfig.Peer> two = Group.freePeers("pod-a", "pod-b");
        RaftStoreConfig.Peer port = two.get(1);
        RaftStoreConfig.Peer newcomer =
                new RaftStoreConfig.Peer(port.id(), port.host(), port.port(), "", false);
        // Its log begins where the database ends: nothing but the whole file helps a newcomer.
        assertInstanceOf(
                OfflineStore.Outcome.Ready.class,
                new OfflineStore(first, two.getFirst(), (_, _) -> {})
                        .toRaft(RaftStoreConfig.COMMON_CLUSTER));
        String heap = "-Xmx" + HEAP_MEBIBYTES + "m";
        try (MemberJvm sender =
                        MemberJvm.start("pod-a", dir, two.subList(0, 1), heap).awaitReady();
                MemberJvm taker =
                        MemberJvm.start("pod-b", dir, List.of(two.getFirst(), newcomer), heap)
                                .awaitReady()) {
            Group.await("a leader", () -> sender.ask("role").startsWith("LEADER"));
            // A leader that was just elected may not know yet that it is one.
            Group.await(
                    "to be let in",
                    () -> !sender.ask("join pod-b " + newcomer.port()).equals("NotLeader"));
            // A digest reads all of it: it is asked for when there is something to compare.
            Group.await("all that there is", () -> taker.ask("has " + (TASKS - 1)).equals("yes"));
            Group.await("equal digests", () -> sender.ask("digest").equals(taker.ask("digest")));
        }
    }

    private static void fill(Path directory) {
        NewTask task = NewTask.of(TaskType.DUMP_CREATION, null, "x".repeat(TASK_BYTES), null, null);
        try (SqliteTaskStore store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("pod-a", directory),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        Throwable::printStackTrace)) {
            for (int i = 0; i < TASKS; i++) {
                store.tasks().enqueue(task).orThrow();
            }
        }
    }
}
