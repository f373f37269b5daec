package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.sqlite.Database;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.Writes;
import io.miroir.store.format.CommandFormats;
import io.miroir.store.lane.IntentRow;
import io.miroir.store.lane.Lanes;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import io.miroir.store.task.TaskQuery;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Data directories of three pods that an earlier program wrote: database and log of format 1,
 * recorded from it. One was killed, two were stopped; the first entries of their logs are purged.
 */
class UpgradeTest {
    private static final int TASKS = 120;
    private static final long EPOCH = 1;

    @TempDir Path dir;

    @BeforeEach
    void unpack() throws IOException {
        InputStream recorded = UpgradeTest.class.getResourceAsStream("format-1.zip");
        try (ZipInputStream files = new ZipInputStream(Objects.requireNonNull(recorded))) {
            for (ZipEntry file = files.getNextEntry(); file != null; file = files.getNextEntry()) {
                Path target = dir.resolve(file.getName());
                Files.createDirectories(target.getParent());
                Files.copy(files, target);
            }
        }
    }

    @Test
    void podsAreUpgradedOneAfterTheOtherAndKnowAllThatTheyKnew() throws Exception {
        // One is late: what the others write meanwhile is purged, so it is sent the whole database
        // of the new format on top of its old one.
        RaftStoreConfig.Tuning purging = new RaftStoreConfig.Tuning(300, 600, 50, 16 << 10);
        try (Group group = new Group(dir, purging, 60_000)) {
            group.start("pod-a");
            group.start("pod-b");
            TaskStore first = group.pod(group.awaitLeader());
            assertKnowsAll(first);
            assertEquals(Database.FORMAT, format("pod-a"));
            assertEquals(1, format("pod-c"));
            for (int i = 0; i < 200; i++) {
                assertEquals(TASKS + i, Writes.write(first, "movies", EPOCH));
            }
            TaskStore late = group.start("pod-c");
            group.awaitEqual();
            assertKnowsAll(late);
            assertEquals(Database.FORMAT, format("pod-c"));
            // A later one is agreed on by a command, never by a member's program alone.
            assertEquals(CommandFormats.FIRST, late.clusterFormat().current());
            assertEquals(TASKS + 200, Writes.write(late, "movies", EPOCH));
        }
        // Once more from what the new program wrote.
        try (Group group = new Group(dir, purging, 60_000)) {
            group.startAll();
            assertEquals(TASKS + 201, Writes.write(group.pod("pod-c"), "movies", EPOCH));
            group.awaitEqual();
        }
    }

    private static void assertKnowsAll(TaskStore store) {
        assertEquals(
                List.of("movies", "films"),
                store.aliases().get(ReadLevel.LINEARIZABLE, "live").orElseThrow().targets());
        assertEquals(2, store.aliases().get(ReadLevel.LOCAL, "live").orElseThrow().version());
        assertEquals(
                List.of("movies*"),
                store.apiKeys().get(ReadLevel.LOCAL, "k1").orElseThrow().indexes());
        assertEquals(1, store.topology().get(ReadLevel.LOCAL).orElseThrow().version());
        long incarnation =
                store.indexes().get(ReadLevel.LOCAL, "movies").orElseThrow().incarnation();
        assertEquals(
                ShardStates.all(4, ShardState.OUT),
                store.replicas()
                        .get(ReadLevel.LOCAL, incarnation, "node-1")
                        .orElseThrow()
                        .states());
        assertTrue(
                store.tasks().uids(ReadLevel.LOCAL, TaskQuery.newest(1)).total() >= TASKS,
                "tasks are missing");
        // A write that was under way: its key is known, and whose it is.
        List<IntentRow> open = store.lanes().openIntents(ReadLevel.LOCAL, "movies");
        assertEquals(1, open.size());
        assertEquals(List.of("node-0", "node-1"), open.getFirst().targets());
        assertEquals(List.of(), open.getFirst().shards());
        assertInstanceOf(
                Lanes.Intention.Pending.class,
                store.lanes().intend(Writes.intend("movies", EPOCH, "key-open")).orThrow());
        assertEquals(
                new Lanes.Intention.AlreadyBound(0),
                store.lanes().intend(Writes.intend("movies", EPOCH, "key-1")).orThrow());
    }

    private long format(String pod) {
        try (var sql = Database.inspect(dir.resolve(pod).resolve("store.db"))) {
            return sql.number("PRAGMA user_version");
        }
    }
}
