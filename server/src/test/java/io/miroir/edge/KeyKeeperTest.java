package io.miroir.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.keys.Action;
import io.miroir.api.keys.ApiKey;
import io.miroir.api.keys.IndexPattern;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Fleet;
import io.miroir.cluster.lease.Reports;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.apikey.ApiKeyRow;
import io.miroir.store.apikey.ApiKeys;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Protocol, rule 9: nothing is answered about a key before the other pods have applied it. */
class KeyKeeperTest {
    private static final String UID = "6062abda-a5aa-4414-ac91-ecd7944c0f8d";

    @TempDir Path directory;

    private final List<Long> othersApplied = new CopyOnWriteArrayList<>();
    private SqliteTaskStore store;
    private ClusterView view;
    private KeyKeeper keeper;

    private final class Other implements Reports.Others {
        @Override
        public List<String> ids() {
            return List.of("other");
        }

        @Override
        public boolean live(String podId) {
            return true;
        }

        @Override
        public boolean applied(String podId, long index, Duration timeout) {
            return othersApplied.add(index);
        }
    }

    @BeforeEach
    void open() {
        store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("p", directory),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        _ -> {});
        view = new ClusterView(store, new Fleet(4, 1, List.of(List.of("a"))));
        view.start();
        Reports reports = new Reports("p", store, view, new Other(), System::nanoTime);
        keeper = new KeyKeeper(store.apiKeys(), view, reports);
    }

    @AfterEach
    void close() {
        view.close();
        store.close();
    }

    @Test
    void aChangeThatMeetsAnotherIsMadeOnWhatThatLeft() throws Exception {
        keeper.make(key());
        List<ApiKey.Label> seen = new ArrayList<>();
        ApiKey both =
                Objects.requireNonNull(
                        keeper.relabel(
                                UID,
                                label -> {
                                    seen.add(label);
                                    if (seen.size() == 1) {
                                        meanwhile(read -> stored().relabel(read, "other", null));
                                    }
                                    return new ApiKey.Label(label.name(), "mine");
                                }));
        assertEquals(new ApiKey.Label("other", "mine"), both.label());

        assertNull(
                keeper.relabel(
                        UID,
                        label -> {
                            meanwhile(read -> stored().delete(read.uid()));
                            return label;
                        }),
                "it does not come back");
    }

    @Test
    void aChangeThatOthersAlwaysComeBeforeIsGivenUp() throws Exception {
        keeper.make(key());
        AtomicInteger rounds = new AtomicInteger();
        ApiException given =
                assertThrows(
                        ApiException.class,
                        () ->
                                keeper.relabel(
                                        UID,
                                        label -> {
                                            String name = "" + rounds.incrementAndGet();
                                            meanwhile(read -> stored().relabel(read, name, null));
                                            return label;
                                        }));
        assertEquals(ErrorCode.MIROIR_OVERLOADED, given.code());
        assertEquals(ComparedChange.ROUNDS_MAX, rounds.get());
    }

    private void meanwhile(Function<ApiKeyRow, Reply<Boolean>> change) {
        ApiKeyRow read = stored().get(ReadLevel.LOCAL, UID).orElseThrow();
        assertTrue(change.apply(read).orThrow());
    }

    private ApiKeys stored() {
        return store.apiKeys();
    }

    private static ApiKey key() {
        return new ApiKey(
                UID,
                new ApiKey.Label("n", null),
                new ApiKey.Grant(List.of(Action.SEARCH), List.of(new IndexPattern("*")), null),
                Instant.EPOCH,
                Instant.EPOCH);
    }

    @Test
    void everyChangeIsAnsweredWhenTheOtherPodsHaveIt() throws Exception {
        ApiKey key = key();
        ApiKey made = Objects.requireNonNull(keeper.make(key));
        assertAllHave(1);
        assertEquals(made, keeper.keys().get(UID));
        assertNull(keeper.make(key), "its uid is taken");

        ApiKey.Label label = new ApiKey.Label(null, "d");
        ApiKey labelled = Objects.requireNonNull(keeper.relabel(UID, _ -> label));
        assertAllHave(2);
        assertEquals(label, labelled.label());
        assertEquals(made.grant(), labelled.grant());

        assertTrue(keeper.delete(UID));
        assertAllHave(3);
        assertNull(keeper.keys().get(UID));
        assertFalse(keeper.delete(UID));
        assertNull(keeper.relabel(UID, _ -> label));
    }

    /** The other pod was asked for this change, the {@code count}th. */
    private void assertAllHave(int count) {
        assertEquals(count, othersApplied.size(), othersApplied::toString);
        assertEquals(view.changedIndex(), othersApplied.getLast());
    }
}
