package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cluster.LaneOwner;
import io.miroir.cluster.peer.DigestsAsked;
import io.miroir.cluster.peer.DigestsTold;
import io.miroir.cluster.peer.Doorway;
import io.miroir.cluster.peer.Greeted;
import io.miroir.cluster.peer.Greeting;
import io.miroir.cluster.peer.PassedAnswer;
import io.miroir.cluster.peer.PassedWrite;
import io.miroir.cluster.peer.PassedWriteHandler;
import io.miroir.cluster.peer.PeerEndpoint;
import io.miroir.cluster.peer.PeerServer;
import io.miroir.cluster.peer.Peers;
import io.miroir.cluster.peer.Standing;
import io.miroir.raft.ComparedTables;
import io.miroir.raft.MemberChange;
import io.miroir.raft.MemberOutcome;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A lane goes from one living pod to another without a write that is fenced in its middle
 * (protocol, rule 4), however slow the two are.
 */
class LaneHandoverTest {
    private static final String HERE = "p";
    private static final String THERE = "q";
    private static final Duration BRIEF = Duration.ofMillis(50);

    @TempDir Path directory;

    private final Other other = new Other();
    private LaneFixture pod;
    private PeerServer server;
    private Peers peers;
    private LaneKeeper keeper;

    /** The other pod: lives, and has a write under way until it has been asked some times. */
    private static final class Other implements Standing, PassedWriteHandler, Doorway {
        private final AtomicInteger asked = new AtomicInteger();
        private volatile int busyUntilAsked;

        @Override
        public boolean letGo(String lane, Duration patience) {
            return asked.incrementAndGet() > busyUntilAsked;
        }

        @Override
        public boolean owns(String lane) {
            return false;
        }

        @Override
        public PassedAnswer run(PassedWrite write, InputStream body) {
            throw new IllegalStateException("nothing is passed on");
        }

        @Override
        public DigestsTold digests(DigestsAsked what, ComparedTables.Asker asker) {
            return new DigestsTold.NotNow("has no store");
        }

        @Override
        public boolean runsLanes() {
            return true;
        }

        @Override
        public long applied(long atLeast, Duration timeout) {
            return atLeast;
        }

        @Override
        public long run() {
            return 1;
        }

        @Override
        public int knownFormat() {
            return 0;
        }

        @Override
        public Greeted greet(Greeting from) {
            return new Greeted.Refused("not asked here");
        }

        @Override
        public MemberOutcome change(MemberChange change) {
            return new MemberOutcome.NotLeader(null);
        }
    }

    @BeforeEach
    void open() throws Exception {
        pod = new LaneFixture(directory);
        server =
                PeerServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        THERE,
                        List::of,
                        Optional.empty(),
                        other,
                        new PeerServer.Answers(other, other, Optional::empty, List::of));
        peers = new Peers(HERE, List.of(), List::of);
        keeper = new LaneKeeper(pod.context, peers, pod.follower);
    }

    @AfterEach
    void close() {
        keeper.close();
        peers.close();
        server.close();
        pod.close();
    }

    private void theOtherComes() {
        peers.update(List.of(new PeerEndpoint(THERE, "127.0.0.1", server.port())));
        assertEquals(Set.of(HERE, THERE), peers.live());
        // The first connection of a JVM takes seconds on a busy machine: as long as a pod has.
        assertTrue(peers.run(THERE, LaneFixture.PATIENCE).isPresent());
    }

    /** A lane that this pod runs once both live. */
    private static String laneOf(String owner) {
        return Stream.iterate(0, i -> i + 1)
                .map(i -> "lane-" + i)
                .filter(lane -> LaneOwner.of(lane, Set.of(HERE, THERE)).equals(owner))
                .findFirst()
                .orElseThrow();
    }

    private long write(String lane) throws Exception {
        return keeper.run(
                        LaneFixture.request(Operation.DOCUMENTS_REPLACE, lane, null),
                        pod.body("[{\"id\":1}]"))
                .orElseThrow()
                .taskUid();
    }

    @Test
    void aLaneIsClaimedOnceTheOneThatRanItHasEndedItsWrite() throws Exception {
        theOtherComes();
        String lane = laneOf(HERE);
        other.busyUntilAsked = 3;
        pod.store.lanes().claim(lane, THERE);
        AtomicInteger askedBefore = new AtomicInteger();
        pod.claim =
                name -> {
                    askedBefore.set(other.asked.get());
                    return pod.claimedInStore(name);
                };
        write(lane);
        assertTrue(askedBefore.get() > other.busyUntilAsked, "asked " + askedBefore);
        int asked = other.asked.get();
        write(lane);
        assertEquals(asked, other.asked.get(), "a lane that is held is not asked for again");
    }

    @Test
    void aPodThatHangsIsFencedInTheEnd() throws Exception {
        theOtherComes();
        String lane = laneOf(HERE);
        other.busyUntilAsked = Integer.MAX_VALUE;
        pod.store.lanes().claim(lane, THERE);
        write(lane);
        assertTrue(other.asked.get() > 1, "asked " + other.asked);
    }

    /** One that believes to run all lanes, as it does not see this pod, is waited for once. */
    @Test
    void aPodThatHangsHoldsUpOneLaneAndNotEach() throws Exception {
        theOtherComes();
        other.busyUntilAsked = Integer.MAX_VALUE;
        Handover handover = new Handover(pod.context, peers);
        pod.store.lanes().claim("first", THERE);
        assertTrue(handover.await("first", () -> true));
        // The patience with a pod begins with its first word, a moment after that with a lane.
        assertTrue(handover.await("first", () -> true));
        int asked = other.asked.get();
        pod.store.lanes().claim("second", THERE);
        assertTrue(handover.await("second", () -> true));
        assertEquals(asked + 1, other.asked.get());
    }

    /** What waits here begins anew over there. */
    @Test
    void aLaneIsNotClaimedThatIsTheOthersAgain() throws Exception {
        theOtherComes();
        String lane = laneOf(HERE);
        AtomicBoolean ours = new AtomicBoolean(true);
        pod.store.lanes().claim(lane, THERE);
        other.busyUntilAsked = Integer.MAX_VALUE;
        Handover handover = new Handover(pod.context, peers);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> may = threads.submit(() -> handover.await(lane, ours::get));
            ours.set(false);
            assertFalse(may.get());
        }
    }

    @Test
    void aLaneIsLetGoOnceItsWriteHasEnded() throws Exception {
        String lane = laneOf(THERE);
        CountDownLatch atNodes = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        pod.node =
                (_, _) -> {
                    atNodes.countDown();
                    try {
                        goOn.await();
                    } catch (InterruptedException stopped) {
                        throw new IllegalStateException(stopped);
                    }
                    return pod.accepted();
                };
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Long> written = clients.submit(() -> write(lane));
            try {
                atNodes.await();
                assertFalse(keeper.letGo(lane, BRIEF), "the other pod is not there");
                theOtherComes();
                keeper.look();
                assertFalse(keeper.letGo(lane, BRIEF), "the write is not bound");
            } finally {
                goOn.countDown();
            }
            assertTrue(keeper.letGo(lane, LaneFixture.PATIENCE));
            assertTrue(written.get() >= 0);
        }
        assertEquals(0, keeper.held());
    }
}
