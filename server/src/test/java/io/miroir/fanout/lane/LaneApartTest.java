package io.miroir.fanout.lane;

import static io.miroir.fanout.lane.SharedTurns.Asked.post;
import static io.miroir.fanout.lane.SharedTurns.accepted;
import static io.miroir.fanout.lane.SharedTurns.uids;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cluster.IndexView;
import io.miroir.core.topology.ReplicaState;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.lane.SharedTurns.Sending;
import io.miroir.store.ReadLevel;
import io.miroir.store.lane.Lanes.Claim;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.Replicas;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import io.miroir.store.task.TaskStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that nodes take and do not apply are taken apart (protocol, rules 4 and 6). */
class LaneApartTest {
    /** Questions to nodes after which it has been seen that nothing comes of them. */
    private static final int LOOKS = 5;

    /** More than writes need that wait behind another, and less than a test may last. */
    private static final Duration TURN = Duration.ofSeconds(2);

    @TempDir Path directory;

    private final CountDownLatch holding = new CountDownLatch(1);
    private SharedTurns turns;
    private LaneFixture pod;
    private TaskNodes nodes;

    @BeforeEach
    void open() throws Exception {
        turns = new SharedTurns(directory);
        pod = turns.pod;
        nodes = turns.nodes;
    }

    @AfterEach
    void close() {
        turns.close();
    }

    /** What nodes say of tasks is heard. */
    private void follow() throws InterruptedException {
        pod.follower.start();
        turns.await(0, TaskStatus.SUCCEEDED);
    }

    private static String verdict(String body) {
        return body.contains("guilty") ? "failed" : "succeeded";
    }

    /** A node that took the whole and did not apply it is sent the parts. */
    @Test
    void aRequestThatNodesDoNotApplyIsTakenApart() throws Exception {
        follow();
        nodes.fresh = (_, body) -> verdict(body);
        List<Long> uids =
                uids(
                        turns.behindAnother(
                                post("[{\"id\":1}]"),
                                post("[{\"id\":1,\"guilty\":true}]"),
                                post("[{\"id\":1}]")));
        turns.await(uids.get(0), TaskStatus.SUCCEEDED);
        turns.await(uids.get(1), TaskStatus.FAILED);
        turns.await(uids.get(2), TaskStatus.SUCCEEDED);
        assertTrue(String.valueOf(turns.task(uids.get(1)).errorJson()).contains("A fault."));
        assertEquals(List.of(3, 1, 1, 1), turns.atA.stream().map(r -> r.ids().size()).toList());
        // The store knows of the ends a moment before the follower lets go.
        LaneFixture.await(() -> pod.follower.heldBytes().get() == 0);
        assertEquals(ReplicaState.IN_SYNC, turns.state("a"));
        assertEquals(ReplicaState.IN_SYNC, turns.state("b"));
    }

    /**
     * Whoever moves replicas holds the lane and waits for the end of all tasks: these wait for the
     * hold's end, however often, and are not decided by it.
     */
    @Test
    void aRequestIsTakenApartWhenTheLaneIsNotHeldAnyMore() throws Exception {
        turns.close();
        turns = new SharedTurns(directory.resolve("short"), LaneFixture.patient(TURN));
        pod = turns.pod;
        nodes = turns.nodes;
        follow();
        nodes.fresh = (_, body) -> body.lines().count() > 1 ? "enqueued" : verdict(body);
        List<Long> uids =
                uids(
                        turns.behindAnother(
                                post("[{\"id\":1}]"), post("[{\"id\":1,\"guilty\":true}]")));
        CountDownLatch heldEnough = new CountDownLatch(1);
        Thread holder = Thread.ofVirtual().start(() -> holdUntil(heldEnough));
        holding.await();
        nodes.end("a", "failed");
        nodes.end("b", "failed");
        for (int tries = 0; tries < 2; tries++) {
            LaneFixture.await(() -> pod.lane.waiting() > 0);
            LaneFixture.await(() -> pod.lane.waiting() == 0);
        }
        heldEnough.countDown();
        holder.join();
        turns.await(uids.get(0), TaskStatus.SUCCEEDED);
        turns.await(uids.get(1), TaskStatus.FAILED);
        assertEquals(ReplicaState.IN_SYNC, turns.state("a"));
        assertEquals(ReplicaState.IN_SYNC, turns.state("b"));
    }

    private void holdUntil(CountDownLatch heldEnough) {
        try {
            boolean _ =
                    pod.lane
                            .hold(
                                    () -> true,
                                    _ -> {
                                        holding.countDown();
                                        heldEnough.await();
                                        return true;
                                    })
                            .orElseThrow();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    /** A document of a shard that node a misses a write of. */
    private String elsewhereOutOnA() throws Exception {
        String document = "[{\"id\":" + SharedTurns.elsewhere() + "}]";
        pod.down("a");
        long missed = pod.write(document, null);
        pod.up("a");
        turns.await(missed, TaskStatus.SUCCEEDED);
        pod.view.catchUp();
        return document;
    }

    /** What came later would come before the parts: they are not sent again, and all fail. */
    @Test
    void aRequestBehindWhichOthersWereSentFailsAsAWhole() throws Exception {
        follow();
        nodes.fresh = (_, _) -> "enqueued";
        List<Long> uids =
                uids(
                        turns.behindAnother(
                                post("[{\"id\":1}]"), post("[{\"id\":1,\"guilty\":true}]")));
        int sent = turns.atA.size();
        long later = pod.write("[{\"id\":1}]", null);
        failMerged(uids);
        turns.await(later, TaskStatus.SUCCEEDED);
        assertEquals(sent + 1, turns.atA.size());
    }

    private void failMerged(List<Long> uids) throws InterruptedException {
        for (String node : List.of("a", "b")) {
            nodes.of(node).forEach((uid, task) -> TaskNodes.end(task, judged(uid, uids)));
        }
        turns.awaitFailed(uids);
    }

    /** The replicas of a shard would differ if one was sent the parts and the other not. */
    @Test
    void aRequestIsTakenApartOnAllItsNodesOrOnNone() throws Exception {
        follow();
        String elsewhere = elsewhereOutOnA();
        nodes.fresh = (_, _) -> "enqueued";
        List<Long> uids =
                uids(
                        turns.behindAnother(
                                post("[{\"id\":1}]"), post("[{\"id\":1,\"guilty\":true}]")));
        int sent = turns.atA.size();
        long later = pod.write(elsewhere, null);
        assertEquals(List.of("b"), List.copyOf(accepted(turns.task(later)).keySet()));
        failMerged(uids);
        assertEquals(sent, turns.atA.size());
        assertEquals(ReplicaState.IN_SYNC, turns.state("a"));
        assertEquals(ReplicaState.IN_SYNC, turns.state("b"));
    }

    /** What is copied to got the whole too, and nobody hears that it was not applied there. */
    @Test
    void aRequestIsNotTakenApartWhileAReplicaIsCopied() throws Exception {
        follow();
        String _ = elsewhereOutOnA();
        long incarnation = pod.index().row().incarnation();
        ReplicaRow row = pod.store.replicas().get(ReadLevel.LOCAL, incarnation, "a").orElseThrow();
        ShardStates states = row.states();
        for (int shard = 0; shard < states.shards(); shard++) {
            if (states.get(shard) == ShardState.OUT) {
                states = states.with(shard, ShardState.LAGGING);
            }
        }
        assertInstanceOf(
                Replicas.Mark.Marked.class,
                pod.store
                        .replicas()
                        .mark(new ReplicaRow(incarnation, "a", states, row.version()))
                        .orThrow());
        pod.view.catchUp();
        nodes.fresh = (_, body) -> verdict(body);
        List<Long> uids =
                uids(
                        turns.behindAnother(
                                post("[{\"id\":1}]"), post("[{\"id\":1,\"guilty\":true}]")));
        turns.awaitFailed(uids);
        assertEquals(0, pod.counters.takenApart().sum());
    }

    /** The whole has its mark too, and an older number: the node would seem to have begun anew. */
    @Test
    void aPartThatIsLostIsNotTakenForTheWhole() throws Exception {
        follow();
        nodes.fresh = (_, body) -> verdict(body);
        var answer = pod.node;
        pod.node =
                (id, request) ->
                        Sending.of(request).isPart() && id.equals("b")
                                ? new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "silence")
                                : answer.apply(id, request);
        List<Long> uids =
                uids(
                        turns.behindAnother(
                                post("[{\"id\":1}]"), post("[{\"id\":1,\"guilty\":true}]")));
        turns.await(uids.get(0), TaskStatus.SUCCEEDED);
        turns.await(uids.get(1), TaskStatus.FAILED);
        turns.awaitOut("b");
        IndexView index = pod.index();
        long read =
                IntStream.range(0, 4)
                        .filter(shard -> index.state("b", shard) == ReplicaState.IN_SYNC)
                        .count();
        assertEquals(3, read);
    }

    /** One node fails it at once, the other later or not at all: nobody is sent what it has. */
    @Test
    void aRequestIsNotTakenApartBeforeAllNodesHaveEndedIt() throws Exception {
        follow();
        nodes.fresh =
                (node, body) ->
                        body.lines().count() == 1
                                ? "succeeded"
                                : node.equals("a") ? "failed" : "enqueued";
        List<Long> uids =
                uids(
                        turns.behindAnother(
                                post("[{\"id\":1}]"), post("[{\"id\":1,\"guilty\":true}]")));
        nodes.fresh = (_, body) -> verdict(body);
        int sent = pod.sent.size();
        LaneFixture.await(() -> pod.sent.size() > sent + LOOKS);
        assertEquals(0, pod.counters.takenApart().sum());
        nodes.end("b", "succeeded");
        turns.await(uids.get(0), TaskStatus.SUCCEEDED);
        turns.await(uids.get(1), TaskStatus.SUCCEEDED);
        assertEquals(1, pod.counters.takenApart().sum());
        turns.awaitOut("a");
        assertEquals(ReplicaState.IN_SYNC, turns.state("b"));
    }

    /** Rule 4: whoever slept meanwhile sends nothing behind the next owner. */
    @Test
    void aRequestIsNotTakenApartOnceTheLaneWasTakenOver() throws Exception {
        follow();
        nodes.fresh = (_, body) -> body.lines().count() == 1 ? "succeeded" : "enqueued";
        List<Long> uids = uids(turns.behindAnother(post("[{\"id\":1}]"), post("[{\"id\":1}]")));
        // Its end would be refused, and the others' not looked at any more.
        turns.await(uids.getFirst() - 1, TaskStatus.SUCCEEDED);
        Claim _ = pod.store.lanes().claim("i", "other").orThrow();
        nodes.end("a", "failed");
        nodes.end("b", "failed");
        LaneFixture.await(() -> pod.follower.lanes() == 0);
        assertEquals(0, pod.counters.takenApart().sum());
        assertEquals(1, turns.atA.size());
    }

    /** Rule 4: what the next owner can't have known of is not read. */
    @Test
    void partsThatReachANodeAfterTheLaneWasTakenOverPutItOut() throws Exception {
        follow();
        nodes.fresh = (_, body) -> body.lines().count() > 1 ? "failed" : "succeeded";
        AtomicBoolean isTaken = new AtomicBoolean();
        var answer = pod.node;
        pod.node =
                (id, request) -> {
                    boolean isPart = Sending.of(request).isPart();
                    if (isPart && isTaken.compareAndSet(false, true)) {
                        Claim _ = pod.store.lanes().claim("i", "other").orThrow();
                    }
                    return isPart && id.equals("b")
                            ? LaneFixture.refused()
                            : answer.apply(id, request);
                };
        List<Long> _ = uids(turns.behindAnother(post("[{\"id\":1}]"), post("[{\"id\":1}]")));
        turns.awaitOut("a");
        assertEquals(ReplicaState.IN_SYNC, turns.state("b"));
    }

    private long open(String node) {
        return nodes.of(node).values().stream()
                .filter(task -> task.path("status").asString().equals("enqueued"))
                .count();
    }

    private String judged(long nodeTask, List<Long> uids) {
        boolean merged =
                uids.stream().anyMatch(uid -> accepted(turns.task(uid)).containsValue(nodeTask));
        return merged ? "failed" : "succeeded";
    }

    /**
     * Rule 4: the owner is lost after it sent the parts; the next one finds them by their marks.
     */
    @Test
    void theNextOwnerFindsThePartsThatWereSentAgain() throws Exception {
        follow();
        nodes.fresh =
                (_, body) ->
                        body.lines().count() > 1
                                ? "failed"
                                : body.contains("\"id\":100") ? "succeeded" : "enqueued";
        List<Long> uids = uids(turns.behindAnother(post("[{\"id\":1}]"), post("[{\"id\":1}]")));
        LaneFixture.await(() -> open("a") == 2 && open("b") == 2);
        pod.follower.forget("i");
        TaskFollower next = pod.anotherFollower();
        next.start();
        new Lane("i", pod.context, next, pod.alone, pod.counters).resume(() -> true);
        nodes.end("a", "succeeded");
        nodes.end("b", "succeeded");
        turns.await(uids.get(0), TaskStatus.SUCCEEDED);
        turns.await(uids.get(1), TaskStatus.SUCCEEDED);
        next.close();
    }

    /** Only so much is held; what is not is not taken apart. */
    @Test
    void aRequestThatIsNotHeldFailsAsAWhole() throws Exception {
        follow();
        nodes.fresh = (_, body) -> verdict(body);
        pod.follower.heldBytes().set(Merged.HELD_BYTES_MAX);
        List<Long> uids =
                uids(
                        turns.behindAnother(
                                post("[{\"id\":1}]"), post("[{\"id\":1,\"guilty\":true}]")));
        turns.awaitFailed(uids);
        assertEquals(Merged.HELD_BYTES_MAX, pod.follower.heldBytes().get());
    }
}
