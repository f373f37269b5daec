package io.miroir.store.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.UnknownFieldSet;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.BatchOutcome;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.EnqueueTask;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.store.Digests;
import io.miroir.store.format.CommandFormats;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Applying is deterministic, exactly once, and survives being cut off. */
class StoreEngineTest {
    private static final long TIME = 1_767_225_600_000_000L;

    @Test
    void theSameLogMakesTheSameTables(
            @TempDir Path zero, @TempDir Path one, @TempDir Path two, @TempDir Path three) {
        // Promise of the store: time, random and uids ride in the command, so pods have equal
        // digests,
        // whatever entries share a transaction and wherever a pod was restarted.
        Set<String> hit = new HashSet<>();
        for (long seed : new long[] {1, 2, 3, 4, 5, 6, 7, 8}) {
            List<Batch> log = randomLog(zero.resolve("s" + seed), seed, 600);
            Digests each = replay(one.resolve("s" + seed), log, 1, Integer.MAX_VALUE);
            Digests grouped = replay(two.resolve("s" + seed), log, 37, Integer.MAX_VALUE);
            Digests restarted = replay(three.resolve("s" + seed), log, 5, 150);
            assertEquals(each, grouped, "seed " + seed);
            assertEquals(each, restarted, "seed " + seed);
            addHit(one.resolve("s" + seed), hit);
        }
        assertEquals(Set.copyOf(HIT), hit, "rows that no command reached");
    }

    /** The log raises the cluster's format, and a store beyond a program's is not opened. */
    private static final CommandFormats LATER = new CommandFormats(2, CommandFormats::declared);

    private static final List<String> HIT =
            List.of(
                    "tasks WHERE lane IS NOT NULL AND status >= 2",
                    "lanes",
                    "intents",
                    "task_names WHERE waits = 0",
                    "indexes",
                    "replica_state",
                    "aliases",
                    "idempotency_cache",
                    "jobs",
                    "leader_lease",
                    "sessions",
                    "admin_sessions",
                    "canary_runs",
                    "cdc_cursors",
                    "cdc_overflow",
                    "scoped_keys",
                    "api_keys",
                    "api_keys_begun",
                    "rate_buckets",
                    "login_backoff",
                    "node_settings_version",
                    "limits WHERE version > 1",
                    "cluster_format WHERE format > 1",
                    "applied WHERE next_sweep_at > " + TIME);

    /** Equal digests of empty tables would show nothing. */
    private static void addHit(Path dir, Set<String> hit) {
        try (Database database = open(dir)) {
            for (String rows : HIT) {
                if (database.writer().number("SELECT count(*) FROM " + rows) > 0) {
                    hit.add(rows);
                }
            }
            String over =
                    "SELECT count(*) FROM sessions, applied WHERE expires_at < store_time - ?";
            assertEquals(0, database.writer().number(over, 1_100_000), "not swept");
        }
    }

    @Test
    void theDigestSeesOneChangedCommand(@TempDir Path zero, @TempDir Path one, @TempDir Path two) {
        // The equality above would mean nothing if digests could not differ.
        List<Batch> log = randomLog(zero, 9, 50);
        List<Batch> other = new ArrayList<>(log);
        other.set(20, batch(0, 0, "another task"));
        assertNotEquals(
                replay(one, log, 1, Integer.MAX_VALUE), replay(two, other, 1, Integer.MAX_VALUE));
    }

    @Test
    void aBatchThatIsSentAgainIsAnsweredNotApplied(@TempDir Path dir) {
        // Rule 22: also when the leader changed and its retry cache is gone.
        try (Database database = open(dir)) {
            StoreEngine engine = new StoreEngine(database, new WatchHub(0));
            BatchOutcome first = apply(engine, 1, batch(77, 1, "a"));
            assertEquals(first, apply(engine, 2, batch(77, 1, "a")));
            BatchOutcome second = apply(engine, 3, batch(77, 2, "b"));
            assertEquals(1, second.getOutcome(0).getTaskBorn().getUid());
            // Given up by its proposer, which went on to the second: it must not come alive now.
            assertEquals(0, apply(engine, 4, batch(77, 1, "a")).getOutcomeCount());
            // An entry that an installed file holds already: its proposer may still ask.
            assertEquals(second, engine.answered(batch(77, 2, "b")));
            assertEquals(0, engine.answered(batch(77, 1, "a")).getOutcomeCount());
            assertEquals(2, database.writer().number("SELECT count(*) FROM tasks"));
        }
    }

    @Test
    void aTransactionThatWasCutOffLeavesNothing(@TempDir Path dir) {
        // Rows and applied index are one transaction: the log is replayed from exactly there.
        try (Database database = open(dir)) {
            StoreEngine engine = new StoreEngine(database, new WatchHub(0));
            apply(engine, 1, batch(0, 0, "kept"));
            engine.apply(2, 1, TIME, batch(0, 0, "lost"));
            database.writer().rollback();
        }
        try (Database database = open(dir)) {
            StoreEngine engine = new StoreEngine(database, new WatchHub(0));
            assertEquals(1, engine.committed().index());
            BatchOutcome again = apply(engine, 2, batch(0, 0, "lost"));
            assertEquals(1, again.getOutcome(0).getTaskBorn().getUid());
        }
    }

    @Test
    void anUnknownCommandStopsTheApplier(@TempDir Path dir) {
        // Rule 20: skipping it would make this pod differ from those that know it.
        try (Database database = open(dir)) {
            StoreEngine engine = new StoreEngine(database, new WatchHub(0));
            Batch unknown = Batch.newBuilder().addCommand(Command.getDefaultInstance()).build();
            assertThrows(NewerFormatException.class, () -> engine.apply(1, 1, TIME, unknown));
            database.writer().rollback();
        }
    }

    @Test
    void aCommandOfANewerFormatIsRefusedBeforeItIsLogged() {
        // Rule 20: in the log it would stop every pod, again after each restart.
        CommandCheck check = new CommandCheck(CommandFormats.OF_THIS_PROGRAM, () -> 1);
        assertNotNull(check.refusal(Command.getDefaultInstance()));
        assertNull(check.refusal(batch(1, 1, "known")));
        assertNotNull(check.refusal(batch(1, 1, "a").toBuilder().setFormat(99).build()));
        UnknownFieldSet news =
                UnknownFieldSet.newBuilder()
                        .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                        .build();
        Command inside =
                Command.newBuilder()
                        .setEnqueueTask(EnqueueTask.newBuilder().setUnknownFields(news))
                        .build();
        assertNotNull(check.refusal(inside));
        assertNotNull(check.refusal(inside.toBuilder().setUnknownFields(news).build()));
    }

    @Test
    void aCommandThatNoApplierCanApplyIsRejectedAloneByAllPods(
            @TempDir Path one, @TempDir Path two) {
        // A poisoned entry must not stop the pods in a loop, and leaves nothing half done: neither
        // in its own entry, nor in those that share its transaction.
        List<Batch> log = new ArrayList<>();
        log.add(batch(7, 1, "before"));
        log.add(
                batch(7, 2, "beside").toBuilder()
                        .addCommand(
                                Command.newBuilder()
                                        .setEnqueueTask(EnqueueTask.newBuilder().setType(99)))
                        .addCommand(batch(0, 0, "behind").getCommand(0))
                        .build());
        log.add(batch(7, 3, "after"));
        Digests each = replay(one, log, 1, Integer.MAX_VALUE);
        assertEquals(each, replay(two, log, 3, Integer.MAX_VALUE));
        try (Database database = open(two)) {
            StoreEngine engine = new StoreEngine(database, new WatchHub(0));
            assertEquals(3, engine.committed().index());
            assertEquals(4, database.writer().number("SELECT count(*) FROM tasks"));
            assertEquals(3, database.writer().number("SELECT max(uid) FROM tasks"));
            BatchOutcome again = apply(engine, 4, log.get(1).toBuilder().setSequence(4).build());
            assertTrue(again.getOutcome(0).hasTaskBorn());
            assertTrue(again.getOutcome(1).hasRejected());
            assertTrue(again.getOutcome(2).hasTaskBorn());
        }
    }

    @Test
    void timeDoesNotGoBackWithANewLeadersStamp(@TempDir Path dir) {
        // Rule 19.
        try (Database database = open(dir)) {
            StoreEngine engine = new StoreEngine(database, new WatchHub(0));
            apply(engine, 1, batch(0, 0, "a"));
            BatchOutcome late = engine.apply(2, 2, TIME - 3_600_000_000L, batch(0, 0, "b"));
            engine.commit();
            assertTrue(late.getOutcome(0).getTaskBorn().getEnqueuedAtMicros() >= TIME);
        }
    }

    private static List<Batch> randomLog(Path dir, long seed, int entries) {
        RandomCommands commands = new RandomCommands(new Random(seed));
        List<Batch> log = new ArrayList<>();
        try (Database database = open(dir)) {
            StoreEngine engine = new StoreEngine(database, new WatchHub(0), LATER);
            for (int i = 1; i <= entries; i++) {
                Batch batch = commands.next();
                // As replay does it: epochs that the commands name must be those it gives.
                commands.observe(
                        engine.apply(i, 1 + (i - 1) / 100, TIME + (i - 1) * 50_000L, batch));
                engine.commit();
                log.add(batch);
            }
        }
        return log;
    }

    private static Digests replay(Path dir, List<Batch> log, int group, int restartAfter) {
        Database database = open(dir);
        try {
            StoreEngine engine = new StoreEngine(database, new WatchHub(0), LATER);
            for (int from = 0; from < log.size(); from += group) {
                if (from >= restartAfter && from - group < restartAfter) {
                    database.close();
                    database = open(dir);
                    engine = new StoreEngine(database, new WatchHub(0), LATER);
                }
                for (int i = from; i < Math.min(log.size(), from + group); i++) {
                    engine.apply(i + 1, 1 + i / 100, TIME + i * 50_000L, log.get(i));
                }
                engine.commit();
            }
            return database.readConsistently(DigestReads::digests);
        } finally {
            database.close();
        }
    }

    private static BatchOutcome apply(StoreEngine engine, long index, Batch batch) {
        BatchOutcome outcome = engine.apply(index, 1, TIME + index, batch);
        engine.commit();
        return outcome;
    }

    private static Batch batch(long proposer, long sequence, String details) {
        return Batch.newBuilder()
                .setProposer(proposer)
                .setSequence(sequence)
                .addCommand(
                        Command.newBuilder()
                                .setEnqueueTask(EnqueueTask.newBuilder().setDetailsJson(details)))
                .build();
    }

    private static Database open(Path dir) {
        return new DatabaseFiles(dir, Durability.BEHIND_A_LOG).open();
    }
}
