package io.miroir.capability.leader.seal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Fleet;
import io.miroir.cluster.seal.SealKeys;
import io.miroir.cluster.seal.StoredSecrets;
import io.miroir.store.ReadLevel;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.index.IndexRow;
import io.miroir.store.lane.Lanes.Affecting;
import io.miroir.store.lane.Lanes.Claim;
import io.miroir.store.seal.SecretRow;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.miroir.store.webhook.WebhookRow;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of before, and of an older key, come under the newest one; nothing else of them changes. */
class SealDutyTest {
    private static final String OLD = "old-seal-key-0123456789-0123456789";
    private static final String NEW = "new-seal-key-0123456789-0123456789";
    private static final String SECRET = "sk-0123456789012345678901234567890";
    private static final String SETTINGS =
            "{\"embedders\":{\"e\":{\"source\":\"openAi\",\"apiKey\":\"" + SECRET + "\"}}}";

    @TempDir Path directory;

    private final AtomicReference<List<String>> file = new AtomicReference<>(List.of());
    private final StoredSecrets secrets =
            new StoredSecrets(new SealKeys(file::get, new SecureRandom()));
    private final CollectorRegistry registry = new CollectorRegistry();
    private final SealDuty duty = new SealDuty(secrets, registry);
    private SqliteTaskStore store;

    @BeforeEach
    void open() {
        store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("p", directory).sealing(secrets),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        _ -> {});
        long epoch = ((Claim.Claimed) store.lanes().claim("i", "p").orThrow()).epoch();
        assertEquals(
                new Affecting.Affected(),
                store.lanes()
                        .affect(
                                "i",
                                epoch,
                                List.of(
                                        new IndexEffect.Created(
                                                "i", 1, "id", 4, SETTINGS, List.of())))
                        .orThrow());
        store.webhooks()
                .put(
                        new WebhookRow(
                                "u",
                                "http://w",
                                new TreeMap<>(Map.of("a", "token-a", "b", "token-b")),
                                0,
                                0))
                .orThrow();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private List<SecretRow> rows() {
        return store.secrets().list(ReadLevel.LOCAL);
    }

    private Map<String, Integer> counts() {
        return StoredSecrets.count(rows());
    }

    private String newest() {
        return secrets.newest().orElseThrow();
    }

    private IndexRow index() {
        return store.indexes().get(ReadLevel.LOCAL, "i").orElseThrow();
    }

    private WebhookRow webhook() {
        return store.webhooks().get(ReadLevel.LOCAL, "u").orElseThrow();
    }

    private double gauge(String key) {
        return registry.getSampleValue(
                "miroir_sealed_values", new String[] {"key"}, new String[] {key});
    }

    @Test
    void plainRowsAreSealedAndRowsOfAnOldKeyAreSealedAnew() {
        IndexRow before = index();
        WebhookRow hook = webhook();
        duty.step(store.rooms());
        assertEquals(Map.of("plain", 3), counts());
        assertEquals(3, gauge("plain"));
        // Another pod leads for a while, and tells it.
        duty.deposed();
        assertNull(
                registry.getSampleValue(
                        "miroir_sealed_values", new String[] {"key"}, new String[] {"plain"}));

        file.set(List.of(OLD));
        duty.step(store.rooms());
        String old = newest();
        assertEquals(Map.of(old, 3), counts());
        assertFalse(rows().toString().contains(SECRET), rows()::toString);
        assertFalse(rows().toString().contains("token-"), rows()::toString);
        assertEquals(before, index());
        assertEquals(hook, webhook());

        file.set(List.of(NEW, OLD));
        duty.step(store.rooms());
        assertEquals(Map.of(newest(), 3), counts());
        assertEquals(3, gauge(newest()));
        file.set(List.of(NEW));
        assertEquals(before, index());
        assertEquals(hook, webhook());
        // Nothing is left to do, and nothing is done.
        List<SecretRow> rows = rows();
        duty.step(store.rooms());
        assertEquals(rows, rows());
    }

    @Test
    void aRowThatWasChangedMeanwhileIsLeftAsItIs() {
        file.set(List.of(OLD));
        SecretRow hook = rows().getLast();
        List<String> renewed = secrets.renewed(hook).orElseThrow();
        Map<String, String> others = Map.of("a", "other", "b", "token-b");
        store.webhooks()
                .put(new WebhookRow("u", "http://w", new TreeMap<>(others), 0, 0))
                .orThrow();
        assertFalse(store.secrets().reseal(hook, renewed).orThrow());
        assertEquals(others, webhook().headers());
        assertTrue(store.webhooks().delete("u").orThrow());
        assertFalse(store.secrets().reseal(hook, renewed).orThrow());
    }

    /** A key that comes back into the file opens what was closed, also what a view remembers. */
    @Test
    void withoutItsKeyARowStaysAndOpensWhenTheKeyIsBack() {
        file.set(List.of(OLD));
        duty.step(store.rooms());
        file.set(List.of(NEW));
        List<SecretRow> sealed = rows();
        duty.step(store.rooms());
        assertEquals(sealed, rows());
        assertEquals(3, registry.getSampleValue("miroir_sealed_values_closed"));
        try (ClusterView view = new ClusterView(store, new Fleet(4, 1, List.of(List.of("a"))))) {
            view.start();
            assertTrue(view.await(store.visibleIndex(), Duration.ofSeconds(60)));
            assertFalse(settings(view).contains(SECRET));
            file.set(List.of(NEW, OLD));
            assertTrue(settings(view).contains(SECRET), settings(view));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String settings(ClusterView view) {
        return view.index("i").orElseThrow().row().settingsJson();
    }
}
