package io.miroir.store.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.miroir.proto.store.AdminSession;
import io.miroir.proto.store.Barrier;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.BatchOutcome;
import io.miroir.proto.store.Bind;
import io.miroir.proto.store.ClaimLane;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.DeleteAlias;
import io.miroir.proto.store.Effect;
import io.miroir.proto.store.FinishTask;
import io.miroir.proto.store.FlipAlias;
import io.miroir.proto.store.Full;
import io.miroir.proto.store.Intend;
import io.miroir.proto.store.MarkReplicas;
import io.miroir.proto.store.NodeSettingsVersion;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.PutRow;
import io.miroir.proto.store.Sighting;
import io.miroir.store.adminsession.AdminSessions;
import io.miroir.store.alias.Aliases;
import io.miroir.store.index.Indexes;
import io.miroir.store.lane.Lanes;
import io.miroir.store.nodesettings.NodeSettingsVersions;
import io.miroir.store.replica.Replicas;
import io.miroir.store.scopedkey.ScopedKeys;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What full tables do that are large, that depend on others, or that make room themselves. */
class FullTablesTest {
    private static final long ALLOT = io.miroir.store.lane.Intend.ALLOT;

    private static final String OPEN_INTENT =
            "INSERT INTO intents (lane, position, epoch, kind, index_uid, body_sha256,"
                    + " idempotency_ttl_micros, incarnation, targets, created_at)";

    private static final String REST_OF_INTENT = ", 'documents', 'movies', x'', 0, 1, x'', 0";

    @TempDir Path dir;

    // ---- tables that refuse

    @Test
    void fullNodeSettingsRefuseNewRowsAndStillAdvance() {
        try (Entries log = new Entries(dir)) {
            fill(
                    log,
                    "INSERT INTO node_settings_version SELECT 'index-' || n, 'node-0', 1, 0",
                    NodeSettingsVersions.ROWS_MAX);
            assertFull("node_settings_version", log.apply(advance("another", 1)));
            assertEquals(2, log.apply(advance("index-0", 2)).getVersion());
            assertEquals(NodeSettingsVersions.ROWS_MAX, log.rows("node_settings_version"));
        }
    }

    @Test
    void fullReplicaStatesRefuseNewRowsAndIndexesThatWouldBringSome() {
        try (Entries log = new Entries(dir)) {
            fill(
                    log,
                    "INSERT INTO replica_state SELECT n + 1, 'node-0', x'01', 1",
                    Replicas.ROWS_MAX);
            assertFull("replica_state", log.apply(mark(Replicas.ROWS_MAX + 1L, 0)));
            // All or none: the row that is there is not marked beside one that finds no room.
            MarkReplicas beyond = mark(Replicas.ROWS_MAX + 1L, 0).getMarkReplicas();
            Command.Builder both = mark(1, 1);
            both.getMarkReplicasBuilder().addAlso(beyond);
            assertFull("replica_state", log.apply(both));
            assertEquals(2, log.apply(mark(1, 1)).getVersion());
            assertFull("replica_state", log.apply(intend("a", claim(log, "a"), ALLOT)));
            assertEquals(Replicas.ROWS_MAX, log.rows("replica_state"));
        }
    }

    @Test
    void aTaskThatEndsWhereNamesAreFullLeavesNone() {
        try (Entries log = new Entries(dir)) {
            fill(
                    log,
                    "INSERT INTO task_names SELECT n + 10, 0, 'index-' || n, 0",
                    Lanes.NAME_ROWS_MAX);
            long epoch = claim(log, "a");
            log.apply(intend("a", epoch, ALLOT));
            Command.Builder swap = bind("a", epoch, 1);
            swap.getBindBuilder()
                    .addEffect(
                            Effect.newBuilder().setBarrier(Barrier.newBuilder().addIndexUid("a")));
            long task = log.apply(swap).getTaskBorn().getUid();
            // It must be a barrier all the same.
            assertEquals(Lanes.NAME_ROWS_MAX + 1, log.rows("task_names"));
            FinishTask.Builder finish =
                    FinishTask.newBuilder().setUid(task).setEpoch(epoch).setStatus(2);
            assertTrue(log.apply(Command.newBuilder().setFinishTask(finish)).hasDone());
            assertEquals(Lanes.NAME_ROWS_MAX, log.rows("task_names"));
        }
    }

    @Test
    void aFullCatalogueRefusesCreationsAndStillTakesWrites() {
        try (Entries log = new Entries(dir)) {
            fill(
                    log,
                    "INSERT INTO indexes SELECT n + 1, 'index-' || n, NULL, 4, '{}', 0, 0, 0, x'', NULL",
                    Indexes.ROWS_MAX);
            assertFull("indexes", log.apply(intend("new", claim(log, "new"), ALLOT)));
            long epoch = claim(log, "index-0");
            assertTrue(log.apply(intend("index-0", epoch, 1)).hasIntended());
        }
    }

    @Test
    void aFullLaneRefusesAloneAndAllLanesTogetherHaveACapToo() {
        try (Entries log = new Entries(dir)) {
            int others = Lanes.OPEN_INTENTS_MAX - Lanes.OPEN_INTENTS_PER_LANE_MAX - 1;
            fill(log, OPEN_INTENT + " SELECT 'lost-' || n, 1, 1" + REST_OF_INTENT, others);
            long busy = claim(log, "busy");
            for (int i = 0; i < Lanes.OPEN_INTENTS_PER_LANE_MAX; i++) {
                assertTrue(log.apply(intend("busy", busy, 1)).hasIntended());
            }
            Full lane = log.apply(intend("busy", busy, 1)).getFull();
            assertEquals("intents of the lane", lane.getWhat());
            assertEquals(Lanes.OPEN_INTENTS_PER_LANE_MAX, lane.getRowsMax());
            long other = claim(log, "other");
            assertTrue(log.apply(intend("other", other, 1)).hasIntended());
            assertFull("intents", log.apply(intend("other", other, 1)));
            // What is bound makes room, in its lane and for all.
            assertTrue(log.apply(bind("busy", busy, 1)).hasTaskBorn());
            assertTrue(log.apply(intend("busy", busy, 1)).hasIntended());
        }
    }

    @Test
    void anAdminSessionThatHasEndedMakesRoomForOneAtOnce() {
        // Before the next sweep: whoever logs in needs no luck.
        try (Entries log = new Entries(dir)) {
            log.apply(session("first", 10 * Entries.SECOND));
            for (int i = 1; i < AdminSessions.ROWS_MAX; i++) {
                log.apply(session("session-" + i, 100 * Entries.SECOND));
            }
            assertFull("admin_sessions", log.apply(session("late", 100 * Entries.SECOND)));
            log.apply(10 * Entries.SECOND - 1, other());
            assertTrue(
                    log.apply(10 * Entries.SECOND, session("late", 100 * Entries.SECOND))
                            .hasDone());
            assertEquals(AdminSessions.ROWS_MAX, log.rows("admin_sessions"));
            assertEquals(
                    0,
                    log.sql()
                            .number(
                                    "SELECT count(*) FROM admin_sessions WHERE session_id ="
                                            + " 'first'"));
        }
    }

    @Test
    void aSightingThatFindsNoRoomIsNotNotedAndOthersAre() {
        // The gate waits for that pod, so no key is revoked too early.
        try (Entries log = new Entries(dir)) {
            String end = String.valueOf(Entries.TIME + Entries.SECOND);
            fill(
                    log,
                    "INSERT INTO scoped_key_sightings SELECT 'index-' || n, 'pod-a', 1, " + end,
                    ScopedKeys.SIGHTINGS_MAX);
            Command.Builder seen = Command.newBuilder();
            seen.getSightScopedKeysBuilder().setPodId("pod-a");
            for (String index : new String[] {"index-0", "another", "index-1"}) {
                seen.getSightScopedKeysBuilder()
                        .addSighting(Sighting.newBuilder().setIndexUid(index).setGeneration(2));
            }
            assertEquals(2, log.apply(seen).getCount());
            assertEquals(ScopedKeys.SIGHTINGS_MAX, log.rows("scoped_key_sightings"));
        }
    }

    // ---- tables that make room

    @Test
    void theUnusedLaneThatWasClaimedLongestAgoMakesRoomOnEveryPodAlike() {
        onEveryPodAlike(FullTablesTest::lanes);
    }

    /** Names run against the order of the claims. */
    private static void lanes(Entries log) {
        fill(
                log,
                "INSERT INTO indexes SELECT 1, 'lane-20000', NULL, 4, '{}', 0, 0, 0, x'', NULL",
                1);
        for (int i = 0; i < Lanes.ROWS_MAX; i++) {
            long epoch = claim(log, i, "lane-" + (Lanes.ROWS_MAX - i));
            if (i == 1 || i == 2) {
                log.apply(i, intend("lane-" + (Lanes.ROWS_MAX - i), epoch, 7));
            }
            if (i == 2) {
                log.apply(i, bind("lane-" + (Lanes.ROWS_MAX - i), epoch, 1));
            }
        }
        log.restart();
        // The first has an index, the second an open intent, the third a task that is not finished.
        claim(log, Lanes.ROWS_MAX, "new");
        assertEquals(Lanes.ROWS_MAX, log.rows("lanes"));
        assertEquals(
                3,
                log.sql()
                        .number(
                                "SELECT count(*) FROM lanes WHERE lane IN ('lane-20000',"
                                        + " 'lane-19999', 'lane-19998', 'lane-19997')"));
        assertEquals(0, log.sql().number("SELECT count(*) FROM lanes WHERE lane = 'lane-19997'"));
        log.sql()
                .update(
                        OPEN_INTENT
                                + " SELECT lane, 9, epoch"
                                + REST_OF_INTENT
                                + " FROM lanes WHERE lane NOT IN (SELECT lane FROM intents)");
        assertFull("lanes", log.apply(Lanes.ROWS_MAX, claiming("none is unused")));
        assertTrue(log.apply(Lanes.ROWS_MAX, claiming("lane-1")).hasClaimed());
    }

    @Test
    void theProposerThatWasSeenLongestAgoIsForgottenOnEveryPodAlike() {
        onEveryPodAlike(FullTablesTest::proposers);
    }

    /** Numbers run against the order in which they were seen; the first two at the same time. */
    private static void proposers(Entries log) {
        int rowsMax = Proposers.ROWS_MAX;
        for (int i = 0; i < rowsMax; i++) {
            assertEquals(i + 1, version(flip(log, Math.max(1, i), rowsMax - i)));
        }
        log.restart();
        // Asked again, it answers as before and flips nothing.
        assertEquals(1, version(flip(log, rowsMax, rowsMax)));
        assertEquals(rowsMax + 1, version(flip(log, rowsMax, rowsMax + 1)));
        assertEquals(rowsMax, log.rows("proposers"));
        assertEquals(1, version(flip(log, rowsMax, rowsMax)));
        assertEquals(rowsMax, version(flip(log, rowsMax, 1)));
        // Of the two that were seen first the smaller number was forgotten: this is news again.
        assertEquals(rowsMax + 2, version(flip(log, rowsMax, rowsMax - 1)));
        assertEquals(rowsMax, log.rows("proposers"));
    }

    /** One pod commits each entry, the other many together. */
    private void onEveryPodAlike(Consumer<Entries> entries) {
        try (Entries one = new Entries(dir.resolve("one"));
                Entries other = new Entries(dir.resolve("other"), 777)) {
            entries.accept(one);
            entries.accept(other);
            assertEquals(one.digests(), other.digests());
        }
    }

    // ---- commands and rows

    /** By SQL: a million commands would take minutes. */
    private static void fill(Entries log, String insert, int rows) {
        log.sql()
                .update(
                        insert
                                + " FROM (WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT"
                                + " n + 1 FROM numbers WHERE n + 1 < ?) SELECT n FROM numbers)",
                        rows);
    }

    private static void assertFull(String table, Outcome outcome) {
        assertTrue(outcome.hasFull(), outcome::toString);
        assertEquals(table, outcome.getFull().getWhat());
    }

    private static Command.Builder advance(String index, long version) {
        return Command.newBuilder()
                .setAdvanceNodeSettings(
                        NodeSettingsVersion.newBuilder()
                                .setIndexUid(index)
                                .setNodeId("node-0")
                                .setVersion(version));
    }

    private static Command.Builder mark(long incarnation, long expectedVersion) {
        return Command.newBuilder()
                .setMarkReplicas(
                        MarkReplicas.newBuilder()
                                .setIncarnation(incarnation)
                                .setNodeId("node-0")
                                .setStates(ByteString.copyFrom(new byte[] {1}))
                                .setExpectedVersion(expectedVersion));
    }

    private static long claim(Entries log, String lane) {
        return claim(log, 0, lane);
    }

    private static long claim(Entries log, long afterMicros, String lane) {
        Outcome claimed = log.apply(afterMicros, claiming(lane));
        assertTrue(claimed.hasClaimed(), claimed::toString);
        return claimed.getClaimed();
    }

    private static Command.Builder claiming(String lane) {
        return Command.newBuilder()
                .setClaimLane(ClaimLane.newBuilder().setLane(lane).setPodId("pod-a"));
    }

    private static Command.Builder intend(String lane, long epoch, long incarnation) {
        return Command.newBuilder()
                .setIntend(
                        Intend.newBuilder()
                                .setLane(lane)
                                .setEpoch(epoch)
                                .setKind("documents")
                                .setIndexUid(lane)
                                .setIncarnation(incarnation));
    }

    private static Command.Builder bind(String lane, long epoch, long position) {
        return Command.newBuilder()
                .setBind(Bind.newBuilder().setLane(lane).setEpoch(epoch).setPosition(position));
    }

    private static Command.Builder session(String id, long endsAfterMicros) {
        return Command.newBuilder()
                .setPutRow(
                        PutRow.newBuilder()
                                .setAdminSession(
                                        AdminSession.newBuilder()
                                                .setSessionId(id)
                                                .setExpiresAtMicros(
                                                        Entries.TIME + endsAfterMicros)));
    }

    private static Command.Builder other() {
        return Command.newBuilder().setDeleteAlias(DeleteAlias.newBuilder().setName("nobody's"));
    }

    /** The first batch of a proposer, or the same again. */
    private static BatchOutcome flip(Entries log, long afterMicros, int proposer) {
        Command.Builder command =
                Command.newBuilder()
                        .setFlipAlias(
                                FlipAlias.newBuilder()
                                        .setName("live")
                                        .addTarget("movies")
                                        .setExpectedVersion(Aliases.ANY_VERSION));
        return log.apply(
                afterMicros,
                Batch.newBuilder()
                        .setProposer(proposer)
                        .setSequence(1)
                        .addCommand(command)
                        .build());
    }

    private static long version(BatchOutcome outcome) {
        return outcome.getOutcome(0).getVersion();
    }
}
