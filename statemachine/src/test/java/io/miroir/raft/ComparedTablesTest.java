package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.Digests;
import io.miroir.store.TaskStore;
import io.miroir.store.Writes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two members compare their tables at the same entry, whatever is written meanwhile. */
class ComparedTablesTest {
    private static final int COMPARISONS = 25;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final AtomicBoolean enough = new AtomicBoolean();
    private Group group;
    private TaskStore leader;
    private long epoch;
    private CompletableFuture<Void> writes;

    @BeforeEach
    void aGroupUnderWrites(@TempDir Path dir) throws Exception {
        group = new Group(dir, new RaftStoreConfig.Tuning(500, 1_000, 10_000, 2 << 20), 60_000);
        group.startAll();
        leader = group.pod(group.awaitLeader());
        epoch = Writes.claim(leader, "movies", "pod-x");
        writes =
                CompletableFuture.runAsync(
                        () -> {
                            while (!enough.get()) {
                                Writes.write(leader, "movies", epoch);
                            }
                        },
                        task -> Thread.ofPlatform().start(task));
    }

    @AfterEach
    void stop() {
        enough.set(true);
        writes.join();
        group.close();
    }

    private static ComparedTables tables(TaskStore store) {
        return ((RaftTaskStore) store).tables();
    }

    @Test
    void digestsAreOfOneEntryAndNothingIsHeldUp() throws Exception {
        // Each in both directions: a leader may ask, too.
        for (int i = 0; i < COMPARISONS; i++) {
            TaskStore other = group.pod(otherPod());
            assertEqualAtOneEntry(tables(other), tables(leader));
            assertEqualAtOneEntry(tables(leader), tables(other));
            // One right behind the other, they would leave a slow disk no time for writes.
            long before = leader.status().appliedIndex();
            Group.await("writes go on", () -> leader.status().appliedIndex() > before);
        }
    }

    /** Not the one that is written through, whichever leads by now. */
    private String otherPod() {
        return group.pods().entrySet().stream()
                .filter(pod -> !pod.getValue().equals(leader))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private static void assertEqualAtOneEntry(ComparedTables asking, ComparedTables asked)
            throws Exception {
        List<Digests> own = new ArrayList<>();
        Digests theirs;
        try (ComparedTables.Still still = asking.still(PATIENCE_NANOS)) {
            theirs =
                    asked.forOther(still.at(), PATIENCE_NANOS, at -> own.add(digestsAt(still, at)))
                            .orElseThrow();
        }
        assertEquals(List.of(theirs), own);
    }

    private static Digests digestsAt(ComparedTables.Still still, long at) {
        try {
            return still.digestsAt(at, PATIENCE_NANOS).orElseThrow();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whoIsTooSlowHoldsNobodyUp() throws Exception {
        TaskStore follower = group.pod(otherPod());
        try (ComparedTables.Still still = tables(follower).still(SHORT_NANOS)) {
            // It goes on by itself, and what was asked for is past.
            long later = still.at() + 100;
            assertTrue(tables(follower).forOther(later, PATIENCE_NANOS, _ -> {}).isPresent());
            assertTrue(still.digestsAt(later - 1, PATIENCE_NANOS).isEmpty());
        }
        // One that is ahead of the other does not wait for long.
        assertTrue(tables(leader).forOther(Long.MAX_VALUE, SHORT_NANOS, _ -> {}).isEmpty());
    }

    @Test
    void aPodThatStandsStillCanBeStopped() throws Exception {
        String id = otherPod();
        try (ComparedTables.Still _ = tables(group.pod(id)).still(PATIENCE_NANOS)) {
            group.stop(id);
        }
    }
}
