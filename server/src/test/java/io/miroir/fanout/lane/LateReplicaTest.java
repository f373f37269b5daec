package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ReplicaState;
import io.miroir.fanout.NodeReply;
import io.miroir.store.ReadLevel;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.Replicas;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that answers, and takes writes too late, does not hold them up again and again. */
@Timeout(300)
class LateReplicaTest {
    @TempDir Path directory;

    /**
     * A pod with an index.
     *
     * @param patience with a replica that lags, when the others are done
     */
    private LaneFixture open(Duration patience) throws Exception {
        LaneSettings settings =
                new LaneSettings(
                        LaneFixture.PATIENCE,
                        patience,
                        LaneFixture.PATIENCE,
                        LaneFixture.PATIENCE,
                        Duration.ofSeconds(60),
                        LaneFixture.WAITING_MAX,
                        LaneFixture.MERGING);
        LaneFixture pod = new LaneFixture(directory, settings, LaneFixture.SETTINGS);
        long _ = pod.write("[{\"id\": 1}]", null);
        return pod;
    }

    /** From now on it is sent what is written, as who copies to it wants it. */
    private static void lag(LaneFixture pod, String node) {
        long incarnation = pod.index().row().incarnation();
        ReplicaRow row = pod.store.replicas().get(ReadLevel.LOCAL, incarnation, node).orElseThrow();
        ShardStates states = ShardStates.all(row.states().shards(), ShardState.LAGGING);
        assertInstanceOf(
                Replicas.Mark.Marked.class,
                pod.store
                        .replicas()
                        .mark(new ReplicaRow(incarnation, node, states, row.version()))
                        .orThrow());
        pod.view.catchUp();
    }

    private static ReplicaState stateOf(LaneFixture pod, String node) {
        return pod.index().state(node, Rendezvous.shard("2", pod.index().topology().shards()));
    }

    private static long writesSentTo(LaneFixture pod, String node) {
        return pod.sent.stream().filter(request -> request.startsWith(node + " POST")).count();
    }

    /**
     * Whoever asks waits until he gives up, for his turn: too many are asking that node already.
     */
    private static NodeReply never() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException givenUp) {
            Thread.currentThread().interrupt();
        }
        return new NodeReply.Failure(NodeReply.Kind.BUSY, "given up");
    }

    @Test
    void aReplicaThatLagsIsNotWaitedForAsOneThatIsRead() throws Exception {
        try (LaneFixture pod = open(LaneFixture.SHORT)) {
            lag(pod, "b");
            pod.node = (node, _) -> node.equals("b") ? never() : pod.accepted();
            long _ = pod.write("[{\"id\": 2}]", null);
            assertEquals(ReplicaState.IN_SYNC, stateOf(pod, "a"));
            assertEquals(ReplicaState.OUT, stateOf(pod, "b"));
            assertFalse(pod.follower.lateNodes().mayFeed("b"));
            assertTrue(pod.follower.lateNodes().mayFeed("a"));
            long asked = writesSentTo(pod, "b");
            long _ = pod.write("[{\"id\": 2}]", null);
            assertEquals(asked, writesSentTo(pod, "b"));
        }
    }

    @Test
    void aReplicaThatLagsAndTakesItInTimeIsFedOn() throws Exception {
        try (LaneFixture pod = open(LaneFixture.PATIENCE)) {
            lag(pod, "b");
            long _ = pod.write("[{\"id\": 2}]", null);
            assertEquals(ReplicaState.LAGGING, stateOf(pod, "b"));
            assertTrue(pod.follower.lateNodes().mayFeed("b"));
        }
    }

    @Test
    void aNodeThatDoesNotAnswerAWriteIsNotCopiedToAtOnce() throws Exception {
        assertFalse(mayFeedAfter(NodeReply.Kind.TIMEOUT));
    }

    /** What is broken is told by health checks. */
    @Test
    void aNodeThatBreaksOffIsCopiedTo() throws Exception {
        assertTrue(mayFeedAfter(NodeReply.Kind.BROKEN));
    }

    /** Whether node b, which is out after it failed a write like that, may be copied to. */
    private boolean mayFeedAfter(NodeReply.Kind kind) throws Exception {
        try (LaneFixture pod = open(LaneFixture.SHORT)) {
            pod.node =
                    (node, _) ->
                            node.equals("b")
                                    ? new NodeReply.Failure(kind, "no answer")
                                    : pod.accepted();
            long _ = pod.write("[{\"id\": 2}]", null);
            assertEquals(ReplicaState.OUT, stateOf(pod, "b"));
            return pod.follower.lateNodes().mayFeed("b");
        }
    }
}
