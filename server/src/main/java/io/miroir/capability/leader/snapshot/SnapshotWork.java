package io.miroir.capability.leader.snapshot;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.duty.TaskDuty;
import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.lane.WireErrors;
import io.miroir.store.task.TaskRow;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * Has every node make its own snapshot, and ends when all have. A node that is asked twice, because
 * the pod that asked first was lost, makes it twice: each replaces the one before.
 */
public final class SnapshotWork implements TaskDuty.Work {
    /** A node may be busy with a large batch first. */
    private static final Duration ALL_MAX = Duration.ofHours(6);

    /** A node that restarts goes on with its tasks. */
    private static final Duration SILENCE_MAX = Duration.ofMinutes(5);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final String OPERATION = "snapshot";

    private final Nodes nodes;

    /** Of these nodes. */
    public SnapshotWork(Nodes nodes) {
        this.nodes = nodes;
    }

    @Override
    public String run(TaskRow task) throws InterruptedException {
        await(ask());
        return Json.text(Json.object());
    }

    /** Each node's task. */
    private Map<String, Long> ask() throws InterruptedException {
        Map<String, NodeRequest> requests = new TreeMap<>();
        nodes.ids()
                .forEach(
                        node ->
                                requests.put(
                                        node,
                                        new NodeRequest(
                                                        OPERATION,
                                                        "POST",
                                                        "/snapshots",
                                                        null,
                                                        TIMEOUT)
                                                .expecting(AnswerShape.ENQUEUED)));
        Map<String, NodeReply> replies = nodes.askAll(requests);
        stopIfDeposed();
        Map<String, Long> tasks = new LinkedHashMap<>();
        replies.forEach((node, reply) -> tasks.put(node, taskOf(node, reply)));
        return tasks;
    }

    private static long taskOf(String node, NodeReply reply) {
        return switch (reply) {
            case NodeReply.Answer answer when answer.body().path("taskUid").isIntegralNumber() ->
                    answer.body().path("taskUid").asLong();
            case NodeReply.Answer answer -> throw none(node, "it answered " + answer.body());
            case NodeReply.Refusal refusal -> throw none(node, refusal.message());
            case NodeReply.Failure failure -> throw none(node, failure.detail());
        };
    }

    private void await(Map<String, Long> tasks) throws InterruptedException {
        long begunNanos = System.nanoTime();
        Map<String, Long> heardNanos = new LinkedHashMap<>();
        tasks.keySet().forEach(node -> heardNanos.put(node, begunNanos));
        while (!tasks.isEmpty()) {
            Thread.sleep(LOOK_AGAIN);
            Map<String, NodeRequest> questions = new LinkedHashMap<>();
            tasks.forEach(
                    (node, uid) ->
                            questions.put(
                                    node,
                                    NodeRequest.get(OPERATION, "/tasks/" + uid, TIMEOUT)
                                            .expecting(AnswerShape.TASK)));
            Map<String, NodeReply> replies = nodes.askAll(questions);
            stopIfDeposed();
            long nowNanos = System.nanoTime();
            replies.forEach(
                    (node, reply) -> {
                        if (reply instanceof NodeReply.Answer answer) {
                            heardNanos.put(node, nowNanos);
                            if (succeeded(node, answer.body())) {
                                tasks.remove(node);
                            }
                        }
                    });
            for (String node : tasks.keySet()) {
                if (nowNanos - heardNanos.getOrDefault(node, 0L) > SILENCE_MAX.toNanos()) {
                    throw none(node, "it has not answered for " + SILENCE_MAX.toMinutes() + " min");
                }
                if (nowNanos - begunNanos > ALL_MAX.toNanos()) {
                    throw none(node, "it has not ended within " + ALL_MAX.toHours() + " hours");
                }
            }
        }
    }

    private static boolean succeeded(String node, JsonNode task) {
        return switch (task.path("status").asString("")) {
            case "succeeded" -> true;
            case "failed" -> {
                ApiException why = WireErrors.toException(task.path("error"));
                throw new ApiException(why.code(), "Node `" + node + "`: " + why.text());
            }
            case "canceled" -> throw none(node, "its task was canceled");
            default -> false;
        };
    }

    private static void stopIfDeposed() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private static ApiException none(String node, String why) {
        return new ApiException(ErrorCode.INTERNAL, "Node `" + node + "` made no snapshot: " + why);
    }
}
