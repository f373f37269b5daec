package io.miroir.store.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.proto.store.AdminSession;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.ClaimJob;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.CompleteJob;
import io.miroir.proto.store.DeleteAlias;
import io.miroir.proto.store.EnqueueJobs;
import io.miroir.proto.store.EnqueueTask;
import io.miroir.proto.store.IdempotencyKey;
import io.miroir.proto.store.LeaseTokens;
import io.miroir.proto.store.Limits;
import io.miroir.proto.store.NewJob;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.PutRow;
import io.miroir.proto.store.RecordLogin;
import io.miroir.proto.store.Session;
import io.miroir.proto.store.SetLimits;
import io.miroir.proto.store.SightScopedKeys;
import io.miroir.proto.store.Sighting;
import io.miroir.proto.store.TakeLease;
import io.miroir.proto.store.TokenAsk;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.store.lease.Leases;
import io.miroir.store.ratelimit.RateLimits;
import io.miroir.store.scopedkey.ScopedKeys;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What ends, ends at an entry of the log: on every pod at the same one. */
class ExpiryTest {
    private static final long TIME = 1_767_225_600_000_000L;
    private static final long SECOND = 1_000_000;

    /** Of all that has one in the limits of these tests. */
    private static final long LIFETIME = 10 * SECOND;

    @SuppressWarnings("NullAway.Init")
    private Database database;

    @SuppressWarnings("NullAway.Init")
    private StoreEngine engine;

    @BeforeEach
    void open(@TempDir Path dir) {
        database = new DatabaseFiles(dir, Durability.BEHIND_A_LOG).open();
        engine = new StoreEngine(database, new WatchHub(0));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aRowIsSweptByTheFirstEntryAfterItsEnd() {
        // Also by an entry that has nothing to do with it; not by time alone.
        apply(0, limits(1_000, 10 * SECOND).setSessionTtlMicros(5 * SECOND));
        apply(0, touch());
        apply(4 * SECOND, other());
        assertEquals(1, rows("sessions"));
        apply(6 * SECOND, other());
        assertEquals(0, rows("sessions"));
    }

    /**
     * A kind of row that ends by itself.
     *
     * @param rows which rows are meant
     * @param made makes one at the beginning, when lifetimes are {@link #LIFETIME}
     * @param endsAfter the last moment at which it may be there, from the beginning
     */
    record Kind(String name, String rows, Consumer<ExpiryTest> made, long endsAfter) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Kind> kinds() {
        return Stream.of(
                kind("sessions", LIFETIME, by(touch())),
                kind("idempotency_cache", LIFETIME, by(enqueue("key"))),
                kind("admin_sessions", LIFETIME, by(adminSession())),
                kind("rate_buckets", LIFETIME, by(leasedTokens())),
                kind("login_backoff", RateLimits.BACKOFF_MICROS_MAX, by(failedLogin())),
                kind("scoped_key_sightings", ScopedKeys.SIGHTING_MICROS, by(sighting())),
                kind("tasks", LIFETIME, by(command().setEnqueueTask(terminal()))),
                kind("jobs", LIFETIME, ExpiryTest::aJobThatEnded),
                new Kind("a claim", "jobs WHERE state = 1", ExpiryTest::claimedJob, LIFETIME),
                kind("leader_lease", Leases.FORGOTTEN_AFTER_MICROS, by(lease(LIFETIME))),
                new Kind(
                        "a lease that lasts longer than others are remembered",
                        "leader_lease",
                        by(lease(2 * Leases.FORGOTTEN_AFTER_MICROS)),
                        2 * Leases.FORGOTTEN_AFTER_MICROS));
    }

    private static Kind kind(String table, long endsAfter, Consumer<ExpiryTest> made) {
        return new Kind(table, table, made, endsAfter);
    }

    private static Consumer<ExpiryTest> by(Command.Builder command) {
        return test -> test.apply(0, command);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whatEndsIsThereUntilItsTimeAndGoneAtTheFirstEntryAfterIt(Kind kind) {
        apply(0, limits(1_000, LIFETIME));
        kind.made().accept(this);
        assertEquals(1, rows(kind.rows()));
        // Two sweeps, a second apart.
        apply(kind.endsAfter() - 1, other());
        assertEquals(1, rows(kind.rows()), "before its time");
        apply(kind.endsAfter() + SECOND, other());
        assertEquals(0, rows(kind.rows()), "after its time");
    }

    @Test
    void finishedTasksGoByAgeAndUnfinishedStay() {
        apply(0, limits(1_000, 10 * SECOND));
        apply(0, command().setEnqueueTask(terminal()));
        apply(0, enqueue(null));
        apply(9 * SECOND, command().setEnqueueTask(terminal()));
        apply(12 * SECOND, other());
        assertEquals(2, rows("tasks"));
        assertEquals(1, database.writer().number("SELECT min(uid) FROM tasks"));
    }

    @Test
    void theTaskThatFinishedLongestAgoMakesRoom() {
        apply(0, limits(1_000, 1_000 * SECOND));
        for (int i = 0; i < 1_000; i++) {
            apply(i, command().setEnqueueTask(terminal()));
        }
        apply(2_000, enqueue(null));
        assertTrue(rows("tasks") <= 1_000, rows("tasks") + " tasks");
        assertEquals(0, database.writer().number("SELECT count(*) FROM tasks WHERE uid = 0"));
        assertEquals(1, database.writer().number("SELECT count(*) FROM tasks WHERE uid = 1000"));
    }

    @Test
    void aFullTableOfKeysRefusesNewOnesAndForgetsNoLivingOne() {
        apply(0, limits(1_000, 1_000 * SECOND));
        assertTrue(apply(0, enqueue("a")).hasTaskBorn());
        assertTrue(apply(0, enqueue("b")).hasTaskBorn());
        assertTrue(apply(SECOND, enqueue("c")).hasFull());
        assertEquals(0, apply(SECOND, enqueue("a")).getAlreadyBound());
        // Writes without a key go on.
        assertTrue(apply(SECOND, enqueue(null)).hasTaskBorn());
        // Their time is over: there is room, and the key is new.
        assertTrue(apply(11 * SECOND, enqueue("c")).hasTaskBorn());
        assertTrue(apply(11 * SECOND, enqueue("a")).hasTaskBorn());
    }

    @Test
    void aLeaseEndsWithTheTermInWhichItWasTaken() {
        // Mode B: a new leader does not wait for its predecessor's clock.
        Command.Builder first = take("pod-a").setFencingTerm(1);
        assertTrue(applyIn(1, first).hasLease());
        assertEquals("pod-a", applyIn(1, take("pod-b")).getLost().getHolder());
        assertEquals(2, applyIn(2, first).getDeposed().getCurrentTerm());
        assertEquals("pod-a", applyIn(2, take("pod-b")).getLost().getHolder());
        assertTrue(applyIn(2, take("pod-b").setFencingTerm(2)).hasLease());
    }

    private static Command.Builder take(String holder) {
        return command()
                .setTakeLease(
                        TakeLease.newBuilder()
                                .setScope("reshard:a")
                                .setHolder(holder)
                                .setLeaseMicros(3_600 * SECOND));
    }

    private static Command.Builder touch() {
        return command().setTouchSession(Session.newBuilder().setSessionId("s"));
    }

    private static Command.Builder adminSession() {
        return command()
                .setPutRow(
                        PutRow.newBuilder()
                                .setAdminSession(
                                        AdminSession.newBuilder()
                                                .setSessionId("s")
                                                .setExpiresAtMicros(TIME + LIFETIME)));
    }

    private static Command.Builder leasedTokens() {
        return command()
                .setLeaseTokens(
                        LeaseTokens.newBuilder()
                                .setTokensMax(5)
                                .setWindowMicros(LIFETIME)
                                .addAsk(TokenAsk.newBuilder().setAddress("a").setWanted(1)));
    }

    private static Command.Builder failedLogin() {
        return command().setRecordLogin(RecordLogin.newBuilder().setAddress("a"));
    }

    private static Command.Builder sighting() {
        return command()
                .setSightScopedKeys(
                        SightScopedKeys.newBuilder()
                                .setPodId("pod-a")
                                .addSighting(
                                        Sighting.newBuilder()
                                                .setIndexUid("movies")
                                                .setGeneration(1)));
    }

    private static Command.Builder lease(long micros) {
        return command()
                .setTakeLease(
                        TakeLease.newBuilder()
                                .setScope("a duty")
                                .setHolder("pod-a")
                                .setLeaseMicros(micros));
    }

    /** Answers the number of the claim. */
    private long claimedJob() {
        NewJob.Builder job = NewJob.newBuilder().setId("j").setType("t").setAttemptsMax(1);
        apply(0, command().setEnqueueJobs(EnqueueJobs.newBuilder().addJob(job)));
        ClaimJob.Builder claim =
                ClaimJob.newBuilder().setPodId("pod-a").addType("t").setClaimMicros(LIFETIME);
        return apply(0, command().setClaimJob(claim)).getJob().getClaim();
    }

    private void aJobThatEnded() {
        CompleteJob.Builder end =
                CompleteJob.newBuilder().setId("j").setClaim(claimedJob()).setProgressJson("{}");
        assertTrue(apply(0, command().setCompleteJob(end)).hasDone());
    }

    private static Command.Builder enqueue(@Nullable String key) {
        EnqueueTask.Builder task = EnqueueTask.newBuilder();
        if (key != null) {
            task.setIdempotencyKey(IdempotencyKey.newBuilder().setKey(key));
        }
        return command().setEnqueueTask(task);
    }

    private static EnqueueTask.Builder terminal() {
        return EnqueueTask.newBuilder().setTerminalStatus(2);
    }

    private Outcome apply(long afterMicros, Limits.Builder limits) {
        return apply(
                afterMicros,
                command()
                        .setSetLimits(
                                SetLimits.newBuilder().setExpectedVersion(1).setLimits(limits)));
    }

    private Outcome apply(long afterMicros, Command.Builder command) {
        return apply(1, afterMicros, command);
    }

    private Outcome applyIn(long term, Command.Builder command) {
        return apply(term, 0, command);
    }

    private Outcome apply(long term, long afterMicros, Command.Builder command) {
        Batch batch = Batch.newBuilder().addCommand(command).build();
        long index = engine.committed().index() + 1;
        Outcome outcome = engine.apply(index, term, TIME + afterMicros, batch).getOutcome(0);
        engine.commit();
        return outcome;
    }

    private long rows(String table) {
        return database.writer().number("SELECT count(*) FROM " + table);
    }

    private static Limits.Builder limits(int tasksMax, long taskRetentionMicros) {
        return Limits.newBuilder()
                .setTasksMax(tasksMax)
                .setTaskRetentionMicros(taskRetentionMicros)
                .setIdempotencyKeysMax(2)
                .setIdempotencyTtlMicros(LIFETIME)
                .setSessionsMax(10)
                .setSessionTtlMicros(LIFETIME)
                .setJobsMax(10)
                .setJobRetentionMicros(LIFETIME)
                .setAliasHistoryMax(1)
                .setCanaryRunsMax(1)
                .setCdcOverflowBytesMax(1)
                .setRateBucketsMax(1);
    }

    private static Command.Builder command() {
        return Command.newBuilder();
    }

    private static Command.Builder other() {
        return command().setDeleteAlias(DeleteAlias.newBuilder().setName("nobody's"));
    }
}
