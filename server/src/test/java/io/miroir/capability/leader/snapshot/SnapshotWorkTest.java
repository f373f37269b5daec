package io.miroir.capability.leader.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.Nodes;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class SnapshotWorkTest {
    private static final String ACCEPTED = "{\"taskUid\": 7}";
    private static final TaskRow TASK =
            new TaskRow(
                    1,
                    null,
                    null,
                    TaskType.SNAPSHOT_CREATION,
                    TaskStatus.ENQUEUED,
                    null,
                    "{}",
                    null,
                    new TaskRow.Dates(0, null, null),
                    null,
                    List.of());

    /** What each node answers, one after the other. */
    private final Map<String, Deque<NodeReply>> replies = new ConcurrentHashMap<>();

    @Test
    void itSucceedsWhenAllNodesHave() throws Exception {
        node("a", answer(ACCEPTED), status("succeeded"));
        node("b", answer(ACCEPTED), status("processing"), restarting(), status("succeeded"));
        assertEquals("{}", run());
        assertEquals(Map.of("a", 0, "b", 0), left());
    }

    @Test
    void oneThatFailsIsNamed() {
        node("a", answer(ACCEPTED), status("succeeded"));
        node(
                "b",
                answer(ACCEPTED),
                answer(
                        """
                        {"status": "failed", "error": {"code": "no_space_left_on_device",
                         "message": "No space left on device"}}
                        """));
        ApiException why = assertThrows(ApiException.class, this::run);
        assertEquals(ErrorCode.NO_SPACE_LEFT_ON_DEVICE, why.code());
        assertEquals("Node `b`: No space left on device", why.text());
    }

    @Test
    void oneThatHasNoneIsNamed() {
        node("a", answer(ACCEPTED));
        node("b", new NodeReply.Failure(NodeReply.Kind.SERVER_ERROR, "status 501: no snapshots"));
        ApiException why = assertThrows(ApiException.class, this::run);
        assertEquals("Node `b` made no snapshot: status 501: no snapshots", why.text());
    }

    private String run() throws InterruptedException {
        try (Nodes nodes =
                Nodes.over(Map.of("a", _ -> next("a"), "b", _ -> next("b")), (_, _, _, _) -> {})) {
            return new SnapshotWork(nodes).run(TASK);
        }
    }

    private NodeReply next(String node) {
        return queue(node).remove();
    }

    private Map<String, Integer> left() {
        return Map.of("a", queue("a").size(), "b", queue("b").size());
    }

    private Deque<NodeReply> queue(String node) {
        return Objects.requireNonNull(replies.get(node));
    }

    private void node(String id, NodeReply... answers) {
        replies.put(id, new ArrayDeque<>(List.of(answers)));
    }

    private static NodeReply answer(String json) {
        return new NodeReply.Answer(200, Json.parse(json));
    }

    private static NodeReply status(String status) {
        return answer("{\"status\": \"" + status + "\", \"error\": null}");
    }

    private static NodeReply restarting() {
        return new NodeReply.Failure(NodeReply.Kind.UNREACHABLE, "refused");
    }
}
