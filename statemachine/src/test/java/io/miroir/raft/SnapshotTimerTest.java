package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.ReadLevel;
import io.miroir.store.Writes;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 21: snapshots by time, and what an operator can see of the log. */
class SnapshotTimerTest {
    /** What a pod tells of its store, and a store alone does not. */
    private static final Set<String> OF_PODS =
            Set.of(
                    "miroir_task_store_compare_wait_seconds",
                    "miroir_task_store_listener_silence_seconds",
                    "miroir_task_store_listeners_struck_off",
                    "miroir_task_store_proven",
                    "miroir_task_store_unequal_pods");

    @Test
    void aLogThatGrowsSlowlyIsLookedAtAsWellAndItsFiguresAreTold(@TempDir Path dir)
            throws Exception {
        // Far fewer entries than those that would be waited for.
        List<RaftStoreConfig.Peer> peers = Group.freePeers("pod-a");
        CollectorRegistry registry = new CollectorRegistry();
        RaftStoreConfig config =
                new RaftStoreConfig(
                        "pod-a",
                        dir.resolve("pod-a"),
                        peers,
                        "127.0.0.1",
                        Group.limits(10_000),
                        new RaftStoreConfig.Tuning(100, 200, 1_000_000, 200, 8 << 20));
        try (RaftTaskStore store =
                new RaftTaskStore(
                        config,
                        new RaftTaskStore.Surroundings(
                                InstantSource.system(),
                                new Random(),
                                registry,
                                Throwable::printStackTrace))) {
            Group.await("a leader", () -> store.status().leaderId() != null);
            Writes.claim(store, "movies", "pod-x");
            Group.await("a snapshot", () -> figure(registry, "snapshot_index") > 0);
            assertTrue(figure(registry, "snapshot_age_seconds") >= 0);
            assertTrue(figure(registry, "log_bytes") > 0);
            assertTrue(figure(registry, "commit_index") > 0);
            assertTrue(figure(registry, "current_term") > 0);
            assertEquals(1, figure(registry, "has_leader"));
            assertNotNull(
                    registry.getSampleValue(
                            "miroir_task_store_role",
                            new String[] {"role"},
                            new String[] {"leader"}));
            List<String> bridged =
                    Collections.list(registry.metricFamilySamples()).stream()
                            .map(family -> family.name)
                            .filter(name -> name.startsWith("ratis_"))
                            .toList();
            assertTrue(
                    bridged.stream().anyMatch(name -> name.contains("leader_election")),
                    bridged.toString());
            assertTrue(
                    bridged.stream().anyMatch(name -> name.contains("flush")), bridged.toString());
            assertTrue(store.tasks().get(ReadLevel.LINEARIZABLE, 7).isEmpty());
            assertEquals(1, labelled(registry, "reads_total", "level", "linearizable"));
            assertEquals(1, labelled(registry, "rows", "table", "lanes"));
            assertAllOnThePage(registry);
        }
    }

    /** {@code docs/operations/metrics.md} names each, and none that is not there. */
    private static void assertAllOnThePage(CollectorRegistry registry) throws IOException {
        String page = Files.readString(Path.of("../docs/operations/metrics.md"));
        Set<String> there =
                Collections.list(registry.metricFamilySamples()).stream()
                        .map(family -> family.name.replaceFirst("_total$", ""))
                        .filter(name -> name.startsWith("miroir_"))
                        .collect(Collectors.toCollection(TreeSet::new));
        Set<String> told =
                Pattern.compile("`(miroir_task_store_\\w+?)(_total)?`")
                        .matcher(page)
                        .results()
                        .map(name -> name.group(1))
                        .collect(Collectors.toCollection(TreeSet::new));
        there.addAll(OF_PODS);
        assertEquals(there, told);
    }

    private static double labelled(
            CollectorRegistry registry, String name, String label, String value) {
        return Objects.requireNonNull(
                registry.getSampleValue(
                        "miroir_task_store_" + name, new String[] {label}, new String[] {value}),
                name);
    }

    private static double figure(CollectorRegistry registry, String name) {
        return Objects.requireNonNull(registry.getSampleValue("miroir_task_store_" + name), name);
    }
}
