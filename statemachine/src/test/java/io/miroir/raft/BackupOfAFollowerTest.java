package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.TaskStore;
import io.miroir.store.alias.AliasRow;
import io.miroir.store.backup.OnlineBackup;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup has what was acknowledged before it, whichever pod makes it. */
class BackupOfAFollowerTest {
    /** Longer than a backup that does not wait could take. */
    private static final long BEHIND_NANOS = TimeUnit.SECONDS.toNanos(3);

    @Test
    void aFollowerThatIsBehindWaitsForWhatWasAcknowledged(@TempDir Path dir) throws Exception {
        RaftStoreConfig.Tuning tuning = new RaftStoreConfig.Tuning(500, 1_000, 10_000, 2 << 20);
        try (Group group = new Group(dir, tuning, 60_000)) {
            group.startAll();
            TaskStore leader = group.pod(group.awaitLeader());
            RaftTaskStore follower = (RaftTaskStore) group.pod(group.follower());
            flip(leader, "before");
            group.awaitEqual();
            try (ComparedTables.Still still = follower.tables().still(BEHIND_NANOS)) {
                flip(leader, "since");
                long acknowledged = leader.status().appliedIndex();
                assertTrue(still.at() < acknowledged, "the follower is not behind");
                // Its tables go on by themselves when their time is over.
                OnlineBackup.Taken taken = new OnlineBackup(follower, dir, "test").take();
                try (OnlineBackup.Taken.Copy copy =
                        assertInstanceOf(OnlineBackup.Taken.Copy.class, taken)) {
                    assertEquals(2, copy.summary().rows("aliases"));
                    assertTrue(copy.summary().appliedIndex() >= acknowledged);
                }
            }
        }
    }

    private static void flip(TaskStore store, String alias) {
        store.aliases().flip(alias, AliasRow.Kind.SINGLE, List.of("movies"), 0).orThrow();
    }
}
