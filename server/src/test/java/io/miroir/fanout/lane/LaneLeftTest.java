package io.miroir.fanout.lane;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.NodeReply;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.lane.Intend;
import io.miroir.store.lane.Lanes.Intention;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.Replicas.Mark;
import io.miroir.store.replica.ShardState;
import io.miroir.store.task.TaskRow;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a lane goes on with where something was left in it: how nodes are asked, what is kept of
 * that for those who come later, and what waits until it is settled (protocol, rules 2 to 4 and 8).
 */
class LaneLeftTest {
    private static final int SHARD = Rendezvous.shard("2", 4);
    private static final NodeReply SILENCE =
            new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "silence");

    @TempDir Path directory;

    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    private LaneFixture pod;
    private TaskNodes nodes;

    @BeforeEach
    void open() throws Exception {
        pod = new LaneFixture(directory);
        nodes = new TaskNodes(pod);
        long _ = pod.write("[{\"id\":1}]", null);
    }

    @AfterEach
    void close() {
        clients.close();
        pod.close();
    }

    private long incarnation() {
        return pod.index().row().incarnation();
    }

    /** Whoever runs the lane says what it is about to send, and is lost. */
    private long intend() {
        Intend left =
                new Intend(
                        "i",
                        pod.epoch(),
                        "documents_replace",
                        "i",
                        "ab".repeat(32),
                        null,
                        0,
                        null,
                        incarnation(),
                        List.of("a", "b"),
                        List.of(SHARD));
        return assertInstanceOf(Intention.Intended.class, pod.store.lanes().intend(left).orThrow())
                .position();
    }

    /** What it intended comes to a node. */
    private long come(String node, long position) {
        NodeReply.Answer accepted = (NodeReply.Answer) pod.accepted();
        long uid = accepted.body().path("taskUid").asLong();
        ObjectNode task = Json.object().put("uid", uid).put("status", "succeeded");
        task.put("indexUid", pod.index().row().physicalUid());
        task.put("customMetadata", "miroir:" + pod.epoch() + ":" + position + ":i");
        nodes.of(node).put(uid, task);
        return uid;
    }

    private void resume() throws InterruptedException {
        pod.lane.release();
        pod.lane.resume(() -> true);
    }

    private List<Takeover> takeovers() {
        return Takeover.watched(pod.store, pod.index().row());
    }

    private ReplicaState state(String node) {
        return pod.index().state(node, SHARD);
    }

    private static TaskRow.Origin origin(TaskRow task) {
        return requireNonNull(task.origin());
    }

    private void mark(String node, ShardState state) {
        ReplicaRow row =
                pod.store.replicas().get(ReadLevel.LOCAL, incarnation(), node).orElseThrow();
        ReplicaRow marked =
                new ReplicaRow(
                        row.incarnation(), node, row.states().with(SHARD, state), row.version());
        assertInstanceOf(Mark.Marked.class, pod.store.replicas().mark(marked).orThrow());
        pod.view.catchUp();
    }

    private void forgetKey() {
        IndexEffect none = new IndexEffect.PrimaryKeySet(incarnation(), null);
        pod.store.lanes().affect("i", pod.epoch(), List.of(none)).orThrow();
        pod.view.catchUp();
    }

    /** Shows: a turn's writes are looked for together, so that they take as long as one. */
    @Test
    void eachNodeIsReadOnceForAllThatWasLeft() throws Exception {
        for (int i = 0; i < 5; i++) {
            long position = intend();
            long _ = come("a", position);
            long _ = come("b", position);
        }
        pod.sent.clear();
        resume();
        assertEquals(6, pod.tasks().size());
        assertEquals(
                new TreeSet<>(Set.of("a GET", "b GET")),
                new TreeSet<>(
                        pod.sent.stream().map(one -> one.substring(0, "a GET".length())).toList()));
        assertEquals(2, pod.sent.size(), pod.sent::toString);
    }

    /** Rule 4: whoever comes later finds behind that what nobody has looked for. */
    @Test
    void upToWhereNodesWereReadIsKept() throws Exception {
        long before = origin(pod.tasks().getFirst()).accepted().getOrDefault("b", -1L);
        long position = intend();
        long uid = come("a", position);
        pod.reads =
                (id, request) ->
                        id.equals("b") && request.target().startsWith("/tasks")
                                ? SILENCE
                                : nodes.tell(id, request);
        resume();
        assertEquals(2, pod.tasks().size());
        assertEquals(1, takeovers().size());
        Takeover kept = takeovers().getFirst();
        // Of who said nothing it is the last one that is bound.
        assertEquals(Map.of("a", uid, "b", before), kept.tasks());
        assertEquals(position, kept.position());
        assertEquals(ShardSet.of(SHARD), kept.shards());
        resume();
        assertEquals(List.of(kept), takeovers());
        long _ = intend();
        resume();
        assertEquals(2, takeovers().size());
    }

    /** Rule 4: the owner may be lost in the middle of settling it, and nothing is left then. */
    @Test
    void itIsKeptBeforeAnythingIsSettled() throws Exception {
        long _ = intend();
        pod.abandons = false;
        assertThrows(StoreUnavailableException.class, this::resume);
        assertEquals(1, pod.openIntents().size());
        assertEquals(1, takeovers().size());
    }

    /**
     * Rule 4: of a write of which nobody knows one replica is read on, and others are made as that
     * is: it must not come to it then.
     */
    @Test
    void whoIsReadThoughNobodyKnowsWhatHeHasIsLookedAt() throws Exception {
        long before = origin(pod.tasks().getFirst()).accepted().getOrDefault("a", -1L);
        pod.node = (_, _) -> SILENCE;
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, pod.refused("[{\"id\":2}]"));
        assertEquals(ReplicaState.OUT, state("b"));
        assertEquals(1, takeovers().size());
        Takeover kept = takeovers().getFirst();
        assertEquals(Map.of("a", before), kept.tasks());
        assertEquals(ShardSet.of(SHARD), kept.shards());
        assertEquals(origin(pod.tasks().getFirst()).position(), kept.position());
    }

    /** Of more than are kept the oldest go. */
    @Test
    void noMoreThanSomeAreKept() throws Exception {
        for (int i = 0; i <= Takeover.KEPT_MAX; i++) {
            long _ = intend();
            resume();
        }
        assertEquals(Takeover.KEPT_MAX, takeovers().size());
        assertEquals(3, takeovers().getFirst().position());
    }

    /** Rules 3 and 18: no write passes it by, and the lane can be held to give it up. */
    @Test
    void whileNobodyCanSayWhoHasItWritesAreRefusedAndTheLaneIsHeld() throws Exception {
        forgetKey();
        pod.bind = _ -> new Reply.Refused<>(new Refusal.TooLarge(3, 2));
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, pod.refused("[{\"id\":2}]"));
        pod.bind = pod::boundByStore;
        pod.reads = (_, _) -> SILENCE;
        assertEquals(ErrorCode.MIROIR_NO_QUORUM, pod.refused("[{\"id\":3}]"));
        assertEquals(1, pod.openIntents().size());
        assertFalse(pod.lane.isSettled());
        assertEquals(Optional.of(pod.epoch()), pod.lane.hold(() -> true, epoch -> epoch));
        assertEquals(1, pod.openIntents().size());
        pod.reads = nodes::tell;
        long _ = pod.write("[{\"id\":3}]", null);
        assertTrue(pod.lane.isSettled());
        assertEquals(3, pod.tasks().size());
        assertEquals("id", pod.index().row().primaryKey());
    }

    /** Rule 18: whoever had the last replica in sync is gone, and is given up. */
    @Test
    void itIsGivenUpWithTheReplicaThatMayHaveIt() throws Exception {
        forgetKey();
        pod.bind = _ -> new Reply.Refused<>(new Refusal.TooLarge(3, 2));
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, pod.refused("[{\"id\":2}]"));
        pod.bind = pod::boundByStore;
        nodes.of("b").clear();
        pod.down("a");
        mark("b", ShardState.OUT);
        resume();
        assertFalse(pod.lane.isSettled());
        mark("b", ShardState.IN_SYNC);
        mark("a", ShardState.OUT);
        pod.lane.resume(() -> true);
        assertTrue(pod.lane.isSettled());
        assertEquals(List.of(), pod.openIntents());
        assertNull(pod.index().row().primaryKey());
    }

    /** Rule 8: a key that no node is known to have is not the index's before one says so. */
    @Test
    void aPrimaryKeyThatNobodyIsKnownToHaveIsNotTheIndexs() throws Exception {
        forgetKey();
        pod.node = (_, _) -> SILENCE;
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, pod.refused("[{\"id\":2}]"));
        assertNull(pod.index().row().primaryKey());
        pod.node = (_, _) -> pod.accepted();
        long _ = pod.write("[{\"sid\":3}]", null);
        assertEquals("sid", pod.index().row().primaryKey());
        assertEquals(List.of(), pod.openIntents());
        assertEquals(ReplicaState.IN_SYNC, state("a"));
        assertEquals(ReplicaState.IN_SYNC, state("b"));
    }

    /** The same, where a node has taken it, and its answer was lost. */
    @Test
    void aPrimaryKeyThatANodeTurnsOutToHaveIsTheIndexs() throws Exception {
        forgetKey();
        var takes = pod.node;
        pod.node =
                (id, request) -> {
                    if (id.equals("a")) {
                        var _ = takes.apply(id, request);
                    }
                    return SILENCE;
                };
        pod.reads = (_, _) -> SILENCE;
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, pod.refused("[{\"id\":2}]"));
        assertNull(pod.index().row().primaryKey());
        pod.reads = nodes::tell;
        pod.lane.resume(() -> true);
        assertEquals("id", pod.index().row().primaryKey());
        assertEquals(ReplicaState.IN_SYNC, state("a"));
        assertEquals(ReplicaState.OUT, state("b"));
    }

    /**
     * Rules 2 and 8: of two that share a turn of an index without a key the first is not known to
     * be bound; the second one waits until it is settled, and does not pass it by.
     */
    @Test
    void whatIsLeftInTheMiddleOfATurnIsSettledBeforeTheNextOne() throws Exception {
        forgetKey();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch reached = new CountDownLatch(1);
        Future<Optional<Boolean>> holding =
                clients.submit(
                        () ->
                                pod.lane.hold(
                                        () -> true,
                                        _ -> {
                                            reached.countDown();
                                            held.await();
                                            return true;
                                        }));
        reached.await();
        Future<Long> first = clients.submit(() -> pod.write("[{\"id\":2}]", null));
        LaneFixture.await(() -> pod.lane.waiting() == 1);
        Future<Long> second = clients.submit(() -> pod.write("[{\"id\":3}]", null));
        LaneFixture.await(() -> pod.lane.waiting() == 2);
        pod.bind =
                _ -> {
                    pod.bind = pod::boundByStore;
                    return new Reply.Refused<>(new Refusal.TooLarge(3, 2));
                };
        held.countDown();
        assertEquals(Optional.of(true), holding.get());
        ApiException why =
                assertInstanceOf(
                        ApiException.class,
                        assertThrows(ExecutionException.class, first::get).getCause());
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, why.code());
        long uid = second.get();
        assertEquals(List.of(), pod.openIntents());
        List<TaskRow> tasks = pod.tasks();
        assertEquals(3, tasks.size());
        assertEquals(uid, tasks.getFirst().uid());
        assertTrue(origin(tasks.get(1)).position() < origin(tasks.getFirst()).position());
        assertEquals("id", pod.index().row().primaryKey());
    }
}
