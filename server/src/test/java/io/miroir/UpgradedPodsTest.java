package io.miroir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.miroir.cli.fleet.Ports;
import io.miroir.cli.fleet.PortsApart;
import io.miroir.cluster.member.PodIdentity;
import io.miroir.raft.RaftStoreConfig;
import io.miroir.recorded.RecordedDirectories;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.alias.AliasRow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pods with their peer ports on data directories that an earlier program wrote: what looks at the
 * files before they are opened, and what compares tables after a crash, takes nothing of an earlier
 * format for damage.
 */
@Timeout(300)
class UpgradedPodsTest {
    private final Ports free = PortsApart.make();
    private final List<StorePod> running = new ArrayList<>();

    @TempDir Path dir;

    @AfterEach
    void stopAll() {
        running.forEach(StorePod::close);
    }

    @Test
    void podsOfAnEarlierFormatStartOneAfterTheOtherWithAllThatTheyHad() throws Exception {
        RecordedDirectories.SEVEN.unpack(dir);
        List<List<Integer>> ports = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ports.add(List.of(free.free(), free.free()));
        }
        StorePod.Layout layout = new StorePod.Layout(dir, ports);
        // One that was stopped, one that lost power, one that was killed.
        start(layout, 1);
        StorePod second = start(layout, 2);
        StorePod.await("a leader", () -> second.store().status().leaderId() != null);
        assertInstanceOf(
                Reply.Applied.class,
                second.store().aliases().flip("since", AliasRow.Kind.SINGLE, List.of("movies"), 0));
        StorePod last = start(layout, 0);
        StorePod.await(
                "equal tables",
                () -> running.stream().map(pod -> pod.store().digests()).distinct().count() == 1);

        assertEquals(
                List.of("movies", "films"),
                last.store().aliases().get(ReadLevel.LOCAL, "live").orElseThrow().targets());
        for (int pod = 0; pod < running.size(); pod++) {
            assertFalse(Files.exists(layout.data(pod).resolve("set-aside")), "taken for damage");
            assertEquals(List.of(), running.get(pod).fatal());
            PodIdentity identity = identity(running.get(pod));
            assertEquals(RaftStoreConfig.COMMON_CLUSTER, identity.clusterId());
            assertEquals(PodIdentity.Stage.MEMBER, identity.stage());
        }
    }

    private StorePod start(StorePod.Layout layout, int pod) {
        StorePod started = StorePod.start(layout, pod);
        running.add(started);
        return started;
    }

    private static PodIdentity identity(StorePod pod) {
        return Objects.requireNonNull(pod.opening().doorkeeper()).identity().orElseThrow();
    }
}
