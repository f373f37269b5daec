package io.miroir.store.single;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.Digests;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.Table;
import io.miroir.store.TaskStore;
import io.miroir.store.TaskStoreContract;
import io.miroir.store.Writes;
import io.miroir.store.clientobject.ClientObjectRow;
import io.miroir.store.limit.StoreLimits;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import io.miroir.store.webhook.WebhookRow;
import io.miroir.store.webhook.Webhooks;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The single pod's store keeps the contract and its rows. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SqliteTaskStoreTest extends TaskStoreContract {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @SuppressWarnings("NullAway.Init")
    private TaskStore store;

    @BeforeAll
    void open(@TempDir Path dir) {
        store = open(dir, START);
    }

    @AfterAll
    void close() {
        store.close();
    }

    @Override
    public TaskStore store() {
        return store;
    }

    @Test
    void everythingIsThereAfterARestartAndTimeDoesNotGoBack(@TempDir Path dir) {
        // Rule 19: a wall clock that went back an hour does not take the store's time with it.
        long epoch;
        long uid;
        long time;
        long term;
        Digests before;
        try (TaskStore first = open(dir, START)) {
            epoch = Writes.claim(first, "movies", "pod-a");
            uid = Writes.write(first, "movies", epoch);
            time = first.status().storeTimeMicros();
            term = first.status().term();
            before = first.digests();
        }
        try (TaskStore second = open(dir, START.minusSeconds(3_600))) {
            assertEquals(before, second.digests());
            assertEquals(term + 1, second.status().term());
            assertTrue(second.nowMicros() >= time);
            assertEquals(uid + 1, Writes.write(second, "movies", epoch));
            assertTrue(second.status().storeTimeMicros() >= time);
            assertEquals(2, second.tasks().unfinished(ReadLevel.LOCAL, "movies").size());
        }
    }

    @Test
    void writersAtOnceShareTransactionsAndLoseNothing(@TempDir Path dir) throws Exception {
        try (TaskStore many = open(dir, START);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long epoch = Writes.claim(many, "movies", "pod-a");
            List<Future<Long>> uids = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                uids.add(threads.submit(() -> Writes.write(many, "movies", epoch)));
            }
            List<Long> sorted = new ArrayList<>();
            for (Future<Long> uid : uids) {
                sorted.add(uid.get());
            }
            sorted.sort(null);
            for (int i = 0; i < sorted.size(); i++) {
                assertEquals(i, sorted.get(i));
            }
            // 1,001 commands one by one would have taken as many indexes.
            assertTrue(many.status().appliedIndex() < 900, "no commands shared a transaction");
        }
    }

    @Test
    void aFullTableIsSeenInItsRowsAndInWhatItRefuses(@TempDir Path dir) {
        CollectorRegistry registry = new CollectorRegistry();
        try (TaskStore full = open(dir, START, registry)) {
            for (int i = 0; i <= Webhooks.ROWS_MAX; i++) {
                WebhookRow row = new WebhookRow("hook-" + i, "http://a", new TreeMap<>(), 0, 0);
                Table.Put put = full.webhooks().put(row).orThrow();
                assertEquals(i == Webhooks.ROWS_MAX, put instanceof Table.Put.Full);
            }
            assertEquals(Webhooks.ROWS_MAX, sample(registry, "rows", "table"));
            assertEquals(1, sample(registry, "full_total", "what"));
        }
    }

    @Test
    void whereNoTaskMayBeForgottenNoneIsTakenIn(@TempDir Path dir) {
        try (TaskStore full = open(dir, START)) {
            StoreLimits limits = StoreLimits.DEFAULT;
            full.limits()
                    .set(
                            new StoreLimits(
                                    StoreLimits.TASKS_MAX_MIN,
                                    limits.taskRetentionMicros(),
                                    limits.idempotencyKeysMax(),
                                    limits.idempotencyTtlMicros(),
                                    limits.sessionsMax(),
                                    limits.sessionTtlMicros(),
                                    limits.jobsMax(),
                                    limits.jobRetentionMicros(),
                                    limits.aliasHistoryMax(),
                                    limits.canaryRunsMax(),
                                    limits.cdcOverflowBytesMax(),
                                    limits.rateBucketsMax()),
                            1)
                    .orThrow();
            NewTask task = NewTask.of(TaskType.INDEX_CREATION, "movies", "{}", null, null);
            for (int i = 0; i < StoreLimits.TASKS_MAX_MIN; i++) {
                assertInstanceOf(Tasks.Birth.Enqueued.class, full.tasks().enqueue(task).orThrow());
            }
            assertEquals(
                    new Tasks.Birth.Full(StoreLimits.TASKS_MAX_MIN),
                    full.tasks().enqueue(task).orThrow());
        }
    }

    private static double sample(CollectorRegistry registry, String name, String label) {
        return registry.getSampleValue(
                "miroir_task_store_" + name, new String[] {label}, new String[] {"webhooks"});
    }

    @Test
    void aWebhookThatGoesTakesItsCursorWithIt(@TempDir Path dir) {
        try (TaskStore hooked = open(dir, START)) {
            hooked.webhooks().put(new WebhookRow("w", "http://w", new TreeMap<>(), 0, 0)).orThrow();
            hooked.cdcCursors().advance(Webhooks.sink("w"), "", 0, 7).orThrow();
            hooked.cdcCursors().advance("other", "", 0, 7).orThrow();
            assertTrue(hooked.webhooks().delete("w").orThrow());
            assertEquals(List.of(), hooked.cdcCursors().of(ReadLevel.LOCAL, Webhooks.sink("w")));
            assertEquals(1, hooked.cdcCursors().of(ReadLevel.LOCAL, "other").size());
        }
    }

    /** Two who find no object and make one do not write over each other. */
    @Test
    void anObjectIsMadeOnce(@TempDir Path dir) {
        try (TaskStore store = open(dir, START)) {
            ClientObjectRow row = new ClientObjectRow("network", "{}", 0, 0);
            assertTrue(store.clientObjects().replace(row).orThrow());
            assertFalse(store.clientObjects().replace(row).orThrow());
        }
    }

    @Test
    void aClosedStoreRefuses(@TempDir Path dir) {
        TaskStore closed = open(dir, START);
        closed.close();
        Reply.Refused<?> refused =
                assertInstanceOf(Reply.Refused.class, closed.aliases().delete("a"));
        assertInstanceOf(Refusal.Closed.class, refused.refusal());
    }

    private static TaskStore open(Path dir, Instant wallClock) {
        return open(dir, wallClock, new CollectorRegistry());
    }

    private static TaskStore open(Path dir, Instant wallClock, CollectorRegistry registry) {
        return new SqliteTaskStore(
                SqliteStoreConfig.of("pod-a", dir),
                () -> wallClock,
                registry,
                failure -> {
                    throw new AssertionError("the store failed", failure);
                });
    }
}
