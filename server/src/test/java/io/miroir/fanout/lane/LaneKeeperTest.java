package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cluster.peer.Peers;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.lane.Lanes.Claim;
import io.miroir.store.task.TaskStatus;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pod holds of lanes goes when nobody needs it: names of indexes never end. */
class LaneKeeperTest {
    @TempDir Path directory;

    private final CollectorRegistry registry = new CollectorRegistry();
    private LaneFixture pod;
    private Peers peers;
    private LaneKeeper keeper;

    @BeforeEach
    void open() throws Exception {
        pod = new LaneFixture(directory);

        peers = new Peers("p", List.of(), List::of);
        keeper = new LaneKeeper(pod.context, peers, pod.follower);
        new LaneMetrics(keeper, pod.follower).register(registry);
    }

    @AfterEach
    void close() {
        keeper.close();
        peers.close();
        pod.close();
    }

    private long write(String index) throws Exception {
        return keeper.run(
                        LaneFixture.request(Operation.DOCUMENTS_REPLACE, index, null),
                        pod.body("[{\"id\":1}]"))
                .orElseThrow()
                .taskUid();
    }

    @Test
    void aLaneThatTheStoreDoesNotKnowIsDropped() throws Exception {
        write("known");
        pod.claim = _ -> new Reply.Refused<>(new Refusal.Unavailable("no leader"));
        assertThrows(StoreUnavailableException.class, () -> write("refused"));
        assertEquals(2, metric("miroir_lanes"));
        keeper.look();
        assertEquals(1, metric("miroir_lanes"));
        pod.claim = pod::claimedInStore;
        write("refused");
        keeper.look();
        assertEquals(2, metric("miroir_lanes"));
    }

    /** The store learns of a lane by its first write, which must find it where it began. */
    @Test
    void aLaneIsNotDroppedInTheMiddleOfItsFirstWrite() throws Exception {
        pod.claim = this::claimedAfterALook;
        write("new");
        assertEquals(1, metric("miroir_lanes"));
    }

    private Reply<Claim> claimedAfterALook(String name) {
        try (ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
            other.submit(
                            () -> {
                                keeper.look();
                                return true;
                            })
                    .get();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
        return pod.claimedInStore(name);
    }

    /** The nodes here know of no task, so each one ends as lost. */
    @Test
    void aLaneWhoseTasksHaveEndedIsNotFollowed() throws Exception {
        for (int i = 0; i < 5; i++) {
            write("index-" + i);
        }
        assertEquals(5, metric("miroir_lanes_followed"));
        pod.follower.start();
        awaitEnded(5);
        write("index-0");
        awaitEnded(6);
    }

    private void awaitEnded(int tasks) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + LaneFixture.PATIENCE.toNanos();
        while (ended() < tasks || metric("miroir_lanes_followed") > 0) {
            assertTrue(System.nanoTime() < giveUpNanos, "an empty line stays");
            Thread.sleep(20);
        }
    }

    private long ended() {
        return pod.tasks().stream().filter(task -> task.status() == TaskStatus.FAILED).count();
    }

    private double metric(String name) {
        return registry.getSampleValue(name);
    }
}
