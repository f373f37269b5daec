package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import io.miroir.config.WritesConfig;
import io.miroir.config.bind.Range;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.NodeReply;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.lane.Intend;
import io.miroir.store.lane.IntentRow;
import io.miroir.store.lane.Lanes.Intention;
import io.miroir.store.task.Finish;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a lane's next owner makes of a write that nobody bound, from the shards that its intent
 * names and what nodes say that they have of it (protocol, rules 2 to 4).
 */
class LaneResumeTest {
    private static final int SHARD = Rendezvous.shard("2", 4);

    @TempDir Path directory;

    private LaneFixture pod;
    private long first;

    @BeforeEach
    void open() throws Exception {
        pod = new LaneFixture(directory);
        first = pod.write("[{\"id\":1}]", null);
    }

    @AfterEach
    void close() {
        pod.close();
    }

    /** A document of another shard. */
    private static int other() {
        int id = 3;
        while (Rendezvous.shard(Integer.toString(id), 4) == SHARD) {
            id++;
        }
        return id;
    }

    private static int otherShard() {
        return Rendezvous.shard(Integer.toString(other()), 4);
    }

    /** Leaves a write without a task; these nodes tell that they have it. */
    private void leave(String json, Set<String> having) {
        pod.bind = _ -> new Reply.Refused<>(new Refusal.TooLarge(3, 2));
        assertThrows(ApiException.class, () -> pod.write(json, null));
        pod.bind = pod::boundByStore;
        tell(pod.openIntents().getFirst(), having);
    }

    private void tell(IntentRow intent, Set<String> having) {
        ObjectNode tasks = Json.object();
        tasks.putArray("results")
                .addObject()
                .put("uid", 1_000)
                .put("status", "succeeded")
                .put("indexUid", pod.index().row().physicalUid())
                .put("customMetadata", mark(intent, 0));
        pod.reads =
                (id, _) ->
                        having.contains(id)
                                ? new NodeReply.Answer(200, tasks)
                                : LaneFixture.noTasks();
    }

    private long incarnation() {
        return pod.store.indexes().get(ReadLevel.LOCAL, "i").orElseThrow().incarnation();
    }

    /** The end of the first task puts a replica out. */
    private void putOut(String id, int shard) {
        endFirst(List.of(new IndexEffect.ReplicasOut(incarnation(), id, List.of(shard))));
    }

    private void endFirst(List<IndexEffect> effects) {
        pod.store
                .tasks()
                .finish(Finish.of(first, pod.epoch(), TaskStatus.SUCCEEDED, null, null, effects))
                .orThrow();
    }

    private List<TaskRow> resumed() throws Exception {
        pod.lane.resume(() -> true);
        assertTrue(pod.openIntents().isEmpty());
        return pod.tasks();
    }

    private ReplicaState state(String id, int shard) {
        return pod.index().state(id, shard);
    }

    /**
     * Shows: an owner that was paused when it had looked at the nodes puts nothing out: the next
     * one has looked by itself, and what it saw may be other.
     */
    @Test
    void whatAnOwnerSawPutsNothingOutOnceAnotherRunsTheLane() throws Exception {
        leave("[{\"id\":2}]", Set.of());
        pod.reads =
                (id, _) -> {
                    if (id.equals("a")) {
                        return new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "silence");
                    }
                    pod.store.lanes().claim("i", "other").orThrow();
                    return LaneFixture.noTasks();
                };
        pod.lane.resume(() -> true);
        assertEquals(ReplicaState.IN_SYNC, state("a", SHARD));
        assertEquals(1, pod.openIntents().size());
    }

    @Test
    void whatOnlyAReplicaHasThatIsOutIsGivenUp() throws Exception {
        // Its other shards are in sync there, but the write has nothing of them.
        leave("[{\"id\":2}]", Set.of("a"));
        putOut("a", SHARD);
        assertEquals(1, resumed().size());
        assertEquals(ReplicaState.IN_SYNC, state("b", SHARD));
        assertEquals(ReplicaState.IN_SYNC, state("a", otherShard()));
    }

    @Test
    void whatLacksAShardIsATaskThatFails() throws Exception {
        leave("[{\"id\":2},{\"id\":%d}]".formatted(other()), Set.of("a"));
        putOut("a", SHARD);
        List<TaskRow> tasks = resumed();
        assertEquals(2, tasks.size());
        String details = tasks.getFirst().detailsJson();
        assertTrue(details.contains("shards " + SHARD + " lack it"), details);
        assertEquals(ReplicaState.IN_SYNC, state("b", SHARD));
        assertEquals(ReplicaState.OUT, state("b", otherShard()));
        assertEquals(ReplicaState.IN_SYNC, state("a", otherShard()));
    }

    @Test
    void whatAGroupHasIsATaskAndOnlyWhatItTouchesIsOutOnTheOther() throws Exception {
        leave("[{\"id\":2}]", Set.of("a"));
        List<TaskRow> tasks = resumed();
        assertEquals(2, tasks.size());
        assertFalse(tasks.getFirst().detailsJson().contains("error"));
        assertEquals(ReplicaState.OUT, state("b", SHARD));
        assertEquals(ReplicaState.IN_SYNC, state("b", otherShard()));
    }

    /** Rule 18: should what a node has count one day for more, the task is not told by that. */
    @Test
    void whatEachNodeHadInSyncOfItIsKept() throws Exception {
        leave("[{\"id\":2},{\"id\":%d}]".formatted(other()), Set.of("a", "b"));
        putOut("b", SHARD);
        Details details = Details.parse(resumed().getFirst().detailsJson());
        assertEquals(Optional.of(ShardSet.of(SHARD, otherShard())), details.sent("a", 4));
        assertEquals(Optional.of(ShardSet.of(otherShard())), details.sent("b", 4));
    }

    /** Rule 4: on the nodes its tasks carry the epoch of the owner that was lost. */
    @Test
    void whatTheLostOwnerSentIsFollowedToItsEnd() throws Exception {
        leave("[{\"id\":2}]", Set.of("a", "b"));
        endFirst(List.of());
        pod.follower.start();
        long uid = resumed().getFirst().uid();
        LaneFixture.await(() -> pod.tasks().getFirst().status().terminal());
        TaskRow ended = pod.tasks().getFirst();
        assertEquals(uid, ended.uid());
        assertEquals(TaskStatus.SUCCEEDED, ended.status(), ended::toString);
    }

    /** Rule 2: nobody has marked who was down when it was sent. */
    @Test
    void whoWasDownWhenItWasSentIsOutForIt() throws Exception {
        pod.down("b");
        leave("[{\"id\":2}]", Set.of("a"));
        pod.up("b");
        assertEquals(2, resumed().size());
        assertEquals(ReplicaState.IN_SYNC, state("a", SHARD));
        assertEquals(ReplicaState.OUT, state("b", SHARD));
        assertEquals(ReplicaState.IN_SYNC, state("b", otherShard()));
    }

    /** Rule 4: a mark's range may have a place in it of which its node was sent nothing. */
    @Test
    void whoWasDownWhenItWasSentHasNothingWhateverItSays() throws Exception {
        pod.down("b");
        leave("[{\"id\":2}]", Set.of("a", "b"));
        pod.up("b");
        assertEquals(2, resumed().size());
        assertEquals(ReplicaState.OUT, state("b", SHARD));
    }

    /** Rule 3: given up, as nobody can say that it has it; then it may not be read either. */
    @Test
    void whoWasDownWhenItWasSentIsRightIfNobodyCanSayThatHeHasIt() throws Exception {
        pod.down("b");
        leave("[{\"id\":2}]", Set.of());
        pod.up("b");
        pod.reads = (_, _) -> new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "silence");
        assertEquals(1, resumed().size());
        assertEquals(ReplicaState.OUT, state("a", SHARD));
        assertEquals(ReplicaState.IN_SYNC, state("a", otherShard()));
        assertEquals(ReplicaState.IN_SYNC, state("b", SHARD));
    }

    /** Rules 4 and 8: the key that one node was given is the index's, and the other lacks it. */
    @Test
    void whoWasDownWhenAPrimaryKeyWasSentIsOut() throws Exception {
        Intend left =
                new Intend(
                        "i",
                        pod.epoch(),
                        "index_update",
                        "i",
                        "ab".repeat(32),
                        null,
                        0,
                        null,
                        incarnation(),
                        List.of("a"),
                        List.of(0, 1, 2, 3));
        assertInstanceOf(Intention.Intended.class, pod.store.lanes().intend(left).orThrow());
        pod.reads =
                (_, request) ->
                        request.target().startsWith("/tasks")
                                ? LaneFixture.noTasks()
                                : new NodeReply.Answer(200, Json.object().put("primaryKey", "sku"));
        pod.lane.release();
        assertEquals(2, resumed().size());
        assertEquals("sku", pod.index().row().primaryKey());
        assertEquals(ReplicaState.OUT, state("b", SHARD));
        assertEquals(ReplicaState.IN_SYNC, state("a", SHARD));
    }

    @Test
    void whoIsNotDownIsReadWhenNobodyCanSayWhoHasIt() throws Exception {
        leave("[{\"id\":2}]", Set.of());
        pod.down("a");
        pod.reads = (_, _) -> new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "silence");
        assertEquals(1, resumed().size());
        assertEquals(ReplicaState.OUT, state("a", SHARD));
        assertEquals(ReplicaState.IN_SYNC, state("b", SHARD));
    }

    /** Rule 4: each write of a turn, at its largest, may be a task of its own on the node. */
    @Test
    void whatIsTheOldestOfAWholeTurnIsFound() throws Exception {
        leave("[{\"id\":2}]", Set.of());
        long turn =
                (long) WritesConfig.class.getRecordComponents()[0].getAnnotation(Range.class).max();
        IntentRow oldest = pod.openIntents().getFirst();
        pod.reads = (_, request) -> page(request.target(), oldest, turn - 1);
        assertEquals(2, resumed().size());
        assertEquals(ReplicaState.IN_SYNC, state("a", SHARD));
        assertEquals(ReplicaState.IN_SYNC, state("b", SHARD));
    }

    /** A page of tasks, the newest first; the last of all is that of the intent. */
    private NodeReply page(String target, IntentRow oldest, long newest) {
        long from = number(target, "from").orElse(newest);
        long before = Math.max(-1, from - number(target, "limit").orElseThrow());
        ObjectNode tasks = Json.object();
        ArrayNode results = tasks.putArray("results");
        for (long uid = from; uid > before; uid--) {
            results.addObject()
                    .put("uid", uid)
                    .put("status", "enqueued")
                    .put("indexUid", pod.index().row().physicalUid())
                    .put("customMetadata", mark(oldest, uid));
        }
        return new NodeReply.Answer(
                200, before < 0 ? tasks.putNull("next") : tasks.put("next", before));
    }

    private static OptionalLong number(String target, String parameter) {
        Matcher found = Pattern.compile("[?&]" + parameter + "=(\\d+)").matcher(target);
        return found.find()
                ? OptionalLong.of(Long.parseLong(found.group(1)))
                : OptionalLong.empty();
    }

    private static String mark(IntentRow intent, long behind) {
        return "miroir:" + intent.epoch() + ":" + (intent.position() + behind) + ":i";
    }

    /** The index has no primary key: documents are left that choose it. */
    private void leaveChoosing(Set<String> having) {
        IndexEffect none = new IndexEffect.PrimaryKeySet(incarnation(), null);
        pod.store.lanes().affect("i", pod.epoch(), List.of(none)).orThrow();
        pod.view.catchUp();
        leave("[{\"id\":2}]", having);
    }

    /** Rule 8: and it is undone if they fail in the end. */
    @Test
    void thePrimaryKeyThatDocumentsChoseIsTheIndexs() throws Exception {
        leaveChoosing(Set.of("a"));
        Details details = Details.parse(resumed().getFirst().detailsJson());
        assertTrue(details.choosesKey());
        assertEquals("id", pod.index().row().primaryKey());
        assertEquals(ReplicaState.OUT, state("b", SHARD));
    }

    @Test
    void thePrimaryKeyOfDocumentsThatNobodyHasIsNotTheIndexs() throws Exception {
        leaveChoosing(Set.of());
        assertEquals(1, resumed().size());
        assertNull(pod.index().row().primaryKey());
    }

    /** Given up, it would be a key that the catalogue does not know. */
    @Test
    void documentsThatChoseAPrimaryKeyAreNotGivenUpWhileNobodyCanSayWhetherHeHasIt()
            throws Exception {
        leaveChoosing(Set.of());
        var answers = pod.reads;
        pod.reads = (_, _) -> new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "silence");
        pod.lane.resume(() -> true);
        assertEquals(1, pod.openIntents().size());
        pod.reads = answers;
        assertEquals(1, resumed().size());
    }

    @Test
    void whatAnEarlierProgramIntendedIsTakenToTouchAllShards() throws Exception {
        Intend old =
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
                        List.of());
        assertInstanceOf(Intention.Intended.class, pod.store.lanes().intend(old).orThrow());
        tell(pod.openIntents().getFirst(), Set.of("a"));
        pod.lane.release();
        assertEquals(2, resumed().size());
        assertEquals(ReplicaState.OUT, state("b", SHARD));
        assertEquals(ReplicaState.OUT, state("b", otherShard()));
    }
}
