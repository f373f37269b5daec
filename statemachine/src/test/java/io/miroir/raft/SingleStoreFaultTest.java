package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The store of a single pod in a process of its own: killed with -9, on a disk that is full, on one
 * that does not sync. There is no log and no other pod that has what it lost.
 */
class SingleStoreFaultTest {
    private static final int KILLS = Math.max(3, RaftKills.KILLS / 4);
    private static final int WRITES = 60;
    private static final int WRITE = 1_000;

    private final long seed = Long.getLong("miroir.seed", System.nanoTime());
    private final NavigableSet<Long> acknowledged = new TreeSet<>();

    @TempDir Path dir;

    @Test
    void killedUnderWritesItHasAllThatItAcknowledged() throws Exception {
        Random random = new Random(seed);
        // On a busy machine some are killed before they have acknowledged anything.
        for (int kill = 0;
                kill < KILLS || (acknowledged.size() <= KILLS && kill < 5 * KILLS);
                kill++) {
            int before = acknowledged.size();
            try (MemberJvm pod = start()) {
                int millis = random.nextInt(300);
                CompletableFuture<Void> killed =
                        RaftKills.beside(
                                () -> {
                                    RaftKills.pauseMillis(millis);
                                    pod.kill();
                                });
                writeUntilItEnds(pod);
                killed.join();
            }
            List<Long> last = acknowledged.stream().skip(before).toList();
            try (MemberJvm pod = start()) {
                assertHas(pod, last);
            }
        }
        assertTrue(acknowledged.size() > KILLS, "too little traffic");
        assertHasAll();
    }

    @Test
    void onAFullDiskItEndsAndLosesNothing() throws Exception {
        // A limit on the size of files fails a write in the middle as a full disk does.
        assumeTrue(MemberJvm.run("prlimit", "--version"), "prlimit of util-linux is not there");
        try (MemberJvm pod = start()) {
            write(pod);
            // Below what its files have already: the next write is one too many.
            assertTrue(MemberJvm.run("prlimit", "--pid", pod.pid(), "--fsize=4096:4096"));
            assertEndsUnacknowledged(pod);
        }
        assertHasAll();
    }

    @Test
    void onADiskThatDoesNotSyncItEndsRatherThanAcknowledge() throws Exception {
        try (MemberJvm pod = start()) {
            write(pod);
            try (FailingSync _ = new FailingSync(pod)) {
                assertEndsUnacknowledged(pod);
            }
        }
        assertHasAll();
    }

    private void assertEndsUnacknowledged(MemberJvm pod) throws InterruptedException {
        assertEquals(MemberJvm.GONE, pod.ask("enqueue " + WRITES + " " + WRITE));
        assertEquals(MemberProcess.STORE_FAILED, pod.awaitEnd());
        assertFalse(Files.exists(dir.resolve("pod-a").resolve("store.seal")));
    }

    private MemberJvm start() throws IOException {
        return MemberJvm.start("pod-a", dir, List.of()).awaitReady();
    }

    private void write(MemberJvm pod) {
        for (int i = 0; i < WRITES; i++) {
            take(pod, pod.ask("enqueue 1 " + WRITE));
        }
    }

    private void writeUntilItEnds(MemberJvm pod) {
        String answer = pod.ask("enqueue 1 " + WRITE);
        while (!answer.equals(MemberJvm.GONE)) {
            take(pod, answer);
            answer = pod.ask("enqueue 1 " + WRITE);
        }
    }

    /** Each write has a uid of its own, above all that were acknowledged before. */
    private void take(MemberJvm pod, String answer) {
        List<String> words = List.of(answer.split(" "));
        if (words.size() != 2) {
            throw new AssertionError("seed " + seed + ": " + answer + pod.state());
        }
        long uid = Long.parseLong(words.getLast());
        assertTrue(acknowledged.isEmpty() || uid > acknowledged.last(), "given twice: " + uid);
        acknowledged.add(uid);
    }

    private void assertHasAll() throws IOException {
        try (MemberJvm pod = start()) {
            assertHas(pod, acknowledged);
            write(pod);
        }
    }

    private void assertHas(MemberJvm pod, Iterable<Long> uids) {
        for (long uid : uids) {
            assertEquals("yes", pod.ask("has " + uid), "seed " + seed + ", uid " + uid);
        }
    }
}
