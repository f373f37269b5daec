package io.miroir.fanout.lane;

import static io.miroir.fanout.lane.SharedTurns.Asked.post;
import static io.miroir.fanout.lane.SharedTurns.Asked.put;
import static io.miroir.fanout.lane.SharedTurns.accepted;
import static io.miroir.fanout.lane.SharedTurns.uids;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.lane.SharedTurns.Asked;
import io.miroir.fanout.lane.SharedTurns.Sending;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.lane.IntentRow;
import io.miroir.store.task.TaskRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Writes that waited for the same turn reach each node in one request (protocol, rule 6). */
class LaneMergeTest {
    @TempDir Path directory;

    private SharedTurns turns;
    private LaneFixture pod;

    @BeforeEach
    void open() throws Exception {
        turns = new SharedTurns(directory);
        pod = turns.pod;
    }

    @AfterEach
    void close() {
        turns.close();
    }

    private static ErrorCode refusal(Future<LaneReply> write) {
        ExecutionException told = assertThrows(ExecutionException.class, write::get);
        return assertInstanceOf(ApiException.class, told.getCause()).code();
    }

    /** Many small writes cost a node one task; each client has its own. */
    @Test
    void whatWaitsIsOneRequestAndAsManyTasks() throws Exception {
        List<Long> uids =
                uids(
                        turns.behindAnother(
                                post("[{\"id\":1,\"n\":1}]"),
                                post("[{\"id\":1,\"n\":2},{\"id\":1,\"n\":3}]"),
                                post("[{\"id\":1,\"n\":4}]")));
        assertEquals(1, turns.atA.size(), turns.atA::toString);
        Sending merged = turns.atA.element();
        assertEquals(4, merged.body().lines().count());
        assertEquals(
                List.of(1, 2, 3, 4),
                merged.body().lines().map(line -> Json.parse(line).path("n").asInt()).toList());
        assertEquals(3, uids.stream().distinct().count());
        List<Long> sorted = new ArrayList<>(uids);
        Collections.sort(sorted);
        assertEquals(sorted, uids, "uids are in the order of the lane");
        Long nodeTask = accepted(turns.task(uids.getFirst())).get("a");
        for (long uid : uids) {
            assertEquals(nodeTask, accepted(turns.task(uid)).get("a"));
        }
        Details second = Details.parse(turns.task(uids.get(1)).detailsJson());
        assertEquals(2, second.visible().path("receivedDocuments").asLong());
        assertEquals(1, second.counts().getAsLong(), "two of one document count once");
        assertEquals(0, pod.openIntents().size());
        assertEquals(3L * 2, pod.counters.merged().sum());
        assertEquals(2, pod.counters.mergedRequests().sum());
    }

    /** Each document has the position of its own write, and the request says all of them. */
    @Test
    void aRequestSaysWhichPositionsItHolds() throws Exception {
        List<Long> uids = uids(turns.behindAnother(post("[{\"id\":1}]"), post("[{\"id\":1}]")));
        String mark = turns.atA.element().mark();
        for (long uid : uids) {
            TaskRow.Origin origin = requireNonNull(turns.task(uid).origin());
            Place place = new Place("i", origin.epoch(), origin.position(), origin.incarnation());
            assertTrue(Mark.covers(mark, place.metadata()), mark);
        }
        List<String> sequences =
                turns.atA
                        .element()
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
                turns.behindAnother(
                        post("[{\"id\":1,\"a\":1}]"),
                        put("[{\"id\":1,\"b\":1}]"),
                        put("[{\"id\":1,\"c\":1}]"),
                        new Asked(Operation.DOCUMENTS_DELETE, "[\"1\"]", null),
                        post("[{\"id\":1,\"d\":1}]"));
        assertEquals(5, uids(writes).stream().distinct().count());
        assertEquals(
                List.of("POST", "PUT", "POST", "POST"),
                turns.atA.stream().map(Sending::method).toList());
        List<Sending> sent = List.copyOf(turns.atA);
        assertEquals(2, sent.get(1).body().lines().count());
        assertTrue(sent.get(2).target().contains("/documents/delete-batch"), sent::toString);
    }

    /** A document that can't be read is its own client's; nobody else hears of it. */
    @Test
    void whoseDocumentsAreFaultyFailsAlone() throws Exception {
        List<Future<LaneReply>> writes =
                turns.behindAnother(
                        post("[{\"id\":1}]"),
                        post("[{\"id\":\"not allowed!\"}]"),
                        post("[{\"id\":"),
                        post("[{\"id\":2}]"));
        assertEquals(ErrorCode.MALFORMED_PAYLOAD, refusal(writes.get(2)));
        TaskRow faulty = turns.task(writes.get(1).get().taskUid());
        assertTrue(
                String.valueOf(faulty.errorJson()).contains("invalid_document_id"),
                faulty::toString);
        assertEquals(2, accepted(turns.task(writes.get(0).get().taskUid())).size());
        assertEquals(2, accepted(turns.task(writes.get(3).get().taskUid())).size());
    }

    /** A node that refuses the whole is sent its parts: only the guilty one is refused. */
    @Test
    void aRequestThatNodesRefuseIsTakenApart() throws Exception {
        pod.node =
                (_, request) ->
                        TaskNodes.body(request).contains("guilty")
                                ? LaneFixture.refused()
                                : pod.accepted();
        List<Future<LaneReply>> writes =
                turns.behindAnother(
                        post("[{\"id\":1}]"),
                        post("[{\"id\":1,\"guilty\":true}]"),
                        post("[{\"id\":1}]"));
        assertEquals(ErrorCode.INVALID_DOCUMENT_FIELDS, refusal(writes.get(1)));
        assertEquals(2, accepted(turns.task(writes.get(0).get().taskUid())).size());
        assertEquals(2, accepted(turns.task(writes.get(2).get().taskUid())).size());
        assertEquals(List.of(3, 1, 1, 1), turns.atA.stream().map(r -> r.ids().size()).toList());
        assertEquals(2, pod.counters.takenApart().sum());
        assertEquals(0, pod.openIntents().size());
    }

    /** Rule 2: a retry in the same turn's queue gets the task of what it repeats. */
    @Test
    void aRetryThatWaitsBesideItsWriteGetsItsTask() throws Exception {
        Asked keyed = new Asked(Operation.DOCUMENTS_REPLACE, "[{\"id\":1}]", "k");
        List<Long> uids = uids(turns.behindAnother(keyed, post("[{\"id\":1}]"), keyed));
        assertEquals(uids.get(0), uids.get(2));
        assertEquals(1, turns.atA.size());
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
                turns.behindAnother(
                        post("[{\"id\":1}]"), post("[{\"id\":1}]"), post("[{\"id\":1}]"));
        for (Future<LaneReply> write : writes) {
            assertEquals(ErrorCode.MIROIR_INDETERMINATE, refusal(write));
        }
        List<IntentRow> left = pod.openIntents();
        assertEquals(3, left.size());
        ObjectNode tasks = Json.object();
        tasks.putArray("results")
                .addObject()
                .put("uid", 1_000)
                .put("customMetadata", turns.atA.element().mark());
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
                turns.behindAnother(put("[{\"id\":1}]"), put("[{\"id\":1}]"), post("[{\"id\":1}]"));
        for (Future<LaneReply> write : writes) {
            TaskRow task = turns.task(write.get().taskUid());
            assertEquals(List.of("a"), List.copyOf(accepted(task).keySet()));
        }
        long posts =
                pod.sent.stream().filter(s -> s.startsWith("b POST") && s.contains("%3A")).count();
        assertEquals(1, posts, () -> "only the one before: " + pod.sent);
    }
}
