package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ReplicaState;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.store.ReadLevel;
import io.miroir.store.task.Finish;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that wait are cancelled on all nodes or on none (protocol, rules 5 and 6). */
class CancelerTest {
    @TempDir Path directory;

    private LaneFixture pod;
    private Canceler canceler;

    private TaskNodes nodes;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @BeforeEach
    void open() throws Exception {
        pod = new LaneFixture(directory);
        nodes = new TaskNodes(pod);
        canceler = new Canceler(pod.context.store(), pod.context.nodes());
        pod.follower.start();
        pod.write("[{\"id\":1}]", null);
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        pod.close();
    }

    private TaskRow task(long uid) {
        return pod.store.tasks().get(ReadLevel.LOCAL, uid).orElseThrow();
    }

    private TaskRow cancelation(Long... uids) {
        String details = Json.text(Cancelation.details(Json.object(), List.of(uids)));
        NewTask fresh = NewTask.of(TaskType.TASK_CANCELATION, null, details, null, null);
        Tasks.Birth born = pod.store.tasks().enqueue(fresh).orThrow();
        return task(((Tasks.Birth.Enqueued) born).uid());
    }

    /** The details that clients see of a cancelation that has been carried out. */
    private String run(TaskRow cancelation) throws Exception {
        return Json.text(Details.parse(canceler.run(cancelation)).visible());
    }

    private void await(long uid, TaskStatus status) throws InterruptedException {
        LaneFixture.await(() -> task(uid).status() == status || task(uid).status().terminal());
        assertEquals(status, task(uid).status(), () -> task(uid).toString());
    }

    private long waiting(String json) throws Exception {
        await(0, TaskStatus.SUCCEEDED);
        nodes.fresh = (_, _) -> "enqueued";
        return pod.write(json, null);
    }

    /** Waits: a status can be read in the store a moment before its command is acknowledged. */
    private void awaitState(String node, String id, ReplicaState state) {
        long giveUpNanos = System.nanoTime() + 60_000_000_000L;
        while (pod.view.index("i").orElseThrow().state(node, Rendezvous.shard(id, 4)) != state) {
            assertTrue(System.nanoTime() < giveUpNanos, () -> node + " is not " + state);
            Thread.onSpinWait();
        }
    }

    @Test
    void aTaskThatWaitsOnAllNodesIsCanceledOnAll() throws Exception {
        long uid = waiting("[{\"id\":2}]");
        TaskRow by = cancelation(uid);
        assertEquals("{\"canceledTasks\":1}", run(by));
        TaskRow task = task(uid);
        assertEquals(TaskStatus.CANCELED, task.status());
        assertEquals(Long.valueOf(by.uid()), task.canceledBy());
        assertNull(task.errorJson());
        assertEquals("{\"receivedDocuments\":1,\"indexedDocuments\":0}", task.detailsJson());
        awaitState("a", "2", ReplicaState.IN_SYNC);
        awaitState("b", "2", ReplicaState.IN_SYNC);
    }

    @Test
    void aTaskThatANodeHasBegunWithGoesOn() throws Exception {
        long uid = waiting("[{\"id\":2}]");
        nodes.end("b", "processing");
        assertEquals("{\"canceledTasks\":0}", run(cancelation(uid)));
        assertTrue(pod.sent.stream().noneMatch(s -> s.contains("/tasks/cancel")));
    }

    /** Each question would take all of its time-out: one a node is enough to know. */
    @Test
    void aNodeThatHangsIsAskedOnce() throws Exception {
        List<Long> uids = new ArrayList<>(List.of(waiting("[{\"id\":2}]")));
        while (uids.size() <= Canceler.NODE_TASKS_MAX) {
            uids.add(pod.write("[{\"id\":2}]", null));
        }
        BiFunction<String, NodeRequest, NodeReply> answers = pod.node;
        pod.node =
                (node, request) ->
                        node.equals("b") && request.target().startsWith("/tasks/cancel")
                                ? new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "it hangs")
                                : answers.apply(node, request);
        canceler.begin(uids, 0);
        assertEquals(2, pod.sent.stream().filter(s -> s.startsWith("a POST /tasks/ca")).count());
        assertEquals(1, pod.sent.stream().filter(s -> s.startsWith("b POST /tasks/ca")).count());
    }

    /** Also behind a cancelation that takes long, and however many there are: a client waits. */
    @Test
    void whatTheLeaderDoesIsEndedAtOnce() throws Exception {
        await(0, TaskStatus.SUCCEEDED);
        NewTask fresh = NewTask.of(TaskType.DUMP_CREATION, null, "{}", null, null);
        List<Long> dumps = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Tasks.Birth born = pod.store.tasks().enqueue(fresh).orThrow();
            dumps.add(((Tasks.Birth.Enqueued) born).uid());
        }
        assertEquals(
                new Tasks.Step.Stepped(),
                pod.store.tasks().started(dumps.getFirst(), Finish.NO_LANE).orThrow());
        TaskRow by = cancelation(dumps.toArray(Long[]::new));
        int before = pod.ends.get();
        canceler.begin(dumps, by.uid());
        assertEquals(1, pod.ends.get() - before);
        for (long dump : dumps) {
            assertEquals(TaskStatus.CANCELED, task(dump).status());
            assertEquals(Long.valueOf(by.uid()), task(dump).canceledBy());
        }
    }

    private long compaction() throws Exception {
        await(0, TaskStatus.SUCCEEDED);
        return pod.run(Operation.INDEX_COMPACT, "", null);
    }

    /** It leaves an index as it was, so that some nodes may be through with it. */
    @Test
    void aCompactionIsCanceledWhateverNodesAreAt() throws Exception {
        nodes.fresh = (node, _) -> node.equals("a") ? "succeeded" : "processing";
        long uid = compaction();
        TaskRow by = cancelation(uid);
        assertEquals("{\"canceledTasks\":1}", run(by));
        assertEquals(TaskStatus.CANCELED, task(uid).status());
        assertEquals(Long.valueOf(by.uid()), task(uid).canceledBy());
        assertNull(task(uid).errorJson());
        assertEquals(1, pod.sent.stream().filter(s -> s.contains("/tasks/cancel")).count());
        awaitState("a", "1", ReplicaState.IN_SYNC);
        awaitState("b", "1", ReplicaState.IN_SYNC);
    }

    /** A node that was rebuilt gives numbers anew. */
    @Test
    void anotherTaskWithTheNumberOfACompactionIsLeftAlone() throws Exception {
        nodes.fresh = (_, _) -> "enqueued";
        long uid = compaction();
        for (String node : List.of("a", "b")) {
            nodes.of(node).values().forEach(task -> task.put("type", "documentDeletion"));
        }
        assertEquals("{\"canceledTasks\":0}", run(cancelation(uid)));
        assertTrue(pod.sent.stream().noneMatch(s -> s.contains("/tasks/cancel")));
    }

    /** The leader was lost in the middle of it: what it did is not done by half. */
    @Test
    void whatWasCanceledOnOneNodeIsCanceledOnTheOthersByTheNextLeader() throws Exception {
        long uid = waiting("[{\"id\":2}]");
        TaskRow by = cancelation(uid);
        nodes.end("a", "canceled");
        assertEquals("{\"canceledTasks\":1}", run(by));
        assertEquals(TaskStatus.CANCELED, task(uid).status());
    }

    /** It was told to drop it, and was not done with that when the leader looked. */
    @Test
    void whatNodesDropAfterTheCancelationHasEndedIsCanceledByIt() throws Exception {
        long uid = waiting("[{\"id\":2}]");
        TaskRow by = cancelation(uid);
        nodes.end("b", "processing");
        String details = canceler.run(by);
        pod.store
                .tasks()
                .finish(
                        Finish.of(
                                by.uid(),
                                Finish.NO_LANE,
                                TaskStatus.SUCCEEDED,
                                details,
                                null,
                                List.of()))
                .orThrow();
        nodes.end("a", "canceled");
        nodes.end("b", "canceled");
        await(uid, TaskStatus.CANCELED);
        assertEquals(Long.valueOf(by.uid()), task(uid).canceledBy());
    }

    /** Rule 5: the node that was quicker has it, so the other is out and the task succeeds. */
    @Test
    void aTaskThatOneNodeDroppedAndTheOtherAppliedSucceeds() throws Exception {
        long uid = waiting("[{\"id\":2}]");
        cancelation(uid);
        nodes.end("a", "canceled");
        nodes.end("b", "succeeded");
        await(uid, TaskStatus.SUCCEEDED);
        awaitState("a", "2", ReplicaState.OUT);
        awaitState("b", "2", ReplicaState.IN_SYNC);
    }

    @Test
    void aTaskThatNodesDroppedThoughNobodyAskedFails() throws Exception {
        long uid = waiting("[{\"id\":2}]");
        nodes.end("a", "canceled");
        nodes.end("b", "canceled");
        await(uid, TaskStatus.FAILED);
        assertTrue(String.valueOf(task(uid).errorJson()).contains("nobody asked"));
    }

    /** An index that is gone for clients, and a primary key. */
    @Test
    void whatLaterTasksRelyOnIsNotCanceled() throws Exception {
        await(0, TaskStatus.SUCCEEDED);
        nodes.fresh = (_, _) -> "enqueued";
        long deletes = pod.run(Operation.INDEX_DELETE, "", null);
        pod.run(Operation.INDEX_CREATE, "", null);
        long chooses = pod.write("[{\"id\":2}]", null);
        assertEquals("{\"canceledTasks\":0}", run(cancelation(deletes, chooses)));
        assertTrue(pod.sent.stream().noneMatch(s -> s.contains("/tasks/cancel")));
    }

    private long creation() throws Exception {
        await(0, TaskStatus.SUCCEEDED);
        await(pod.run(Operation.INDEX_DELETE, "", null), TaskStatus.SUCCEEDED);
        nodes.fresh = (_, _) -> "enqueued";
        pod.sent.clear();
        WriteRequest create =
                new WriteRequest(
                        Operation.INDEX_CREATE, "i", Map.of(WriteRequest.PRIMARY_KEY, "id"));
        return pod.reply(create, "").taskUid();
    }

    /** The nodes' end, while a cancelation is carried out. */
    private Future<String> running(TaskRow by) {
        return threads.submit(() -> run(by));
    }

    private static String told(Future<String> canceling) throws Exception {
        return canceling.get(LaneFixture.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void anIndexThatIsCanceledGoesWhenNodesHaveMadeIt() throws Exception {
        long uid = creation();
        long incarnation =
                pod.store.indexes().get(ReadLevel.LOCAL, "i").orElseThrow().incarnation();
        TaskRow by = cancelation(uid);
        Future<String> canceling = running(by);
        nodes.end("a", "succeeded");
        nodes.end("b", "succeeded");
        assertEquals("{\"canceledTasks\":1}", told(canceling));
        assertEquals(TaskStatus.CANCELED, task(uid).status());
        assertEquals(Long.valueOf(by.uid()), task(uid).canceledBy());
        assertEquals("{\"primaryKey\":\"id\"}", task(uid).detailsJson());
        assertTrue(pod.store.indexes().get(ReadLevel.LOCAL, "i").isEmpty());
        String gone = "DELETE /indexes/m" + incarnation;
        LaneFixture.await(() -> pod.sent.stream().filter(s -> s.endsWith(gone)).count() == 2);
        nodes.fresh = (_, _) -> "succeeded";
        await(pod.write("[{\"id\":2}]", null), TaskStatus.SUCCEEDED);
    }

    /** A client was told of it, and it is in the index. */
    @Test
    void anIndexIsMadeAllTheSameForAWriteThatCameBehindIt() throws Exception {
        long uid = creation();
        Future<String> canceling = running(cancelation(uid));
        long write = pod.write("[{\"id\":2}]", null);
        nodes.end("a", "succeeded");
        nodes.end("b", "succeeded");
        assertEquals("{\"canceledTasks\":0}", told(canceling));
        assertEquals(TaskStatus.SUCCEEDED, task(uid).status());
        await(write, TaskStatus.SUCCEEDED);
        assertTrue(pod.sent.stream().noneMatch(s -> s.contains("DELETE /indexes/")));
    }

    /** It comes while it is found out that there is nothing. */
    @Test
    void whatMadeAnIndexIsUndoneOnlyWhileNoWriteBegins() throws Exception {
        long uid = creation();
        pod.follower.holdWith(
                (_, work) -> {
                    try {
                        pod.write("[{\"id\":2}]", null);
                    } catch (Exception failed) {
                        throw new IllegalStateException(failed);
                    }
                    return pod.lane.hold(() -> true, work);
                });
        Future<String> canceling = running(cancelation(uid));
        nodes.end("a", "succeeded");
        nodes.end("b", "succeeded");
        assertEquals("{\"canceledTasks\":0}", told(canceling));
        assertEquals(TaskStatus.SUCCEEDED, task(uid).status());
    }

    @Test
    void anIndexGoesWithWhatCameBehindItAndIsCanceledToo() throws Exception {
        long uid = creation();
        long write = pod.write("[{\"id\":2}]", null);
        long settings = pod.run(Operation.SETTINGS_UPDATE, "{\"stopWords\":[\"a\"]}", null);
        Future<String> canceling = running(cancelation(uid, write, settings));
        LaneFixture.await(
                () -> pod.sent.stream().filter(s -> s.contains("/tasks/cancel")).count() == 2);
        nodes.end("a", "succeeded");
        nodes.end("b", "succeeded");
        assertEquals("{\"canceledTasks\":3}", told(canceling));
        for (long one : List.of(uid, write, settings)) {
            assertEquals(TaskStatus.CANCELED, task(one).status());
        }
        assertTrue(pod.store.indexes().get(ReadLevel.LOCAL, "i").isEmpty());
    }

    private TaskRow row(long uid, Map<String, Long> accepted) {
        Details details = Details.of(Json.object()).counting(1);
        return new TaskRow(
                uid,
                null,
                "i",
                TaskType.DOCUMENT_ADDITION_OR_UPDATE,
                TaskStatus.ENQUEUED,
                null,
                details.stored(),
                null,
                new TaskRow.Dates(0, null, null),
                new TaskRow.Origin("i", 1, uid, 1, new TreeMap<>(accepted), Map.of()),
                List.of());
    }

    /** A request that holds others' writes as well is dropped for all of them or for none. */
    @Test
    void writesThatShareARequestStandOrFallTogether() {
        List<TaskRow> lane =
                List.of(
                        row(1, Map.of("a", 7L)),
                        row(2, Map.of("b", 8L)),
                        row(3, Map.of("a", 7L, "b", 8L)),
                        row(4, Map.of("a", 9L)));
        assertEquals(Set.of(Set.of(4L)), units(Set.of(1L, 2L, 4L), lane));
        assertEquals(Set.of(Set.of(1L, 2L, 3L)), units(Set.of(1L, 2L, 3L), lane));
        assertEquals(Set.of(), units(Set.of(3L), lane));
    }

    private static Set<Set<Long>> units(Set<Long> asked, List<TaskRow> lane) {
        return CancelPlan.of(asked, lane).stream()
                .map(CancelPlan.Unit::tasks)
                .collect(Collectors.toSet());
    }
}
