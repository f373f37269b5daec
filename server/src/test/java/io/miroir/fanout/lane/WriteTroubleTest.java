package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import io.miroir.cluster.IndexView;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ReplicaState;
import io.miroir.fanout.HttpNodeClient;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.ScriptedNode;
import io.miroir.fanout.ScriptedNode.Trouble;
import io.miroir.store.ReadLevel;
import io.miroir.store.task.TaskStatus;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every kind of write while a node is in every kind of trouble: what is acknowledged is done, the
 * node that may lack it is out by the same command (protocol, rule 2), and the lane goes on.
 */
class WriteTroubleTest {
    /** Gives up a node that says nothing soon, and waits for the store however slow it is. */
    private static final LaneSettings SETTINGS =
            new LaneSettings(
                    Duration.ofSeconds(2),
                    LaneFixture.SHORT,
                    LaneFixture.PATIENCE,
                    LaneFixture.PATIENCE,
                    Duration.ofSeconds(60),
                    LaneFixture.WAITING_MAX,
                    LaneFixture.MERGING);

    /** Whoever may not have done it has the same documents as before, and is read on. */
    private static final Set<Operation> CHANGES_NO_REPLICA = Set.of(Operation.INDEX_COMPACT);

    @TempDir Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private final ScriptedNode scripted =
            new ScriptedNode(_ -> Json.object().put("taskUid", 1_000));
    private final HttpNodeClient overHttp =
            new HttpNodeClient(http, scripted.address(), () -> List.of("key"));
    private LaneFixture pod;

    @BeforeEach
    void open() throws Exception {
        pod = new LaneFixture(directory, SETTINGS, LaneFixture.SETTINGS);
        var _ = new TaskNodes(pod);
        var sound = pod.node;
        pod.node =
                (node, request) ->
                        isTrialOfAFunction(request) ? functionIsRead() : sound.apply(node, request);
        pod.follower.start();
        pod.write("[{\"id\": 1}]", null);
    }

    @AfterEach
    void close() {
        pod.close();
        scripted.close();
        http.shutdownNow();
    }

    private static boolean isTrialOfAFunction(NodeRequest request) {
        return request.target().startsWith("/indexes/m0/");
    }

    private static NodeReply functionIsRead() {
        String code = "invalid_document_edition_context";
        return new NodeReply.Refusal(400, code, "", Json.object().put("code", code));
    }

    /** From now on writes of these nodes run into it; what nodes are asked besides is answered. */
    private void trouble(Trouble what, Set<String> nodes) {
        scripted.in(what, _ -> true);
        var sound = pod.node;
        pod.node =
                (node, request) ->
                        nodes.contains(node) && !isTrialOfAFunction(request)
                                ? overHttp.send(request)
                                : sound.apply(node, request);
    }

    private LaneReply run(Operation operation) throws Exception {
        WriteRequest plain = LaneFixture.request(operation, "i", null);
        Map<String, String> parameters = new HashMap<>(plain.parameters());
        if (operation == Operation.INDEX_UPDATE) {
            parameters.put(WriteRequest.PRIMARY_KEY, "sku");
        }
        String body =
                switch (operation) {
                    case DOCUMENTS_REPLACE, DOCUMENTS_UPDATE -> "[{\"id\": 1, \"t\": \"new\"}]";
                    case DOCUMENTS_DELETE -> "[\"1\"]";
                    case DOCUMENTS_DELETE_BY_FILTER -> "{\"filter\": \"g = x\"}";
                    case DOCUMENTS_EDIT -> "{\"function\": \"doc.t = 1\"}";
                    case DOCUMENT_DELETE,
                            DOCUMENTS_CLEAR,
                            INDEX_CREATE,
                            INDEX_UPDATE,
                            INDEX_DELETE,
                            INDEX_COMPACT,
                            INDEX_SWAP,
                            SETTINGS_UPDATE ->
                            "";
                };
        return pod.reply(new WriteRequest(operation, "i", parameters), body);
    }

    private TaskStatus end(long taskUid) throws InterruptedException {
        LaneFixture.await(() -> status(taskUid).terminal());
        return status(taskUid);
    }

    private TaskStatus status(long taskUid) {
        return pod.store.tasks().get(ReadLevel.LOCAL, taskUid).orElseThrow().status();
    }

    private Optional<ReplicaState> stateOf(String node) {
        return pod.view
                .index("i")
                .map(index -> index.state(node, Rendezvous.shard("1", index.topology().shards())));
    }

    private void assertNothingIsHeld() throws InterruptedException {
        assertEquals(List.of(), pod.openIntents());
        // A client may hear before what was sent for it is let go.
        LaneFixture.await(() -> pod.spooler.heldMemoryBytes() == 0);
        LaneFixture.await(() -> pod.spooler.heldFileBytes() == 0);
    }

    private void outlives(Operation operation, Trouble trouble) throws Exception {
        trouble(trouble, Set.of("b"));
        LaneReply reply = run(operation);
        assertTrue(scripted.troubles() > 0, "the node was not asked");
        assertEquals(TaskStatus.SUCCEEDED, end(reply.taskUid()));
        if (operation == Operation.INDEX_DELETE) {
            assertEquals(Optional.empty(), pod.view.index("i").map(IndexView::row));
        } else {
            assertEquals(Optional.of(ReplicaState.IN_SYNC), stateOf("a"));
            boolean out = !CHANGES_NO_REPLICA.contains(operation);
            assertEquals(Optional.of(out ? ReplicaState.OUT : ReplicaState.IN_SYNC), stateOf("b"));
        }
        assertNothingIsHeld();
        // The lane is free, and does not wait for the node.
        assertEquals(TaskStatus.SUCCEEDED, end(pod.write("[{\"id\": 2, \"sku\": 2}]", null)));
    }

    /**
     * One trouble of each kind of reply that becomes of it; which that is, is tested with those.
     */
    @ParameterizedTest
    @EnumSource(
            value = Trouble.class,
            names = {"ERROR", "TOO_MANY", "EMPTY_OBJECT", "UNKNOWN_ERROR", "CLOSE", "SILENT"})
    void aWriteOutlivesANodeInAnyTrouble(Trouble trouble) throws Exception {
        outlives(Operation.DOCUMENTS_UPDATE, trouble);
    }

    /** Settings are brought to nodes in a way of their own, and names are none of theirs. */
    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SETTINGS_UPDATE", "INDEX_SWAP", "INDEX_CREATE"})
    void everyKindOfWriteOutlivesANodeInTrouble(Operation operation) throws Exception {
        outlives(operation, Trouble.EMPTY_OBJECT);
    }

    @Test
    void anIndexIsMadeWhileANodeIsInTrouble() throws Exception {
        assertEquals(TaskStatus.SUCCEEDED, end(run(Operation.INDEX_DELETE).taskUid()));
        outlives(Operation.INDEX_CREATE, Trouble.EMPTY_OBJECT);
    }

    /** Where nobody took it nobody is told that it is done, and nothing of it is left open. */
    @ParameterizedTest
    @EnumSource(
            value = Trouble.class,
            names = {"ERROR", "TOO_MANY", "EMPTY_OBJECT", "UNKNOWN_ERROR", "CLOSE", "SILENT"})
    void aWriteThatNoNodeTakesIsRefused(Trouble trouble) throws Exception {
        trouble(trouble, Set.of("a", "b"));
        ApiException refused =
                assertThrows(ApiException.class, () -> run(Operation.DOCUMENTS_UPDATE));
        assertTrue(refused.status() >= 500, refused::getMessage);
        assertNotEquals(0, scripted.troubles());
        assertNothingIsHeld();
    }
}
