package io.miroir.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.Rooms;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.miroir.store.topology.Topologies;
import io.miroir.store.topology.TopologyRow;
import io.prometheus.client.CollectorRegistry;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The leader's configuration begins the topology, and completes one of an earlier program. */
class TopologyRecorderTest {
    private static final List<List<String>> GROUPS = List.of(List.of("a"), List.of("b"));
    private static final Fleet FLEET =
            new Fleet(
                    4,
                    1,
                    GROUPS,
                    new NodeAddresses(
                            Map.of(
                                    "a", URI.create("http://a:7700"),
                                    "b", URI.create("http://b:7700"))));

    private static SqliteTaskStore open(Path dir) {
        return new SqliteTaskStore(
                SqliteStoreConfig.of("p", dir),
                InstantSource.system(),
                new CollectorRegistry(),
                _ -> {});
    }

    private static TopologyRow row(SqliteTaskStore store) {
        return store.topology().get(ReadLevel.LOCAL).orElseThrow();
    }

    @Test
    void itIsWrittenOnceAndThenLeftAlone(@TempDir Path dir) {
        try (SqliteTaskStore store = open(dir)) {
            TopologyRecorder recorder = new TopologyRecorder(FLEET);
            recorder.step(store);
            assertEquals(FLEET.toJson(), row(store).json());
            recorder.step(store);
            new TopologyRecorder(new Fleet(4, 1, List.of(List.of("other")))).step(store);
            assertEquals(1, row(store).version());
            assertEquals(Duration.ofMinutes(1), recorder.pause());
        }
    }

    @Test
    void aTopologyWithoutAddressesIsGivenThem(@TempDir Path dir) {
        try (SqliteTaskStore store = open(dir)) {
            store.topology().replace(new Fleet(4, 1, GROUPS).toJson(), 0).orThrow();
            new TopologyRecorder(FLEET).step(store);
            Fleet followed = new Fleet(4, 1, GROUPS).as(row(store).json());
            assertEquals(FLEET.endpoints(), followed.endpoints());
        }
    }

    /** Nodes are not marked before there is a topology: it is not to wait for a minute. */
    @Test
    void whatFailedIsSoonTriedAgainAndThenLessOften() {
        Topologies none =
                new Topologies() {
                    @Override
                    public Reply<Replacement> replace(String json, long expectedVersion) {
                        return new Reply.Refused<>(new Refusal.Unavailable("no leader"));
                    }

                    @Override
                    public Optional<TopologyRow> get(ReadLevel level) {
                        return Optional.empty();
                    }
                };
        Rooms rooms =
                (Rooms)
                        Proxy.newProxyInstance(
                                Rooms.class.getClassLoader(),
                                new Class<?>[] {Rooms.class},
                                (_, _, _) -> none);
        TopologyRecorder recorder = new TopologyRecorder(FLEET);
        for (long seconds : new long[] {1, 2, 4, 8, 16, 32, 60, 60}) {
            assertThrows(StoreUnavailableException.class, () -> recorder.step(rooms));
            assertEquals(Duration.ofSeconds(seconds), recorder.pause());
        }
    }
}
