package io.miroir.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.api.webhooks.Webhook;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Fleet;
import io.miroir.cluster.lease.Reports;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of one webhook that meet: none is lost, and one that is gone does not come back. */
class WebhookKeeperTest {
    private static final Webhook HOOK = new Webhook("hook", "http://127.0.0.1:1", Map.of("a", "1"));

    @TempDir Path directory;

    private SqliteTaskStore store;
    private ClusterView view;
    private WebhookKeeper keeper;

    private record Nobody() implements Reports.Others {
        @Override
        public List<String> ids() {
            return List.of();
        }

        @Override
        public boolean live(String podId) {
            return false;
        }

        @Override
        public boolean applied(String podId, long index, Duration timeout) {
            return false;
        }
    }

    @BeforeEach
    void open() throws Exception {
        store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("p", directory),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        _ -> {});
        view = new ClusterView(store, new Fleet(4, 1, List.of(List.of("a"))));
        view.start();
        Reports reports = new Reports("p", store, view, new Nobody(), System::nanoTime);
        keeper = new WebhookKeeper(store.webhooks(), reports);
        keeper.make(HOOK);
    }

    @AfterEach
    void close() {
        view.close();
        store.close();
    }

    @Test
    void twoChangesOfOneWebhookAreBothThere() throws Exception {
        AtomicInteger rounds = new AtomicInteger();
        Optional<Webhook> changed =
                keeper.change(
                        HOOK.uuid(),
                        webhook -> {
                            if (rounds.incrementAndGet() == 1) {
                                meanwhile(patch("{\"headers\":{\"b\":\"2\"}}"));
                            }
                            return patch("{\"headers\":{\"a\":null}}").apply(webhook);
                        });
        assertEquals(Optional.of(new Webhook("hook", HOOK.url(), Map.of("b", "2"))), changed);
        assertEquals(changed, keeper.get(HOOK.uuid()));
    }

    @Test
    void aChangeThatMeetsTheDeletionDoesNotBringItBack() throws Exception {
        Optional<Webhook> changed =
                keeper.change(
                        HOOK.uuid(),
                        webhook -> {
                            assertTrue(store.webhooks().delete(HOOK.uuid()).orThrow());
                            return webhook;
                        });
        assertEquals(Optional.empty(), changed);
        assertEquals(List.of(), keeper.all());
    }

    private void meanwhile(UnaryOperator<Webhook> change) {
        try {
            assertTrue(keeper.change(HOOK.uuid(), change).isPresent());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static UnaryOperator<Webhook> patch(String body) {
        return webhook -> webhook.patched(Json.parse(body));
    }
}
