package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cluster.peer.Peers;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.index.IndexRow;
import io.miroir.store.lane.Lanes.Claim;
import io.miroir.store.task.Finish;
import io.miroir.store.task.TaskStatus;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

    private void look() {
        try {
            keeper.look();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
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
        // Not while somebody else has the lane's turn, as the keeper's own look may.
        LaneFixture.await(
                () -> {
                    look();
                    return metric("miroir_lanes") == 1;
                });
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
        assertTrue(metric("miroir_task_oldest_seconds") > 0);
        pod.follower.start();
        awaitEnded(5);
        assertEquals(0, metric("miroir_task_oldest_seconds"));
        write("index-0");
        awaitEnded(6);
    }

    /** However often it is looked at, one repair waits in the lane, and clients have the rest. */
    @Test
    void aRepairOfSettingsThatWaitsForItsTurnWaitsOnce() throws Exception {
        long created = write("i");
        IndexRow index = pod.store.indexes().get(ReadLevel.LOCAL, "i").orElseThrow();
        IndexEffect doubted =
                new IndexEffect.SettingsCommitted(
                        index.incarnation(), "{}", List.of("a"), List.of("b"));
        Reply<?> made =
                pod.store
                        .tasks()
                        .finish(
                                Finish.of(
                                        created,
                                        pod.epoch(),
                                        TaskStatus.SUCCEEDED,
                                        null,
                                        null,
                                        List.of(doubted)));
        long known = assertInstanceOf(Reply.Applied.class, made).index();
        assertTrue(pod.view.await(known, LaneFixture.PATIENCE));
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        pod.node =
                (_, _) -> {
                    asked.countDown();
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return pod.accepted();
                };
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Long> atWork = clients.submit(() -> write("i"));
            asked.await();
            for (int looks = 0; looks < 100 || keeper.waitingLongest() == 0; looks++) {
                keeper.repairSettings();
                assertTrue(keeper.waitingLongest() <= 1, "repairs pile up");
                Thread.sleep(1);
            }
            Future<Long> behind = clients.submit(() -> write("i"));
            goOn.countDown();
            assertTrue(behind.get() > atWork.get());
        }
    }

    /** A pod that was paused comes back: who ran its lanes meanwhile has let them go again. */
    @Test
    void aLaneThatAnotherPodRanMeanwhileIsTakenUpAgain() throws Exception {
        write("i");
        assertInstanceOf(Claim.Claimed.class, pod.store.lanes().claim("i", "other").orThrow());
        pod.follower.start();
        awaitNoneFollowed();
        assertEquals(0, ended());
        keeper.look();
        awaitEnded(1);
    }

    private void awaitNoneFollowed() throws InterruptedException {
        long giveUpNanos = System.nanoTime() + LaneFixture.PATIENCE.toNanos();
        while (metric("miroir_lanes_followed") > 0) {
            assertTrue(System.nanoTime() < giveUpNanos, "a line that is fenced stays");
            Thread.sleep(20);
        }
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
