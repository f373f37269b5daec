package io.miroir.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.adminsession.AdminSessionRow;
import io.miroir.store.limit.Limits;
import io.miroir.store.limit.LimitsRow;
import io.miroir.store.limit.StoreLimits;
import io.miroir.store.session.SessionRow;
import io.miroir.store.session.Sessions;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is kept about those who ask, of every backend alike. */
public interface SessionsContract {
    ReadLevel READ = ReadLevel.LINEARIZABLE;

    TaskStore store();

    @Test
    default void aSessionKnowsItsLastWriteAndItsPin() {
        // Read-your-writes: the command that gives the task its uid tells the session.
        Sessions sessions = store().sessions();
        long first = sessions.touch("s-1").orThrow();
        assertTrue(first > store().status().storeTimeMicros());
        assertTrue(sessions.pin("s-1", 2, 7).orThrow() >= first);
        long uid = writtenUid("s-1");
        SessionRow row = sessions.get(READ, "s-1").orElseThrow();
        assertEquals(uid, row.lastWriteTaskUid());
        assertEquals(2, row.pinnedGroup());
        assertEquals(7, row.minSettingsVersion());
        sessions.pin("s-1", 3, 5).orThrow();
        assertEquals(7, sessions.get(READ, "s-1").orElseThrow().minSettingsVersion());
        sessions.unpin("s-1").orThrow();
        SessionRow unpinned = sessions.get(READ, "s-1").orElseThrow();
        assertEquals(null, unpinned.pinnedGroup());
        assertEquals(uid, unpinned.lastWriteTaskUid());
        assertTrue(sessions.end("s-1").orThrow());
        assertTrue(sessions.get(READ, "s-1").isEmpty());

        // A session may begin with a write.
        long other = writtenUid("s-2");
        assertEquals(other, sessions.get(READ, "s-2").orElseThrow().lastWriteTaskUid());
        assertTrue(sessions.living(READ) >= 1);
    }

    @Test
    default void aTaskOutsideLanesMayBearAKeyToo() {
        // One command answers "new", "already 42" or "key reused".
        NewTask.Key key = new NewTask.Key("dump-key", Writes.BODY, 0);
        NewTask dump =
                new NewTask(TaskType.DUMP_CREATION, null, "{}", null, null, key, "dump-session");
        Tasks.Birth.Enqueued born = (Tasks.Birth.Enqueued) store().tasks().enqueue(dump).orThrow();
        assertEquals(
                new Tasks.Birth.AlreadyBound(born.uid()), store().tasks().enqueue(dump).orThrow());
        NewTask.Key other = new NewTask.Key("dump-key", "cd".repeat(32), 0);
        NewTask otherBody =
                new NewTask(TaskType.DUMP_CREATION, null, "{}", null, null, other, null);
        assertInstanceOf(Tasks.Birth.KeyReused.class, store().tasks().enqueue(otherBody).orThrow());

        long lives =
                store().idempotencyKeys().get(READ, "dump-key").orElseThrow().expiresAt()
                        - born.enqueuedAt();
        assertEquals(store().limits().get(READ).limits().idempotencyTtlMicros(), lives);
        assertTrue(store().idempotencyKeys().living(READ) >= 1);
        assertEquals(
                born.uid(),
                store().sessions().get(READ, "dump-session").orElseThrow().lastWriteTaskUid());
    }

    @Test
    default void limitsAreTheSameForAllAndChangeByComparing() {
        Limits limits = store().limits();
        LimitsRow old = limits.get(READ);
        StoreLimits more = withSessions(old.limits(), old.limits().sessionsMax() + 1);
        assertEquals(
                new Limits.Setting.Set(old.version() + 1),
                limits.set(more, old.version()).orThrow());
        assertEquals(
                new Limits.Setting.Changed(old.version() + 1),
                limits.set(more, old.version()).orThrow());
        assertEquals(new LimitsRow(old.version() + 1, more), limits.get(READ));
        limits.set(old.limits(), old.version() + 1).orThrow();
    }

    @Test
    default void aFullTableOfSessionsForgetsTheOneLongestUnused() {
        Limits limits = store().limits();
        LimitsRow old = limits.get(READ);
        limits.set(withSessions(old.limits(), 3), old.version()).orThrow();
        Sessions sessions = store().sessions();
        for (int i = 0; i < 12; i++) {
            sessions.touch("many-" + i).orThrow();
        }
        assertTrue(sessions.living(READ) <= 3, sessions.living(READ) + " live");
        assertTrue(sessions.get(READ, "many-11").isPresent());
        assertTrue(sessions.get(READ, "many-0").isEmpty());
        limits.set(old.limits(), old.version() + 1).orThrow();
    }

    @Test
    default void aRevokedAdminSessionStaysRevokedAndIsTold() throws Exception {
        // Watchers end cached sessions; a put that was decided before does not undo it.
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch ready = new CountDownLatch(1);
        Watcher watcher =
                new Watcher() {
                    @Override
                    public void applied(long index, List<Change> changes) {
                        if (changes.contains(new Change.AdminSessionsRevoked("admin-1"))) {
                            told.countDown();
                        }
                    }

                    @Override
                    public void resync(long index) {
                        ready.countDown();
                    }
                };
        AdminSessionRow session = adminSession("admin-1", store().nowMicros() + 60_000_000);
        try (Watch _ = store().watch(watcher)) {
            assertTrue(ready.await(60, TimeUnit.SECONDS));
            store().adminSessions().put(session).orThrow();
            assertEquals(1, store().adminSessions().revoke("admin-1").orThrow());
            assertEquals(0, store().adminSessions().revoke("admin-1").orThrow());
            assertTrue(told.await(60, TimeUnit.SECONDS));
        }
        store().adminSessions().put(session).orThrow();
        assertTrue(store().adminSessions().get(READ, "admin-1").orElseThrow().revoked());
        store().adminSessions()
                .put(adminSession("admin-2", store().nowMicros() + 60_000_000))
                .orThrow();
        assertTrue(store().adminSessions().revoke(null).orThrow() >= 1);

        // One that is over is not seen, swept or not.
        store().adminSessions().put(adminSession("admin-3", 1)).orThrow();
        assertTrue(store().adminSessions().get(READ, "admin-3").isEmpty());
    }

    private long writtenUid(String session) {
        NewTask write = new NewTask(TaskType.DUMP_CREATION, null, "{}", null, null, null, session);
        return assertInstanceOf(
                        Tasks.Birth.Enqueued.class, store().tasks().enqueue(write).orThrow())
                .uid();
    }

    private static AdminSessionRow adminSession(String id, long expiresAt) {
        return new AdminSessionRow(
                id, "csrf", "ab".repeat(32), 0, expiresAt, false, null, "127.0.0.1");
    }

    private static StoreLimits withSessions(StoreLimits old, int sessionsMax) {
        return new StoreLimits(
                old.tasksMax(),
                old.taskRetentionMicros(),
                old.idempotencyKeysMax(),
                old.idempotencyTtlMicros(),
                sessionsMax,
                old.sessionTtlMicros(),
                old.jobsMax(),
                old.jobRetentionMicros(),
                old.aliasHistoryMax(),
                old.canaryRunsMax(),
                old.cdcOverflowBytesMax(),
                old.rateBucketsMax());
    }
}
