package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.health.HealthState;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.lane.Lanes.Binding;
import io.miroir.store.task.Finish;
import io.miroir.store.task.TaskStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One lane and what may break it (protocol, rules 2 to 4). */
class LaneTest {
    /** Questions to nodes after which what they told has been looked at. */
    private static final int LOOKS = 8;

    @TempDir Path directory;

    private LaneFixture pod;

    @BeforeEach
    void open() throws Exception {
        pod = new LaneFixture(directory);
    }

    @AfterEach
    void close() {
        pod.close();
    }

    /** Rule 4: what is dispatched carries the epoch of its intent, and is bound under it. */
    @Test
    void aLaneThatIsLetGoInTheMiddleOfAWriteEndsThatWrite() throws Exception {
        pod.write("[{\"id\":1}]", null);
        long epoch = pod.epoch();
        pod.sent.clear();
        pod.node =
                (id, request) -> {
                    pod.lane.release();
                    return pod.accepted();
                };
        pod.write("[{\"id\":1},{\"id\":2},{\"id\":3},{\"id\":4}]", null);
        assertEquals(2, pod.tasks().size());
        assertEquals(0, pod.openIntents().size());
        assertEquals(2, pod.sent.size(), pod.sent::toString);
        pod.sent.forEach(s -> assertTrue(s.contains("miroir%3A" + epoch + "%3A"), s));
        assertEquals(epoch, pod.epoch());
    }

    /** Rule 3: nodes have it and the store does not answer, so nobody may say that they don't. */
    @Test
    void aWriteThatCantBeBoundIsIndeterminate() throws Exception {
        pod.write("[{\"id\":1}]", null);
        pod.bind = _ -> new Reply.Refused<>(new Refusal.Unavailable("no leader"));
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, pod.refused("[{\"id\":2}]"));
        pod.bind = _ -> new Reply.Refused<>(new Refusal.TooLarge(3, 2));
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, pod.refused("[{\"id\":2}]"));
    }

    /** Rule 2: it is bound, however late this pod sees it; "nothing was written" would be a lie. */
    @Test
    void aWriteThatIsBoundIsToldAlsoWhenThisPodLagsBehind() throws Exception {
        pod.write("[{\"id\":1}]", null);
        long epoch = pod.epoch();
        pod.bind =
                command ->
                        switch (pod.boundByStore(command)) {
                            case Reply.Applied<Binding> done ->
                                    new Reply.Applied<>(done.index() + 1_000, done.outcome());
                            case Reply.Refused<Binding> refused -> refused;
                        };
        assertEquals(1, pod.write("[{\"id\":2}]", null));
        pod.bind = pod::boundByStore;
        assertEquals(2, pod.write("[{\"id\":3}]", null));
        assertNotEquals(epoch, pod.epoch(), "the lane began anew");
    }

    /** What it left behind would never go: nobody looks for what the catalogue has forgotten. */
    @Test
    void anIndexIsDeletedAlsoWhereItsReplicasAreOut() throws Exception {
        pod.write("[{\"id\":1}]", null);
        IndexView index = pod.index();
        pod.down("a");
        for (int id = 1; id <= 20; id++) {
            pod.write("[{\"id\":" + id + "}]", null);
        }
        pod.up("a");
        pod.view.catchUp();
        assertEquals(Map.of("a", ShardSet.none()), Replicated.inSync(pod.index(), List.of("a")));
        pod.sent.clear();
        pod.run(Operation.INDEX_DELETE, "", null);
        String drop = " DELETE /indexes/" + index.row().physicalUid();
        assertEquals(Set.of("a" + drop, "b" + drop), Set.copyOf(pod.sent));
    }

    /** Rule 4: whatever breaks between intent and bind, the next write settles it first. */
    @Test
    void aWriteThatBreaksOffIsSettledBeforeTheNextOne() throws Exception {
        pod.write("[{\"id\":1}]", null);
        pod.node =
                (_, _) -> {
                    throw new IllegalStateException("a bug");
                };
        assertThrows(IllegalStateException.class, () -> pod.write("[{\"id\":2}]", null));
        assertEquals(1, pod.openIntents().size());
        pod.node = (_, _) -> pod.accepted();
        pod.write("[{\"id\":3}]", null);
        assertEquals(0, pod.openIntents().size());
    }

    /** Rules 2 and 4: a new owner waits for no node that is known to be down. */
    @Test
    void aNodeThatIsDownIsNotAskedForWhatIsOpen() throws Exception {
        pod.write("[{\"id\":1}]", null);
        pod.node =
                (_, _) -> {
                    throw new IllegalStateException("a bug");
                };
        assertThrows(IllegalStateException.class, () -> pod.write("[{\"id\":2}]", null));
        var probe = NodeRequest.get("health", "/version", LaneFixture.SHORT);
        var silence = new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "silence");
        for (int i = 0; i < 3; i++) {
            pod.health.replied("b", probe, silence, 0);
        }
        assertEquals(HealthState.Status.DOWN, pod.health.status("b"));
        pod.sent.clear();
        pod.lane.resume(() -> true);
        assertEquals(0, pod.openIntents().size());
        assertEquals(1, pod.sent.stream().filter(s -> s.startsWith("a GET /tasks")).count());
        assertTrue(pod.sent.stream().noneMatch(s -> s.startsWith("b ")), pod.sent::toString);
        IndexView index = pod.index();
        assertEquals(ReplicaState.OUT, index.state("b", Rendezvous.shard("2", 4)));
    }

    /** A task of the lane ends in the middle of a bind, and puts node a out. */
    private void whenFirstGoesOut(long taskUid, int shard) {
        long incarnation = pod.index().row().incarnation();
        List<IndexEffect> out =
                List.of(new IndexEffect.ReplicasOut(incarnation, "a", List.of(shard)));
        pod.bind =
                command -> {
                    pod.bind = pod::boundByStore;
                    pod.store
                            .tasks()
                            .finish(
                                    Finish.of(
                                            taskUid,
                                            pod.epoch(),
                                            TaskStatus.SUCCEEDED,
                                            null,
                                            null,
                                            out))
                            .orThrow();
                    return pod.boundByStore(command);
                };
    }

    /** Rules 2, 3 and 5: the only node that took it is out by the bind, and the other is not. */
    @Test
    void aWriteThatOnlyAReplicaTookThatWentOutIsIndeterminate() throws Exception {
        int shard = Rendezvous.shard("2", 4);
        whenFirstGoesOut(pod.write("[{\"id\":1}]", null), shard);
        var refusal = Json.object().put("code", "invalid_api_key").put("message", "no");
        pod.node =
                (id, request) ->
                        id.equals("b")
                                ? new NodeReply.Refusal(403, "invalid_api_key", "no", refusal)
                                : pod.accepted();
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, pod.refused("[{\"id\":2}]"));
        IndexView index = pod.index();
        assertEquals(ReplicaState.OUT, index.state("a", shard));
        assertEquals(ReplicaState.IN_SYNC, index.state("b", shard));
        assertEquals(0, pod.openIntents().size());
        pod.node = (_, _) -> pod.accepted();
        pod.write("[{\"id\":2}]", null);
    }

    /** Rule 3: the quorum is of those that are in sync at the bind. */
    @Test
    void aWriteCountsOnTheReplicasThatAreStillInSync() throws Exception {
        whenFirstGoesOut(pod.write("[{\"id\":1}]", null), Rendezvous.shard("2", 4));
        LaneReply reply = pod.reply(Operation.DOCUMENTS_REPLACE, "[{\"id\":2}]", null);
        String degraded = reply.headers().get("X-Miroir-Degraded");
        assertEquals("group=0;shards=" + Rendezvous.shard("2", 4), degraded);
        assertEquals(2, pod.tasks().size());
    }

    /** Rule 2: whether its intent is open is not known, so the next write looks. */
    @Test
    void aWriteThatCantBeAbandonedIsSettledBeforeTheNextOne() throws Exception {
        pod.write("[{\"id\":1}]", null);
        var refusal = Json.object().put("code", "invalid_api_key").put("message", "no");
        pod.node = (_, _) -> new NodeReply.Refusal(403, "invalid_api_key", "no", refusal);
        pod.abandons = false;
        assertEquals(ErrorCode.MIROIR_NO_QUORUM, pod.refused("[{\"id\":2}]"));
        assertEquals(1, pod.openIntents().size());
        pod.abandons = true;
        pod.node = (_, _) -> pod.accepted();
        pod.write("[{\"id\":3}]", null);
        assertEquals(0, pod.openIntents().size());
    }

    /** Rule 3: of a write of which one shard can't have its quorum nothing is sent. */
    @Test
    void aWriteThatLacksTheQuorumOfAShardIsNotSentInPart() throws Exception {
        pod.write("[{\"id\":1}]", null);
        pod.down("b");
        pod.write("[{\"id\":1}]", null);
        pod.up("b");
        pod.down("a");
        pod.view.catchUp();
        pod.sent.clear();
        String both = "[{\"id\":1},{\"id\":%d}]".formatted(SharedTurns.elsewhere());
        assertEquals(ErrorCode.MIROIR_NO_QUORUM, pod.refused(both));
        assertEquals(List.of(), List.copyOf(pod.sent));
        assertEquals(0, pod.openIntents().size());
    }

    /** Rule 4: what a node may have taken is looked for there, and never sent again. */
    @Test
    void aWriteWhoseAnswerIsLostIsNotSentAgain() throws Exception {
        pod.write("[{\"id\":1}]", null);
        var silence = new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "silence");
        pod.node = (id, _) -> id.equals("b") ? silence : pod.accepted();
        pod.sent.clear();
        pod.write("[{\"id\":2}]", null);
        List<String> toB = pod.sent.stream().filter(s -> s.startsWith("b ")).toList();
        assertEquals(2, toB.size(), toB::toString);
        assertTrue(toB.getFirst().startsWith("b POST /indexes/"), toB::toString);
        assertTrue(toB.getLast().startsWith("b GET /tasks"), toB::toString);
        assertEquals(ReplicaState.OUT, pod.index().state("b", Rendezvous.shard("2", 4)));
    }

    /** Rule 5: tasks end in their lane's order, whichever nodes are done with first. */
    @Test
    void aTaskThatNodesAreDoneWithWaitsForTheOneBefore() throws Exception {
        TaskNodes nodes = new TaskNodes(pod);
        pod.follower.start();
        pod.write("[{\"id\":1}]", null);
        nodes.fresh = (_, _) -> "enqueued";
        long first = pod.write("[{\"id\":1}]", null);
        nodes.fresh = (_, _) -> "succeeded";
        long second = pod.write("[{\"id\":1}]", null);
        int asked = pod.sent.size();
        LaneFixture.await(() -> pod.sent.size() > asked + LOOKS);
        assertEquals(TaskStatus.ENQUEUED, status(second));
        nodes.end("a", "succeeded");
        nodes.end("b", "succeeded");
        LaneFixture.await(() -> status(second).terminal());
        assertEquals(TaskStatus.SUCCEEDED, status(second));
        assertEquals(TaskStatus.SUCCEEDED, status(first));
    }

    private TaskStatus status(long uid) {
        return pod.store.tasks().get(ReadLevel.LOCAL, uid).orElseThrow().status();
    }

    /** A key stands for a request, not for a body: two deletions have the same one. */
    @Test
    void anIdempotencyKeyIsOfOneRequest() throws Exception {
        long added = pod.write("[{\"id\":1}]", "k1");
        assertEquals(added, pod.write("[{\"id\":1}]", "k1"));
        long deleted = pod.run(Operation.DOCUMENT_DELETE, "", "k2");
        assertEquals(deleted, pod.run(Operation.DOCUMENT_DELETE, "", "k2"));
        ApiException reused =
                assertThrows(
                        ApiException.class, () -> pod.run(Operation.DOCUMENTS_CLEAR, "", "k2"));
        assertEquals(ErrorCode.MIROIR_IDEMPOTENCY_KEY_REUSED, reused.code());
    }

    /** A node that takes another key than ours is in trouble; the client's key is none of it. */
    @Test
    void aNodeThatRefusesOurKeyIsOutAndTheClientHearsNothingOfIt() throws Exception {
        pod.write("[{\"id\":1}]", null);
        var refusal = Json.object().put("code", "invalid_api_key").put("message", "no");
        pod.node =
                (id, request) ->
                        id.equals("a")
                                ? new NodeReply.Refusal(403, "invalid_api_key", "no", refusal)
                                : pod.accepted();
        pod.write("[{\"id\":2}]", null);
        IndexView index = pod.index();
        int shard = Rendezvous.shard("2", 4);
        assertEquals(ReplicaState.OUT, index.state("a", shard));
        assertEquals(ReplicaState.IN_SYNC, index.state("b", shard));
        pod.node = (_, _) -> new NodeReply.Refusal(403, "invalid_api_key", "no", refusal);
        assertEquals(ErrorCode.MIROIR_NO_QUORUM, pod.refused("[{\"id\":2}]"));
    }

    /**
     * An index that is slow refuses writes long before those that wait for it fill the pod; how
     * many wait is told.
     */
    @Test
    void aWriteThatComesWhereAsManyWaitAsMayIsRefusedAtOnce() throws Exception {
        pod.write("[{\"id\":1}]", null);
        CountDownLatch answers = new CountDownLatch(1);
        pod.node =
                (_, _) -> {
                    awaitOpen(answers);
                    return pod.accepted();
                };
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Long>> writes = new ArrayList<>();
            pod.sent.clear();
            writes.add(clients.submit(() -> pod.write("[{\"id\":2}]", null)));
            while (pod.sent.isEmpty()) {
                Thread.onSpinWait();
            }
            for (int i = 0; i < LaneFixture.WAITING_MAX; i++) {
                writes.add(clients.submit(() -> pod.write("[{\"id\":3}]", null)));
            }
            while (pod.lane.waiting() < LaneFixture.WAITING_MAX) {
                Thread.onSpinWait();
            }
            ApiException full =
                    assertThrows(ApiException.class, () -> pod.write("[{\"id\":4}]", null));
            assertEquals(ErrorCode.MIROIR_OVERLOADED, full.code());
            assertTrue(full.toString().contains("As many writes wait"), full::toString);
            answers.countDown();
            for (Future<Long> write : writes) {
                assertTrue(write.get() > 0);
            }
        }
        assertEquals(0, pod.lane.waiting());
        assertEquals(2 + LaneFixture.WAITING_MAX, pod.tasks().size());
    }

    private static void awaitOpen(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }
}
