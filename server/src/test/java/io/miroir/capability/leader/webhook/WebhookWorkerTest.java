package io.miroir.capability.leader.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.api.IpNetwork;
import io.miroir.api.IpRules;
import io.miroir.api.Json;
import io.miroir.api.SealedValue;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.HttpServer;
import io.miroir.fanout.webhook.WebhookCaller;
import io.miroir.store.ReadLevel;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.webhook.WebhookRow;
import io.miroir.store.webhook.Webhooks;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a webhook is told while much ends, and it changes meanwhile. */
class WebhookWorkerTest {
    private static final String UUID = "11111111-2222-3333-4444-555555555555";
    private static final IpRules LOOPBACK =
            new IpRules(List.of(IpNetwork.parse("127.0.0.0/8").orElseThrow()));
    private static final int TASKS = 3 * Backlog.AT_ONCE_MAX;

    @TempDir Path directory;

    private final AtomicInteger before = new AtomicInteger();
    private final AtomicInteger after = new AtomicInteger();
    private SqliteTaskStore store;
    private HttpServer receiver;
    private WebhookCaller caller;
    private CollectorRegistry registry = new CollectorRegistry();
    private volatile Runnable whenTold = () -> {};

    @BeforeEach
    void start() throws Exception {
        store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("p", directory),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        _ -> {});
        receiver =
                HttpServer.start(
                        "127.0.0.1",
                        0,
                        HttpServer.Limits.defaults(),
                        new Random(),
                        request -> {
                            whenTold.run();
                            (request.rawPath().equals("/before") ? before : after)
                                    .incrementAndGet();
                            return Answer.empty(204);
                        });
        caller = new WebhookCaller(LOOPBACK);
        put("/before");
        for (int i = 0; i < TASKS; i++) {
            store.tasks()
                    .enqueue(
                            NewTask.of(
                                    TaskType.INDEX_CREATION, "i", "{}", TaskStatus.SUCCEEDED, null))
                    .orThrow();
        }
    }

    @AfterEach
    void stop() {
        caller.close();
        receiver.close();
        store.close();
    }

    private void put(String path) {
        String url = "http://127.0.0.1:" + receiver.port() + path;
        store.webhooks().put(new WebhookRow(UUID, url, new TreeMap<>(), 0, 0)).orThrow();
    }

    private void tellAll() throws InterruptedException {
        registry = new CollectorRegistry();
        WebhookWorker.Tools tools =
                new WebhookWorker.Tools(
                        caller,
                        () -> {},
                        task -> Json.object().put("uid", task.uid()),
                        store::nowMicros,
                        new WebhookMetrics(registry));
        new WebhookWorker(0, tools).tellAll(UUID, store);
    }

    @Test
    void allThatEndedIsToldAndRemembered() throws Exception {
        tellAll();
        assertEquals(TASKS, before.get());
        assertEquals(1, store.cdcCursors().of(ReadLevel.LOCAL, Webhooks.sink(UUID)).size());
    }

    /** It is told when the key is back; without its header a receiver would refuse it for good. */
    @Test
    void oneWithAHeaderThatCantBeOpenedIsNotToldAndLosesNothing() throws Exception {
        String url = "http://127.0.0.1:" + receiver.port() + "/before";
        String closed = SealedValue.inHeader("lostkey.AA");
        store.webhooks()
                .put(new WebhookRow(UUID, url, new TreeMap<>(Map.of("x-secret", closed)), 0, 0))
                .orThrow();
        tellAll();
        assertEquals(0, before.get());
        assertEquals(0, store.cdcCursors().of(ReadLevel.LOCAL, Webhooks.sink(UUID)).size());
        put("/before");
        tellAll();
        assertEquals(TASKS, before.get());
    }

    /** Meilisearch takes such a URL too: whoever made it finds out by the log and the metric. */
    @Test
    void oneThatCantBeCalledIsCountedAndLosesNothing() throws Exception {
        String url = "localhost:" + receiver.port() + "/before";
        store.webhooks().put(new WebhookRow(UUID, url, new TreeMap<>(), 0, 0)).orThrow();
        tellAll();
        assertEquals(TASKS, uncallable());
        put("/before");
        tellAll();
        assertEquals(TASKS, before.get());
    }

    private double uncallable() {
        return registry.getSampleValue(
                "miroir_webhook_deliveries_total",
                new String[] {"result"},
                new String[] {"uncallable"});
    }

    /** An operator who allows the network finds that nothing was lost meanwhile. */
    @Test
    void oneThatMustNotBeCalledIsCountedAndLosesNothing() throws Exception {
        try (WebhookCaller strict = new WebhookCaller(new IpRules(List.of()))) {
            WebhookCaller usual = caller;
            caller = strict;
            tellAll();
            caller = usual;
        }
        assertEquals(TASKS, uncallable());
        assertEquals(0, before.get());
        tellAll();
        assertEquals(TASKS, before.get());
    }

    @Test
    void oneThatIsDeletedIsNotToldTheRest() throws Exception {
        whenTold = () -> store.webhooks().delete(UUID).orThrow();
        tellAll();
        assertEquals(Backlog.AT_ONCE_MAX, before.get());
        assertEquals(0, store.cdcCursors().of(ReadLevel.LOCAL, Webhooks.sink(UUID)).size());
    }

    @Test
    void oneThatMovesIsToldTheRestWhereItIs() throws Exception {
        whenTold = () -> put("/after");
        tellAll();
        assertEquals(Backlog.AT_ONCE_MAX, before.get());
        assertEquals(TASKS - Backlog.AT_ONCE_MAX, after.get());
    }
}
