package io.miroir.store.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.proto.store.ClaimLane;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.EnqueueTask;
import io.miroir.proto.store.FinishTask;
import io.miroir.proto.store.Full;
import io.miroir.proto.store.Grant;
import io.miroir.proto.store.Intend;
import io.miroir.proto.store.LeaseTokens;
import io.miroir.proto.store.Limits;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.RecordLogin;
import io.miroir.proto.store.SetLimits;
import io.miroir.proto.store.TokenAsk;
import io.miroir.store.limit.StoreLimits;
import io.miroir.store.ratelimit.RateScope;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What full tables do whose caps operators set. */
class SetCapsTest {
    private static final int ADDRESSES = 3;
    private static final int TOKENS = 5;
    private static final long WINDOW = 10 * Entries.SECOND;

    @SuppressWarnings("NullAway.Init")
    private Entries log;

    @BeforeEach
    void open(@TempDir Path dir) {
        log = new Entries(dir);
        Limits.Builder limits =
                Limits.newBuilder()
                        .setTasksMax(StoreLimits.TASKS_MAX_MIN)
                        .setTaskRetentionMicros(1_000 * Entries.SECOND)
                        .setIdempotencyKeysMax(1)
                        .setIdempotencyTtlMicros(Entries.SECOND)
                        .setSessionsMax(1)
                        .setSessionTtlMicros(Entries.SECOND)
                        .setJobsMax(1)
                        .setJobRetentionMicros(Entries.SECOND)
                        .setCanaryRunsMax(1)
                        .setRateBucketsMax(ADDRESSES);
        SetLimits.Builder set = SetLimits.newBuilder().setExpectedVersion(1).setLimits(limits);
        assertEquals(2, log.apply(Command.newBuilder().setSetLimits(set)).getVersion());
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void tasksThatHaveNotEndedMakeNoRoomAndOneThatEndsMakesItForOne() {
        for (int i = 0; i < StoreLimits.TASKS_MAX_MIN; i++) {
            assertTrue(log.apply(enqueue()).hasTaskBorn(), "task " + i);
        }
        assertTasksAreFull(log.apply(enqueue()));
        // A write is refused before a node takes it, not when it is to become a task.
        ClaimLane.Builder claim = ClaimLane.newBuilder().setLane("a").setPodId("pod-a");
        long epoch = log.apply(Command.newBuilder().setClaimLane(claim)).getClaimed();
        Intend.Builder write =
                Intend.newBuilder()
                        .setLane("a")
                        .setEpoch(epoch)
                        .setKind("documents")
                        .setIndexUid("a")
                        .setIncarnation(1);
        assertTasksAreFull(log.apply(Command.newBuilder().setIntend(write)));

        FinishTask.Builder end = FinishTask.newBuilder().setUid(5).setStatus(2);
        assertTrue(log.apply(Command.newBuilder().setFinishTask(end)).hasDone());
        assertTrue(log.apply(Command.newBuilder().setIntend(write)).hasIntended());
        assertTrue(log.apply(enqueue()).hasTaskBorn());
        assertEquals(0, log.rows("tasks WHERE uid = 5"));
        assertTasksAreFull(log.apply(enqueue()));
        assertEquals(StoreLimits.TASKS_MAX_MIN, log.rows("tasks"));
    }

    private static void assertTasksAreFull(Outcome outcome) {
        assertEquals(
                Full.newBuilder().setWhat("tasks").setRowsMax(StoreLimits.TASKS_MAX_MIN).build(),
                outcome.getFull());
    }

    private static Command.Builder enqueue() {
        return Command.newBuilder().setEnqueueTask(EnqueueTask.getDefaultInstance());
    }

    @Test
    void addressesForWhichThereIsNoRoomShareTheTokensOfOne() {
        for (int i = 0; i < ADDRESSES; i++) {
            assertEquals(1, tokens(0, RateScope.SEARCH_UI, "early-" + i, 1));
        }
        assertEquals(3, tokens(0, RateScope.SEARCH_UI, "late-0", 3));
        assertEquals(2, tokens(0, RateScope.SEARCH_UI, "late-1", 3));
        for (int i = 0; i < 100; i++) {
            assertEquals(0, tokens(0, RateScope.SEARCH_UI, "flood-" + i, 1));
        }
        // Who has a bucket has all of it still; what is limited otherwise shares another one.
        assertEquals(TOKENS - 1, tokens(0, RateScope.SEARCH_UI, "early-0", TOKENS));
        assertEquals(TOKENS, tokens(0, RateScope.ADMIN_LOGIN, "late-0", TOKENS));
        assertEquals(ADDRESSES + 2, log.rows("rate_buckets"));

        assertEquals(TOKENS, tokens(WINDOW, RateScope.SEARCH_UI, "late-0", TOKENS));
        assertEquals(TOKENS, tokens(WINDOW, RateScope.SEARCH_UI, "late-1", TOKENS));
        assertEquals(2, log.rows("rate_buckets WHERE address LIKE 'late-%'"));
        assertEquals(2, log.rows("rate_buckets"));
    }

    private int tokens(long afterMicros, RateScope scope, String address, int wanted) {
        LeaseTokens.Builder lease =
                LeaseTokens.newBuilder()
                        .setScope(scope.code())
                        .setTokensMax(TOKENS)
                        .setWindowMicros(WINDOW)
                        .addAsk(TokenAsk.newBuilder().setAddress(address).setWanted(wanted));
        Outcome outcome = log.apply(afterMicros, Command.newBuilder().setLeaseTokens(lease));
        List<Grant> grants = outcome.getGrants().getGrantList();
        assertEquals(1, grants.size());
        return grants.getFirst().getTokens();
    }

    /** Names run against the order in which they are forgotten. */
    @Test
    void failedLoginsThatAreOverFirstMakeRoom() {
        fail(1, "c");
        fail(2, "b");
        fail(3, "a");
        // It is there already, and is remembered longest now.
        fail(4, "c");
        assertEquals(ADDRESSES, log.rows("login_backoff"));
        fail(5, "d");
        assertEquals(List.of("c 2", "d 1"), logins());
        fail(6, "e");
        fail(7, "c");
        assertEquals(List.of("c 3", "d 1", "e 1"), logins());
    }

    private void fail(long afterMicros, String address) {
        log.apply(
                afterMicros,
                Command.newBuilder().setRecordLogin(RecordLogin.newBuilder().setAddress(address)));
    }

    private List<String> logins() {
        return log.sql()
                .all(
                        "SELECT address || ' ' || failed FROM login_backoff ORDER BY address",
                        row -> row.text(1));
    }
}
