package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.TaskStore;
import io.miroir.store.Writes;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader goes on trying a member that is away, and is at its side as soon as it is back. */
class RaftAbsenceTest {
    private static final RaftStoreConfig.Tuning QUICK =
            new RaftStoreConfig.Tuning(300, 600, 10_000, 8 << 20);

    /** Ratis' gRPC appender would pause for 5 s from here on. */
    private static final long AWAY_MILLIS = 22_000;

    /** Half of what that one takes, beyond what the machine takes to start three members. */
    private static final long BACK_MILLIS_MAX = 25_000;

    @Test
    void aMemberThatWasAwayForLongIsCaughtUpAtOnce(@TempDir Path dir) throws Exception {
        // It holds up the lanes that it is given when it is back.
        try (Group group = new Group(dir, QUICK, 60_000)) {
            long beginNanos = System.nanoTime();
            group.startAll();
            group.awaitLeader();
            long startMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beginNanos);
            String away = group.follower();
            group.stop(away);
            TaskStore leader = group.pod(group.awaitLeader());
            long epoch = Writes.claim(leader, "movies", "pod-x");
            long backNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(AWAY_MILLIS);
            while (System.nanoTime() < backNanos) {
                Writes.write(leader, "movies", epoch);
                Thread.sleep(100);
            }
            TaskStore back = group.start(away);
            long startedNanos = System.nanoTime();
            // New entries while it catches up: each append that does not fit is one more failure.
            Group.await(
                    "the member to be where the leader is",
                    () -> {
                        Writes.write(leader, "movies", epoch);
                        return back.status().appliedIndex() >= leader.status().appliedIndex() - 5;
                    });
            long tookMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos);
            assertTrue(tookMillis < BACK_MILLIS_MAX + startMillis, tookMillis + " ms");
            group.awaitEqual();
        }
    }
}
