package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
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
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.Lanes.Binding;
import io.miroir.store.lane.Lanes.Claim;
import io.miroir.store.replica.ShardState;
import io.miroir.store.task.Finish;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** One lane and what may break it (protocol, rules 2 to 4). */
class LaneTest extends LaneFixture {
    private ErrorCode refused(String json) {
        return assertThrows(ApiException.class, () -> write(json, null)).code();
    }

    private long epoch() {
        return store.lanes().get(ReadLevel.LOCAL, "i").orElseThrow().epoch();
    }

    private int openIntents() {
        return store.lanes().openIntents(ReadLevel.LOCAL, "i").size();
    }

    private long tasks() {
        return store.tasks().list(ReadLevel.LOCAL, TaskQuery.newest(0)).total();
    }

    /** Rule 4: what is dispatched carries the epoch of its intent, and is bound under it. */
    @Test
    void aLaneThatIsLetGoInTheMiddleOfAWriteEndsThatWrite() throws Exception {
        write("[{\"id\":1}]", null);
        long epoch = epoch();
        sent.clear();
        node =
                (id, request) -> {
                    lane.release();
                    return accepted();
                };
        write("[{\"id\":1},{\"id\":2},{\"id\":3},{\"id\":4}]", null);
        assertEquals(2, tasks());
        assertEquals(0, openIntents());
        assertEquals(2, sent.size(), sent::toString);
        sent.forEach(s -> assertTrue(s.contains("miroir%3A" + epoch + "%3A"), s));
        assertEquals(epoch, epoch());
    }

    /** Rule 3: nodes have it and the store does not answer, so nobody may say that they don't. */
    @Test
    void aWriteThatCantBeBoundIsIndeterminate() throws Exception {
        write("[{\"id\":1}]", null);
        bind = _ -> new Reply.Refused<>(new Refusal.Unavailable("no leader"));
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, refused("[{\"id\":2}]"));
        bind = _ -> new Reply.Refused<>(new Refusal.TooLarge(3, 2));
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, refused("[{\"id\":2}]"));
    }

    /** Rule 2: it is bound, however late this pod sees it; "nothing was written" would be a lie. */
    @Test
    void aWriteThatIsBoundIsToldAlsoWhenThisPodLagsBehind() throws Exception {
        write("[{\"id\":1}]", null);
        long epoch = epoch();
        bind =
                command ->
                        switch (boundByStore(command)) {
                            case Reply.Applied<Binding> done ->
                                    new Reply.Applied<>(done.index() + 1_000, done.outcome());
                            case Reply.Refused<Binding> refused -> refused;
                        };
        assertEquals(1, write("[{\"id\":2}]", null));
        bind = this::boundByStore;
        assertEquals(2, write("[{\"id\":3}]", null));
        assertNotEquals(epoch, epoch(), "the lane began anew");
    }

    /** Rule 4: whatever breaks between intent and bind, the next write settles it first. */
    @Test
    void aWriteThatBreaksOffIsSettledBeforeTheNextOne() throws Exception {
        write("[{\"id\":1}]", null);
        node =
                (_, _) -> {
                    throw new IllegalStateException("a bug");
                };
        assertThrows(IllegalStateException.class, () -> write("[{\"id\":2}]", null));
        assertEquals(1, openIntents());
        node = (_, _) -> accepted();
        write("[{\"id\":3}]", null);
        assertEquals(0, openIntents());
    }

    /** Rules 2 and 4: a new owner waits for no node that is known to be down. */
    @Test
    void aNodeThatIsDownIsNotAskedForWhatIsOpen() throws Exception {
        write("[{\"id\":1}]", null);
        node =
                (_, _) -> {
                    throw new IllegalStateException("a bug");
                };
        assertThrows(IllegalStateException.class, () -> write("[{\"id\":2}]", null));
        var probe = NodeRequest.get("health", "/version", SHORT);
        var silence = new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "silence");
        for (int i = 0; i < 3; i++) {
            health.replied("b", probe, silence, 0);
        }
        assertEquals(HealthState.Status.DOWN, health.status("b"));
        sent.clear();
        lane.resume(() -> true);
        assertEquals(0, openIntents());
        assertEquals(1, sent.stream().filter(s -> s.startsWith("a GET /tasks")).count());
        assertTrue(sent.stream().noneMatch(s -> s.startsWith("b ")), sent::toString);
        IndexView index = view.index("i").orElseThrow();
        assertEquals(ReplicaState.OUT, index.state("b", Rendezvous.shard("2", 4)));
    }

    /** A task of the lane ends in the middle of a bind, and puts node a out. */
    private void whenFirstGoesOut(long taskUid, int shard) {
        long incarnation = view.index("i").orElseThrow().row().incarnation();
        List<IndexEffect> out =
                List.of(new IndexEffect.ReplicasOut(incarnation, "a", List.of(shard)));
        bind =
                command -> {
                    bind = this::boundByStore;
                    store.tasks()
                            .finish(
                                    Finish.of(
                                            taskUid,
                                            epoch(),
                                            TaskStatus.SUCCEEDED,
                                            null,
                                            null,
                                            out))
                            .orThrow();
                    return boundByStore(command);
                };
    }

    /** Rules 2, 3 and 5: the only node that took it is out by the bind, and the other is not. */
    @Test
    void aWriteThatOnlyAReplicaTookThatWentOutIsIndeterminate() throws Exception {
        int shard = Rendezvous.shard("2", 4);
        whenFirstGoesOut(write("[{\"id\":1}]", null), shard);
        var refusal = Json.object().put("code", "invalid_api_key").put("message", "no");
        node =
                (id, request) ->
                        id.equals("b")
                                ? new NodeReply.Refusal(403, "invalid_api_key", "no", refusal)
                                : accepted();
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, refused("[{\"id\":2}]"));
        IndexView index = view.index("i").orElseThrow();
        assertEquals(ReplicaState.OUT, index.state("a", shard));
        assertEquals(ReplicaState.IN_SYNC, index.state("b", shard));
        assertEquals(0, openIntents());
        node = (_, _) -> accepted();
        write("[{\"id\":2}]", null);
    }

    /** Rule 3: the quorum is of those that are in sync at the bind. */
    @Test
    void aWriteCountsOnTheReplicasThatAreStillInSync() throws Exception {
        whenFirstGoesOut(write("[{\"id\":1}]", null), Rendezvous.shard("2", 4));
        LaneReply reply = reply(Operation.DOCUMENTS_REPLACE, "[{\"id\":2}]", null);
        String degraded = reply.headers().get("X-Miroir-Degraded");
        assertEquals("group=0;shards=" + Rendezvous.shard("2", 4), degraded);
        assertEquals(2, tasks());
    }

    /** Rule 2: whether its intent is open is not known, so the next write looks. */
    @Test
    void aWriteThatCantBeAbandonedIsSettledBeforeTheNextOne() throws Exception {
        write("[{\"id\":1}]", null);
        var refusal = Json.object().put("code", "invalid_api_key").put("message", "no");
        node = (_, _) -> new NodeReply.Refusal(403, "invalid_api_key", "no", refusal);
        abandons = false;
        assertEquals(ErrorCode.MIROIR_NO_QUORUM, refused("[{\"id\":2}]"));
        assertEquals(1, openIntents());
        abandons = true;
        node = (_, _) -> accepted();
        write("[{\"id\":3}]", null);
        assertEquals(0, openIntents());
    }

    /** Takes the lane over in the middle of a bind, as another pod would. */
    private void whenTakenOver(BiConsumer<Bind, Long> settle) {
        bind =
                command -> {
                    bind = this::boundByStore;
                    Claim claim = store.lanes().claim("i", "other").orThrow();
                    settle.accept(command, assertInstanceOf(Claim.Claimed.class, claim).epoch());
                    return boundByStore(command);
                };
    }

    private void boundByOther(Bind command, long epoch) {
        Bind theirs =
                new Bind(
                        "i",
                        epoch,
                        command.position(),
                        command.type(),
                        command.detailsJson(),
                        command.accepted(),
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        null,
                        null,
                        List.of());
        assertInstanceOf(Binding.Bound.class, boundByStore(theirs).orThrow());
    }

    private void abandonedByOther(Bind command, long epoch) {
        store.lanes().abandon("i", epoch, command.position(), "no node has it").orThrow();
    }

    /** Rule 3: the new owner found it and made it a task, so that is the client's task. */
    @Test
    void aWriteThatTheNextOwnerBindsIsAcknowledgedAsItsTask() throws Exception {
        write("[{\"id\":1}]", null);
        whenTakenOver(this::boundByOther);
        assertEquals(1, write("[{\"id\":2}]", null));
        assertEquals(2, tasks());
        assertEquals(0, openIntents());
        IndexView index = view.index("i").orElseThrow();
        int shard = Rendezvous.shard("2", 4);
        assertEquals(ReplicaState.IN_SYNC, index.state("a", shard));
        assertEquals(ReplicaState.IN_SYNC, index.state("b", shard));
    }

    /**
     * Rule 4: nodes took it after the new owner had looked; nobody may say that it is not there.
     */
    @Test
    void aWriteThatTheNextOwnerGaveUpIsIndeterminate() throws Exception {
        write("[{\"id\":1}]", null);
        whenTakenOver(this::abandonedByOther);
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, refused("[{\"id\":2}]"));
        whenTakenOver((_, _) -> {});
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, refused("[{\"id\":2}]"));
    }

    /**
     * Rules 4 and 18: it took the write late, and so would be put out; but it is the last one,
     * since the new owner put out the other for a task that this pod does not know the end of.
     */
    @Test
    void aReplicaThatTookAWriteLateStaysWhereItIsTheLast() throws Exception {
        long first = write("[{\"id\":1}]", null);
        int shard = Rendezvous.shard("2", 4);
        long incarnation = view.index("i").orElseThrow().row().incarnation();
        var refusal = Json.object().put("code", "invalid_api_key").put("message", "no");
        node =
                (id, request) ->
                        id.equals("b")
                                ? new NodeReply.Refusal(403, "invalid_api_key", "no", refusal)
                                : accepted();
        whenTakenOver(
                (command, epoch) -> {
                    abandonedByOther(command, epoch);
                    var out = new IndexEffect.ReplicasOut(incarnation, "b", List.of(shard));
                    Finish end =
                            Finish.of(first, epoch, TaskStatus.SUCCEEDED, null, null, List.of(out));
                    store.tasks().finish(end).orThrow();
                });
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, refused("[{\"id\":2}]"));
        var replicas = store.replicas().of(ReadLevel.LOCAL, incarnation);
        assertEquals(ShardState.IN_SYNC, replicas.getFirst().states().get(shard));
        assertEquals(ShardState.OUT, replicas.getLast().states().get(shard));
    }

    /** An index that was given up has a name that is never used again: the request begins anew. */
    @Test
    void anIndexThatTheNextOwnerGaveUpIsAskedForAgain() throws Exception {
        whenTakenOver(this::abandonedByOther);
        WriteRequest create = request(Operation.INDEX_CREATE, "i", null);
        assertTrue(lane.run(create, body("{\"uid\":\"i\"}"), () -> true).isEmpty());
    }

    /** A key stands for a request, not for a body: two deletions have the same one. */
    @Test
    void anIdempotencyKeyIsOfOneRequest() throws Exception {
        long added = write("[{\"id\":1}]", "k1");
        assertEquals(added, write("[{\"id\":1}]", "k1"));
        long deleted = run(Operation.DOCUMENT_DELETE, "", "k2");
        assertEquals(deleted, run(Operation.DOCUMENT_DELETE, "", "k2"));
        ApiException reused =
                assertThrows(ApiException.class, () -> run(Operation.DOCUMENTS_CLEAR, "", "k2"));
        assertEquals(ErrorCode.MIROIR_IDEMPOTENCY_KEY_REUSED, reused.code());
    }

    /** A node that takes another key than ours is in trouble; the client's key is none of it. */
    @Test
    void aNodeThatRefusesOurKeyIsOutAndTheClientHearsNothingOfIt() throws Exception {
        write("[{\"id\":1}]", null);
        var refusal = Json.object().put("code", "invalid_api_key").put("message", "no");
        node =
                (id, request) ->
                        id.equals("a")
                                ? new NodeReply.Refusal(403, "invalid_api_key", "no", refusal)
                                : accepted();
        write("[{\"id\":2}]", null);
        IndexView index = view.index("i").orElseThrow();
        int shard = Rendezvous.shard("2", 4);
        assertEquals(ReplicaState.OUT, index.state("a", shard));
        assertEquals(ReplicaState.IN_SYNC, index.state("b", shard));
        node = (_, _) -> new NodeReply.Refusal(403, "invalid_api_key", "no", refusal);
        assertEquals(ErrorCode.MIROIR_NO_QUORUM, refused("[{\"id\":2}]"));
    }

    /**
     * An index that is slow refuses writes long before those that wait for it fill the pod; how
     * many wait is told.
     */
    @Test
    void aWriteThatComesWhereAsManyWaitAsMayIsRefusedAtOnce() throws Exception {
        write("[{\"id\":1}]", null);
        CountDownLatch answers = new CountDownLatch(1);
        node =
                (_, _) -> {
                    awaitOpen(answers);
                    return accepted();
                };
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Long>> writes = new ArrayList<>();
            sent.clear();
            writes.add(clients.submit(() -> write("[{\"id\":2}]", null)));
            while (sent.isEmpty()) {
                Thread.onSpinWait();
            }
            for (int i = 0; i < WAITING_MAX; i++) {
                writes.add(clients.submit(() -> write("[{\"id\":3}]", null)));
            }
            while (lane.waiting() < WAITING_MAX) {
                Thread.onSpinWait();
            }
            ApiException full = assertThrows(ApiException.class, () -> write("[{\"id\":4}]", null));
            assertEquals(ErrorCode.MIROIR_OVERLOADED, full.code());
            assertTrue(full.toString().contains("As many writes wait"), full::toString);
            answers.countDown();
            for (Future<Long> write : writes) {
                assertTrue(write.get() > 0);
            }
        }
        assertEquals(0, lane.waiting());
        assertEquals(2 + WAITING_MAX, tasks());
    }

    private static void awaitOpen(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }
}
