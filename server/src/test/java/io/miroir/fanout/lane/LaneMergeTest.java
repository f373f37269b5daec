package io.miroir.fanout.lane;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ReplicaState;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.lane.IntentRow;
import io.miroir.store.lane.Lanes.Claim;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.Replicas;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import java.net.URLDecoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Writes that waited for the same turn reach each node in one request (protocol, rule 6). */
class LaneMergeTest {
    @TempDir Path directory;

    private LaneFixture pod;
    private TaskNodes nodes;
    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();

    /** What node a was sent while the first write was under way and after. */
    private final ConcurrentLinkedQueue<Request> atA = new ConcurrentLinkedQueue<>();

    private record Request(String method, String target, String body) {
        /** The ids of its documents, in their order. */
        List<Integer> ids() {
            return body.lines().map(line -> Json.parse(line).path("id").asInt()).toList();
        }

        String mark() {
            String at = "customMetadata=";
            return URLDecoder.decode(target.substring(target.indexOf(at) + at.length()), UTF_8);
        }
    }

    @BeforeEach
    void open() throws Exception {
        pod = new LaneFixture(directory);
        nodes = new TaskNodes(pod);
        // All in one shard, so that each node has all of it.
        pod.write("[{\"id\":1}]", null);
    }

    @AfterEach
    void close() {
        clients.close();
        pod.close();
    }

    private static Request request(NodeRequest request) {
        return new Request(request.method(), request.target(), TaskNodes.body(request));
    }

    /** One write. */
    private record Asked(Operation operation, String json, @Nullable String key) {}

    private static Asked put(String json) {
        return new Asked(Operation.DOCUMENTS_UPDATE, json, null);
    }

    private static Asked post(String json) {
        return new Asked(Operation.DOCUMENTS_REPLACE, json, null);
    }

    /** Lets these writes wait behind one that is under way, and lets that one go. */
    private List<Future<LaneReply>> behindAnother(Asked... writes) throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        var answer = pod.node;
        pod.sent.clear();
        pod.node =
                (id, request) -> {
                    awaitOpen(held);
                    return answer.apply(id, request);
                };
        Future<LaneReply> first = clients.submit(() -> reply(post("[{\"id\":100}]")));
        while (pod.sent.isEmpty()) {
            Thread.onSpinWait();
        }
        List<Future<LaneReply>> all = new ArrayList<>();
        for (Asked write : writes) {
            int before = pod.lane.waiting();
            all.add(clients.submit(() -> reply(write)));
            while (pod.lane.waiting() == before) {
                Thread.onSpinWait();
            }
        }
        pod.node =
                (id, request) -> {
                    if (id.equals("a")) {
                        atA.add(request(request));
                    }
                    return answer.apply(id, request);
                };
        held.countDown();
        first.get();
        return all;
    }

    private LaneReply reply(Asked write) throws Exception {
        return pod.reply(write.operation(), write.json(), write.key());
    }

    private static void awaitOpen(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    private static List<Long> uids(List<Future<LaneReply>> writes) throws Exception {
        List<Long> uids = new ArrayList<>();
        for (Future<LaneReply> write : writes) {
            uids.add(write.get().taskUid());
        }
        return uids;
    }

    private TaskRow task(long uid) {
        return pod.tasks().stream().filter(row -> row.uid() == uid).findFirst().orElseThrow();
    }

    private static Map<String, Long> accepted(TaskRow task) {
        return requireNonNull(task.origin()).accepted();
    }

    private static ErrorCode refusal(Future<LaneReply> write) {
        ExecutionException told = assertThrows(ExecutionException.class, write::get);
        return assertInstanceOf(ApiException.class, told.getCause()).code();
    }

    private NodeReply refused() {
        ObjectNode error =
                Json.object().put("code", "invalid_document_fields").put("message", "no");
        return new NodeReply.Refusal(400, "invalid_document_fields", "no", error);
    }

    /** Many small writes cost a node one task; each client has its own. */
    @Test
    void whatWaitsIsOneRequestAndAsManyTasks() throws Exception {
        List<Long> uids =
                uids(
                        behindAnother(
                                post("[{\"id\":1,\"n\":1}]"),
                                post("[{\"id\":1,\"n\":2},{\"id\":1,\"n\":3}]"),
                                post("[{\"id\":1,\"n\":4}]")));
        assertEquals(1, atA.size(), atA::toString);
        Request merged = atA.element();
        assertEquals(4, merged.body().lines().count());
        assertEquals(
                List.of(1, 2, 3, 4),
                merged.body().lines().map(line -> Json.parse(line).path("n").asInt()).toList());
        assertEquals(3, uids.stream().distinct().count());
        List<Long> sorted = new ArrayList<>(uids);
        Collections.sort(sorted);
        assertEquals(sorted, uids, "uids are in the order of the lane");
        Long nodeTask = accepted(task(uids.getFirst())).get("a");
        for (long uid : uids) {
            assertEquals(nodeTask, accepted(task(uid)).get("a"));
        }
        Details second = Details.parse(task(uids.get(1)).detailsJson());
        assertEquals(2, second.visible().path("receivedDocuments").asLong());
        assertEquals(1, second.counts().getAsLong(), "two of one document count once");
        assertEquals(0, pod.openIntents().size());
        assertEquals(3L * 2, pod.counters.merged().sum());
        assertEquals(2, pod.counters.mergedRequests().sum());
    }

    /** Each document has the position of its own write, and the request says all of them. */
    @Test
    void aRequestSaysWhichPositionsItHolds() throws Exception {
        List<Long> uids = uids(behindAnother(post("[{\"id\":1}]"), post("[{\"id\":1}]")));
        String mark = atA.element().mark();
        for (long uid : uids) {
            TaskRow.Origin origin = requireNonNull(task(uid).origin());
            Place place = new Place("i", origin.epoch(), origin.position(), origin.incarnation());
            assertTrue(Mark.covers(mark, place.metadata()), mark);
        }
        List<String> sequences =
                atA.element()
                        .body()
                        .lines()
                        .map(line -> Json.parse(line).path("_miroir_seq").asString())
                        .toList();
        assertEquals(2, sequences.stream().distinct().count());
    }

    /** What differs in kind goes in requests of its own, in order. */
    @Test
    void orderIsKeptWhereKindsChange() throws Exception {
        List<Future<LaneReply>> writes =
                behindAnother(
                        post("[{\"id\":1,\"a\":1}]"),
                        put("[{\"id\":1,\"b\":1}]"),
                        put("[{\"id\":1,\"c\":1}]"),
                        new Asked(Operation.DOCUMENTS_DELETE, "[\"1\"]", null),
                        post("[{\"id\":1,\"d\":1}]"));
        assertEquals(5, uids(writes).stream().distinct().count());
        assertEquals(
                List.of("POST", "PUT", "POST", "POST"), atA.stream().map(Request::method).toList());
        List<Request> sent = List.copyOf(atA);
        assertEquals(2, sent.get(1).body().lines().count());
        assertTrue(sent.get(2).target().contains("/documents/delete-batch"), sent::toString);
    }

    /** A document that can't be read is its own client's; nobody else hears of it. */
    @Test
    void whoseDocumentsAreFaultyFailsAlone() throws Exception {
        List<Future<LaneReply>> writes =
                behindAnother(
                        post("[{\"id\":1}]"),
                        post("[{\"id\":\"not allowed!\"}]"),
                        post("[{\"id\":"),
                        post("[{\"id\":2}]"));
        assertEquals(ErrorCode.MALFORMED_PAYLOAD, refusal(writes.get(2)));
        TaskRow faulty = task(writes.get(1).get().taskUid());
        assertTrue(
                String.valueOf(faulty.errorJson()).contains("invalid_document_id"),
                faulty::toString);
        assertEquals(2, accepted(task(writes.get(0).get().taskUid())).size());
        assertEquals(2, accepted(task(writes.get(3).get().taskUid())).size());
    }

    /** A node that refuses the whole is sent its parts: only the guilty one is refused. */
    @Test
    void aRequestThatNodesRefuseIsTakenApart() throws Exception {
        pod.node =
                (_, request) ->
                        request(request).body().contains("guilty") ? refused() : pod.accepted();
        List<Future<LaneReply>> writes =
                behindAnother(
                        post("[{\"id\":1}]"),
                        post("[{\"id\":1,\"guilty\":true}]"),
                        post("[{\"id\":1}]"));
        assertEquals(ErrorCode.INVALID_DOCUMENT_FIELDS, refusal(writes.get(1)));
        assertEquals(2, accepted(task(writes.get(0).get().taskUid())).size());
        assertEquals(2, accepted(task(writes.get(2).get().taskUid())).size());
        assertEquals(List.of(3, 1, 1, 1), atA.stream().map(r -> r.ids().size()).toList());
        assertEquals(2, pod.counters.takenApart().sum());
        assertEquals(0, pod.openIntents().size());
    }

    /** Rule 2: a retry in the same turn's queue gets the task of what it repeats. */
    @Test
    void aRetryThatWaitsBesideItsWriteGetsItsTask() throws Exception {
        Asked keyed = new Asked(Operation.DOCUMENTS_REPLACE, "[{\"id\":1}]", "k");
        List<Long> uids = uids(behindAnother(keyed, post("[{\"id\":1}]"), keyed));
        assertEquals(uids.get(0), uids.get(2));
        assertEquals(1, atA.size());
    }

    /** Rule 4: the next owner finds each write of a merged request by the request's mark. */
    @Test
    void theNextOwnerSettlesEachWriteOfAMergedRequest() throws Exception {
        pod.bind =
                command ->
                        command.detailsJson().contains("\"counts\"")
                                ? new Reply.Refused<>(new Refusal.TooLarge(3, 2))
                                : pod.boundByStore(command);
        List<Future<LaneReply>> writes =
                behindAnother(post("[{\"id\":1}]"), post("[{\"id\":1}]"), post("[{\"id\":1}]"));
        for (Future<LaneReply> write : writes) {
            assertEquals(ErrorCode.MIROIR_INDETERMINATE, refusal(write));
        }
        List<IntentRow> left = pod.openIntents();
        assertEquals(3, left.size());
        ObjectNode tasks = Json.object();
        tasks.putArray("results")
                .addObject()
                .put("uid", 1_000)
                .put("customMetadata", atA.element().mark());
        pod.bind = pod::boundByStore;
        pod.reads = (_, _) -> new NodeReply.Answer(200, tasks);
        int before = pod.tasks().size();
        pod.lane.resume(() -> true);
        assertEquals(0, pod.openIntents().size());
        assertEquals(before + 3, pod.tasks().size());
        for (TaskRow task : pod.tasks().subList(0, 3)) {
            assertEquals(1_000L, accepted(task).get("a"));
            assertEquals(1_000L, accepted(task).get("b"));
        }
    }

    /** A node that was lost in the middle of a turn is not sent what came later in it. */
    @Test
    void aNodeThatMissedAWriteOfTheTurnIsOutForTheRestOfIt() throws Exception {
        pod.node =
                (id, request) ->
                        id.equals("b") && request.method().equals("PUT")
                                ? new NodeReply.Failure(NodeReply.Kind.UNREACHABLE, "gone")
                                : pod.accepted();
        List<Future<LaneReply>> writes =
                behindAnother(put("[{\"id\":1}]"), put("[{\"id\":1}]"), post("[{\"id\":1}]"));
        for (Future<LaneReply> write : writes) {
            TaskRow task = task(write.get().taskUid());
            assertEquals(List.of("a"), List.copyOf(accepted(task).keySet()));
        }
        long posts =
                pod.sent.stream().filter(s -> s.startsWith("b POST") && s.contains("%3A")).count();
        assertEquals(1, posts, () -> "only the one before: " + pod.sent);
    }

    private void await(long uid, TaskStatus status) {
        for (TaskRow now = task(uid); now.status() != status; now = task(uid)) {
            assertFalse(now.status().terminal(), now::toString);
            Thread.onSpinWait();
        }
    }

    /** What nodes say of tasks is heard. */
    private void follow() {
        pod.follower.start();
        await(0, TaskStatus.SUCCEEDED);
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
                        behindAnother(
                                post("[{\"id\":1}]"),
                                post("[{\"id\":1,\"guilty\":true}]"),
                                post("[{\"id\":1}]")));
        await(uids.get(0), TaskStatus.SUCCEEDED);
        await(uids.get(1), TaskStatus.FAILED);
        await(uids.get(2), TaskStatus.SUCCEEDED);
        assertTrue(String.valueOf(task(uids.get(1)).errorJson()).contains("A fault."));
        assertEquals(List.of(3, 1, 1, 1), atA.stream().map(r -> r.ids().size()).toList());
        assertEquals(0, pod.follower.heldBytes().get());
        assertEquals(ReplicaState.IN_SYNC, state("a"));
        assertEquals(ReplicaState.IN_SYNC, state("b"));
    }

    /** Of the shard that all these documents are in. */
    private ReplicaState state(String node) {
        pod.view.catchUp();
        return pod.view.index("i").orElseThrow().state(node, Rendezvous.shard("1", 4));
    }

    /** A document of a shard that node a misses a write of. */
    private String elsewhereOutOnA() throws Exception {
        int id = 2;
        while (Rendezvous.shard(Integer.toString(id), 4) == Rendezvous.shard("1", 4)) {
            id++;
        }
        String document = "[{\"id\":" + id + "}]";
        pod.down("a");
        long missed = pod.write(document, null);
        pod.up("a");
        await(missed, TaskStatus.SUCCEEDED);
        pod.view.catchUp();
        return document;
    }

    /** What came later would come before the parts: they are not sent again, and all fail. */
    @Test
    void aRequestBehindWhichOthersWereSentFailsAsAWhole() throws Exception {
        follow();
        nodes.fresh = (_, _) -> "enqueued";
        List<Long> uids =
                uids(behindAnother(post("[{\"id\":1}]"), post("[{\"id\":1,\"guilty\":true}]")));
        int sent = atA.size();
        long later = pod.write("[{\"id\":1}]", null);
        failMerged(uids);
        await(later, TaskStatus.SUCCEEDED);
        assertEquals(sent + 1, atA.size());
    }

    private void failMerged(List<Long> uids) {
        for (String node : List.of("a", "b")) {
            nodes.of(node).forEach((uid, task) -> TaskNodes.end(task, judged(uid, uids)));
        }
        uids.forEach(uid -> await(uid, TaskStatus.FAILED));
    }

    /** The replicas of a shard would differ if one was sent the parts and the other not. */
    @Test
    void aRequestIsTakenApartOnAllItsNodesOrOnNone() throws Exception {
        follow();
        String elsewhere = elsewhereOutOnA();
        nodes.fresh = (_, _) -> "enqueued";
        List<Long> uids =
                uids(behindAnother(post("[{\"id\":1}]"), post("[{\"id\":1,\"guilty\":true}]")));
        int sent = atA.size();
        long later = pod.write(elsewhere, null);
        assertEquals(List.of("b"), List.copyOf(accepted(task(later)).keySet()));
        failMerged(uids);
        assertEquals(sent, atA.size());
        assertEquals(ReplicaState.IN_SYNC, state("a"));
        assertEquals(ReplicaState.IN_SYNC, state("b"));
    }

    /** What is copied to got the whole too, and nobody hears that it was not applied there. */
    @Test
    void aRequestIsNotTakenApartWhileAReplicaIsCopied() throws Exception {
        follow();
        String _ = elsewhereOutOnA();
        long incarnation = pod.view.index("i").orElseThrow().row().incarnation();
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
                uids(behindAnother(post("[{\"id\":1}]"), post("[{\"id\":1,\"guilty\":true}]")));
        uids.forEach(uid -> await(uid, TaskStatus.FAILED));
        assertEquals(0, pod.counters.takenApart().sum());
    }

    /** Rule 4: what the next owner can't have known of is not read. */
    @Test
    void partsThatReachANodeAfterTheLaneWasTakenOverPutItOut() throws Exception {
        follow();
        nodes.fresh = (_, body) -> body.lines().count() > 1 ? "failed" : "enqueued";
        AtomicBoolean isTaken = new AtomicBoolean();
        var answer = pod.node;
        pod.node =
                (id, request) -> {
                    String body = TaskNodes.body(request);
                    boolean isPart = body.lines().count() == 1 && !body.contains("\"id\":100");
                    if (isPart && isTaken.compareAndSet(false, true)) {
                        Claim _ = pod.store.lanes().claim("i", "other").orThrow();
                    }
                    return isPart && id.equals("b") ? refused() : answer.apply(id, request);
                };
        List<Long> _ = uids(behindAnother(post("[{\"id\":1}]"), post("[{\"id\":1}]")));
        while (state("a") == ReplicaState.IN_SYNC) {
            Thread.onSpinWait();
        }
        assertEquals(ReplicaState.OUT, state("a"));
        assertEquals(ReplicaState.IN_SYNC, state("b"));
    }

    private String judged(long nodeTask, List<Long> uids) {
        boolean merged = uids.stream().anyMatch(uid -> accepted(task(uid)).containsValue(nodeTask));
        return merged ? "failed" : "succeeded";
    }

    /**
     * Rule 4: the owner is lost after it sent the parts; the next one finds them by their marks.
     */
    @Test
    void theNextOwnerFindsThePartsThatWereSentAgain() throws Exception {
        follow();
        nodes.fresh = (_, body) -> body.lines().count() > 1 ? "failed" : "enqueued";
        List<Long> uids = uids(behindAnother(post("[{\"id\":1}]"), post("[{\"id\":1}]")));
        while (atA.size() < 3
                || pod.sent.stream().filter(s -> s.startsWith("b POST /ind")).count() < 4) {
            Thread.onSpinWait();
        }
        pod.follower.forget("i");
        TaskFollower next = pod.anotherFollower();
        next.start();
        new Lane("i", pod.context, next, pod.counters).resume(() -> true);
        nodes.end("a", "succeeded");
        nodes.end("b", "succeeded");
        await(uids.get(0), TaskStatus.SUCCEEDED);
        await(uids.get(1), TaskStatus.SUCCEEDED);
        next.close();
    }

    /** Only so much is held; what is not is not taken apart. */
    @Test
    void aRequestThatIsNotHeldFailsAsAWhole() throws Exception {
        follow();
        nodes.fresh = (_, body) -> verdict(body);
        pod.follower.heldBytes().set(Merged.HELD_BYTES_MAX);
        List<Long> uids =
                uids(behindAnother(post("[{\"id\":1}]"), post("[{\"id\":1,\"guilty\":true}]")));
        await(uids.get(0), TaskStatus.FAILED);
        await(uids.get(1), TaskStatus.FAILED);
        assertEquals(Merged.HELD_BYTES_MAX, pod.follower.heldBytes().get());
    }
}
