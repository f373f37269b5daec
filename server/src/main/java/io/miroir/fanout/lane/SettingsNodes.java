package io.miroir.fanout.lane;

import io.miroir.api.settings.NodeSettings;
import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.store.index.IndexRow;
import io.miroir.store.task.TaskType;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends settings to nodes and reads back what they have. What a node says of its task does not
 * count, only what it shows once it is done (protocol, rules 4 and 7).
 */
final class SettingsNodes {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final long PAUSE_MILLIS_MIN = 10;
    private static final long PAUSE_MILLIS_MAX = 500;

    private final LaneContext context;
    private final NodeNumbers numbers;
    private final Duration silenceMax;

    SettingsNodes(LaneContext context, NodeNumbers numbers, Duration silenceMax) {
        this.context = context;
        this.numbers = numbers;
        this.silenceMax = silenceMax;
    }

    /**
     * Makes nodes have settings; comes back when each has shown what it has.
     *
     * @param wanted what nodes are to have, whole
     * @param ours whether this pod still is to do it
     */
    Map<String, Shown> change(
            Collection<String> nodes, IndexRow index, ObjectNode wanted, BooleanSupplier ours)
            throws InterruptedException {
        Map<String, Future<Shown>> changing = new TreeMap<>();
        Map<String, Shown> shown = new TreeMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            nodes.forEach(
                    node ->
                            changing.put(
                                    node, threads.submit(() -> change(node, index, wanted, ours))));
            for (Map.Entry<String, Future<Shown>> node : changing.entrySet()) {
                shown.put(node.getKey(), node.getValue().get());
            }
        } catch (ExecutionException bug) {
            throw new IllegalStateException("settings of " + index.uid(), bug.getCause());
        }
        return shown;
    }

    private Shown change(String node, IndexRow index, ObjectNode wanted, BooleanSupplier ours)
            throws InterruptedException {
        boolean quiet = quiet(node, index);
        NodeReply before = read(node, index);
        if (!(before instanceof NodeReply.Answer found)) {
            // One without the index would create it, and then answer for documents it has not.
            return new Shown.Unknown(reason(before));
        }
        if (quiet
                && !SettingsReadBack.hasSecrets(wanted)
                && SettingsReadBack.matches(wanted, found.body())) {
            return new Shown.Wanted();
        }
        NodeNumbers.Floor floor = numbers.floor(node);
        return switch (context.nodes().ask(node, patch(index, wanted, found.body()))) {
            case NodeReply.Answer answer -> {
                long task = answer.body().path("taskUid").asLong(-1);
                yield numbers.accept(node, floor, task)
                        ? shown(node, task, index, wanted, ours)
                        : new Shown.Unknown(NodeNumbers.BEGAN_ANEW);
            }
            case NodeReply.Refusal refusal when refusal.refusesKey() ->
                    new Shown.Unknown("the node refuses our key");
            case NodeReply.Refusal refusal ->
                    new Shown.Refused((ObjectNode) refusal.error().deepCopy());
            // It may have them all the same: whoever asks next reads it first.
            case NodeReply.Failure failure -> new Shown.Unknown(reason(failure));
        };
    }

    /** Follows a node's task to its end, however long it takes while the node answers. */
    private Shown shown(
            String node, long task, IndexRow index, ObjectNode wanted, BooleanSupplier ours)
            throws InterruptedException {
        NodeRequest look =
                NodeRequest.get("tasks", "/tasks/" + task, TIMEOUT).expecting(AnswerShape.TASK);
        long silentNanos = System.nanoTime();
        long pauseMillis = PAUSE_MILLIS_MIN;
        while (ours.getAsBoolean()) {
            switch (context.nodes().ask(node, look)) {
                case NodeReply.Answer answer -> {
                    silentNanos = System.nanoTime();
                    if (ended(answer.body())) {
                        return readBack(node, index, wanted, answer.body().path("error"));
                    }
                }
                case NodeReply.Refusal _ -> {
                    return readBack(node, index, wanted, NullNode.getInstance());
                }
                case NodeReply.Failure failure -> {
                    boolean late = System.nanoTime() - silentNanos > silenceMax.toNanos();
                    if (late || !context.writable(node)) {
                        return new Shown.Unknown(reason(failure));
                    }
                }
            }
            Thread.sleep(pauseMillis);
            pauseMillis = Math.min(PAUSE_MILLIS_MAX, pauseMillis * 3 / 2);
        }
        return new Shown.Unknown("the lane is run by another pod");
    }

    private static boolean ended(JsonNode task) {
        return switch (task.path("status").asString("")) {
            case "succeeded", "failed", "canceled" -> true;
            default -> false;
        };
    }

    private Shown readBack(String node, IndexRow index, ObjectNode wanted, JsonNode error) {
        NodeReply after = read(node, index);
        if (!(after instanceof NodeReply.Answer found)) {
            return new Shown.Unknown(reason(after));
        }
        if (SettingsReadBack.matches(wanted, found.body())) {
            return new Shown.Wanted();
        }
        return error instanceof ObjectNode refusal ? new Shown.Refused(refusal) : new Shown.Other();
    }

    /** Whether the node has no settings of the index before it. */
    private boolean quiet(String node, IndexRow index) {
        NodeRequest open =
                NodeRequest.get(
                                "tasks",
                                "/tasks?limit=1&statuses=enqueued,processing&types="
                                        + TaskType.SETTINGS_UPDATE.wireName()
                                        + "&indexUids="
                                        + index.physicalUid(),
                                TIMEOUT)
                        .expecting(AnswerShape.TASKS);
        return context.nodes().ask(node, open) instanceof NodeReply.Answer answer
                && answer.body().path("results").isEmpty();
    }

    private NodeReply read(String node, IndexRow index) {
        return context.nodes().ask(node, SettingsReadBack.request(index.physicalUid()));
    }

    private NodeRequest patch(IndexRow index, ObjectNode wanted, JsonNode found) {
        ObjectNode change = NodeSettings.replacing(wanted, found);
        return new NodeRequest(
                        "settings",
                        "PATCH",
                        SettingsReadBack.path(index.physicalUid()),
                        NodeBody.json(change),
                        context.settings().sendTimeout())
                .expecting(AnswerShape.ENQUEUED);
    }

    private static String reason(NodeReply reply) {
        return switch (reply) {
            case NodeReply.Answer _ -> "an answer";
            case NodeReply.Refusal refusal -> "refused: " + refusal.code();
            case NodeReply.Failure failure -> failure.kind().label() + ": " + failure.detail();
        };
    }
}
