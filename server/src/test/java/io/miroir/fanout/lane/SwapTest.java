package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.indexes.IndexSwaps;
import io.miroir.api.indexes.Swap;
import io.miroir.fanout.NodeReply;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.alias.AliasRow;
import io.miroir.store.index.IndexRow;
import io.miroir.store.task.Finish;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Names that move behind all lanes concerned, and owners that are lost meanwhile (rule 7). */
class SwapTest {
    @TempDir Path directory;

    private LaneFixture pod;
    private final Map<String, Lane> lanes = new HashMap<>();
    private long a;
    private long b;

    @BeforeEach
    void createIndexes() throws Exception {
        pod = new LaneFixture(directory);
        a = created("a");
        b = created("b");
        pod.sent.clear();
    }

    @AfterEach
    void close() {
        pod.close();
    }

    private Lane lane(String name) {
        return lanes.computeIfAbsent(
                name, uid -> new Lane(uid, pod.context, pod.follower, pod.alone, pod.counters));
    }

    private LaneReply run(WriteRequest request, String body) throws Exception {
        return lane(request.indexUid()).run(request, pod.body(body), () -> true).orElseThrow();
    }

    private long created(String name) throws Exception {
        end(run(LaneFixture.request(Operation.INDEX_CREATE, name, null), "").taskUid(), name);
        return incarnation(name);
    }

    private long write(String index) throws Exception {
        return run(LaneFixture.request(Operation.DOCUMENTS_REPLACE, index, null), "[{\"id\":1}]")
                .taskUid();
    }

    private long swap(Swap... swaps) throws Exception {
        List<Swap> list = List.of(swaps);
        WriteRequest request = new WriteRequest(Operation.INDEX_SWAP, "a", Map.of());
        return run(request, Json.text(IndexSwaps.details(list))).taskUid();
    }

    private long swapAll() throws Exception {
        return swap(new Swap("a", "b", false));
    }

    /** As the nodes' answers would. */
    private void end(long task, String lane) {
        long epoch = pod.store.lanes().get(ReadLevel.LOCAL, lane).orElseThrow().epoch();
        Finish end = Finish.of(task, epoch, TaskStatus.SUCCEEDED, null, null, List.of());
        pod.store.tasks().finish(end).orThrow();
        pod.follower.forget(lane);
    }

    private long incarnation(String name) {
        return pod.store
                .indexes()
                .get(ReadLevel.LOCAL, name)
                .map(IndexRow::incarnation)
                .orElse(NameMoves.NOBODY);
    }

    private TaskRow task(long uid) {
        return pod.store.tasks().get(ReadLevel.LOCAL, uid).orElseThrow();
    }

    private TaskRow ended(long uid) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + LaneFixture.PATIENCE.toNanos();
        while (!task(uid).status().terminal()) {
            assertTrue(System.nanoTime() < giveUpNanos, () -> task(uid).toString());
            Thread.sleep(5);
        }
        return task(uid);
    }

    @Test
    void namesOfIdleIndexesMoveAtOnceAndNoNodeIsAsked() throws Exception {
        TaskRow task = ended(swapAll());
        assertEquals(TaskStatus.SUCCEEDED, task.status());
        assertNull(task.indexUid());
        assertEquals(List.of("a", "b"), task.names());
        assertEquals(b, incarnation("a"));
        assertEquals(a, incarnation("b"));
        assertTrue(pod.sent.isEmpty(), pod.sent::toString);
        write("a");
        assertTrue(
                pod.sent.stream().allMatch(s -> s.contains("/indexes/m" + b + "/")),
                pod.sent::toString);
    }

    @Test
    void aNameThatIsMissingFailsTheTaskAndNothingMoves() throws Exception {
        TaskRow task = ended(swap(new Swap("a", "b", false), new Swap("c", "d", true)));
        assertEquals(TaskStatus.FAILED, task.status());
        assertTrue(String.valueOf(task.errorJson()).contains("Index `c` not found."));
        assertEquals(a, incarnation("a"));
        assertFalse(pod.store.lanes().barred(ReadLevel.LOCAL, "a"));
    }

    /**
     * What was taken before goes to the index that bore the name then, what comes after does not.
     */
    @Test
    void aWriteThatComesBehindASwapIsOfTheIndexThatHasTheNameThen() throws Exception {
        long before = write("b");
        long swap = swapAll();
        assertTrue(pod.store.lanes().barred(ReadLevel.LOCAL, "b"));
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Long> behind = clients.submit(() -> write("b"));
            assertFalse(task(swap).status().terminal());
            assertEquals(b, incarnation("b"));
            // Nodes here know of no task: the one before ends as lost, and the swap can.
            pod.follower.start();
            assertTrue(behind.get() > swap);
        }
        assertEquals(TaskStatus.SUCCEEDED, ended(swap).status());
        assertEquals("a", ended(before).indexUid());
        List<String> written = pod.sent.stream().filter(s -> s.contains("/documents")).toList();
        assertTrue(written.getFirst().contains("/m" + b + "/"), written::toString);
        assertTrue(written.getLast().contains("/m" + a + "/"), written::toString);
    }

    @Test
    void aSwapThatIsCanceledWhileItWaitsMovesNothing() throws Exception {
        long before = write("b");
        long swap = swapAll();
        ObjectNode asks = Cancelation.details(Json.object(), List.of(swap));
        NewTask fresh = NewTask.of(TaskType.TASK_CANCELATION, null, Json.text(asks), null, null);
        TaskRow by =
                task(((Tasks.Birth.Enqueued) pod.store.tasks().enqueue(fresh).orThrow()).uid());
        assertTrue(Canceler.isCancelable(task(swap)));
        // Nodes here know of no task: the one before ends as lost.
        pod.follower.start();
        String told = new Canceler(pod.store, pod.context.nodes()).run(by);
        assertEquals(1, Json.parse(told).path("canceledTasks").asInt());
        assertTrue(task(before).status().terminal());
        assertEquals(TaskStatus.CANCELED, task(swap).status());
        assertEquals(Long.valueOf(by.uid()), task(swap).canceledBy());
        assertNull(task(swap).errorJson());
        assertEquals(a, incarnation("a"));
        assertEquals(b, incarnation("b"));
        assertFalse(pod.store.lanes().barred(ReadLevel.LOCAL, "b"));
    }

    /** A write does not wait for ever: its client is told to come again. */
    @Test
    void aWriteBehindASwapThatLastsIsRefused() throws Exception {
        write("b");
        swapAll();
        for (String behind : List.of("a", "b")) {
            lanes.put(behind, new Lane(behind, impatient(), pod.follower, pod.alone, pod.counters));
            ApiException refused = assertThrows(ApiException.class, () -> write(behind));
            assertEquals(ErrorCode.MIROIR_OVERLOADED, refused.code());
            assertTrue(refused.text().contains("waits for what came before"));
        }
    }

    private LaneContext impatient() {
        LaneSettings was = pod.context.settings();
        return new LaneContext(
                pod.context.podId(),
                pod.context.store(),
                pod.view,
                pod.context.nodes(),
                pod.health,
                pod.context.spooler(),
                new LaneSettings(
                        was.sendTimeout(),
                        was.retryTime(),
                        LaneFixture.SHORT,
                        was.storeTimeout(),
                        was.idempotencyTtl(),
                        was.waitingWritesMax(),
                        was.merging()));
    }

    /** A creation that the edge let in before the alias was made, and a rename like it. */
    @Test
    void noIndexIsGivenTheNameOfAnAlias() throws Exception {
        pod.store.aliases().flip("docs", AliasRow.Kind.SINGLE, List.of("a"), 0).orThrow();
        ApiException refused = assertThrows(ApiException.class, () -> created("docs"));
        assertEquals(ErrorCode.MIROIR_ALIAS_CONFLICT, refused.code());
        refused = assertThrows(ApiException.class, () -> write("docs"));
        assertEquals(ErrorCode.MIROIR_ALIAS_CONFLICT, refused.code());
        assertTrue(pod.sent.isEmpty(), pod.sent::toString);

        TaskRow rename = ended(swap(new Swap("b", "docs", true)));
        assertEquals(TaskStatus.FAILED, rename.status());
        assertTrue(String.valueOf(rename.errorJson()).contains("There is an alias `docs`"));
        assertEquals(b, incarnation("b"));
    }

    /** Lost before it was bound: nobody was told of it, and nothing waits for it. */
    @Test
    void aSwapThatWasOnlyIntendedIsGivenUp() throws Exception {
        pod.bind = _ -> new Reply.Refused<>(new Refusal.TooLarge(3, 2));
        assertThrows(ApiException.class, this::swapAll);
        pod.bind = pod::boundByStore;
        lanes.clear();
        lane("a").resume(() -> true);
        assertEquals(List.of(), pod.store.lanes().openIntents(ReadLevel.LOCAL, "a"));
        assertFalse(pod.store.lanes().barred(ReadLevel.LOCAL, "b"));
        assertEquals(a, incarnation("a"));
        assertTrue(pod.sent.isEmpty(), pod.sent::toString);
        assertEquals(TaskStatus.SUCCEEDED, ended(swapAll()).status());
    }

    /** Lost while it waited: the next owner of its lane finds it in the pod.store. */
    @Test
    void aSwapThatWaitsIsEndedByTheNextOwner() throws Exception {
        long before = write("b");
        long swap = swapAll();
        pod.follower.forget("a");
        end(before, "b");
        TaskFollower next = pod.anotherFollower();
        try (next) {
            new Lane("a", pod.context, next, pod.alone, pod.counters).resume(() -> true);
            assertEquals(TaskStatus.SUCCEEDED, ended(swap).status());
        }
        assertEquals(b, incarnation("a"));
        assertEquals("a", task(before).indexUid());
    }

    /** Lost in the middle of a write in another lane: that lane's next owner settles it first. */
    @Test
    void aSwapWaitsForTheNextOwnerOfALaneThatBrokeOff() throws Exception {
        pod.node =
                (_, _) -> {
                    throw new IllegalStateException("a bug");
                };
        assertThrows(IllegalStateException.class, () -> write("b"));
        pod.node = (_, _) -> pod.accepted();
        pod.follower.start();
        long swap = swapAll();
        assertEquals(1, pod.store.lanes().openIntents(ReadLevel.LOCAL, "b").size());
        assertFalse(task(swap).status().terminal());
        lane("b").resume(() -> true);
        assertEquals(TaskStatus.SUCCEEDED, ended(swap).status());
        assertEquals(b, incarnation("a"));
    }

    /** A rename with a key of which no node says whether it has it: its task has failed at once. */
    @Test
    void aRenameThatFailsBeforeItBeginsHoldsUpNothing() throws Exception {
        pod.node = (_, _) -> new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "no answer");
        WriteRequest rename =
                new WriteRequest(
                        Operation.INDEX_UPDATE,
                        "a",
                        Map.of(WriteRequest.NEW_UID, "c", WriteRequest.PRIMARY_KEY, "id"));
        ApiException told = assertThrows(ApiException.class, () -> run(rename, ""));
        assertEquals(ErrorCode.MIROIR_INDETERMINATE, told.code());
        pod.node = (_, _) -> pod.accepted();
        assertFalse(pod.store.lanes().barred(ReadLevel.LOCAL, "a"));
        assertTrue(write("a") > 0);
    }

    @Test
    void aRenameTellsNodesOfAPrimaryKeyOnly() throws Exception {
        WriteRequest rename =
                new WriteRequest(Operation.INDEX_UPDATE, "a", Map.of(WriteRequest.NEW_UID, "c"));
        TaskRow task = ended(run(rename, "").taskUid());
        assertEquals(TaskStatus.SUCCEEDED, task.status());
        assertEquals("a", task.indexUid());
        assertEquals(a, incarnation("c"));
        assertEquals(NameMoves.NOBODY, incarnation("a"));
        assertTrue(pod.sent.isEmpty(), pod.sent::toString);

        WriteRequest taken =
                new WriteRequest(
                        Operation.INDEX_UPDATE,
                        "c",
                        Map.of(WriteRequest.NEW_UID, "b", WriteRequest.PRIMARY_KEY, "id"));
        task = ended(run(taken, "").taskUid());
        assertEquals(TaskStatus.FAILED, task.status());
        assertTrue(String.valueOf(task.errorJson()).contains("Index `b` already exists."));
        assertTrue(pod.sent.isEmpty(), pod.sent::toString);

        WriteRequest both =
                new WriteRequest(
                        Operation.INDEX_UPDATE,
                        "c",
                        Map.of(WriteRequest.NEW_UID, "d", WriteRequest.PRIMARY_KEY, "id"));
        run(both, "");
        assertEquals(
                List.of("a", "b"), pod.sent.stream().map(s -> s.substring(0, 1)).sorted().toList());
        assertTrue(pod.sent.stream().allMatch(s -> s.endsWith(" PATCH /indexes/m" + a)));
    }
}
