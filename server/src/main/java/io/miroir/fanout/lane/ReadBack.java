package io.miroir.fanout.lane;

import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.store.index.IndexRow;
import io.miroir.store.task.TaskType;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * Reads from nodes what became of steps that carry no metadata (protocol, rule 4). What a node says
 * counts only once it is done with all such steps that it took.
 */
final class ReadBack {
    /** How long nodes that still work are waited for: the lane's other changes wait meanwhile. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final LaneContext context;

    ReadBack(LaneContext context) {
        this.context = context;
    }

    /**
     * What was read.
     *
     * @param done false if a node still worked when the patience was over: nothing is known then
     * @param answers of the nodes that gave one
     */
    record Reading(boolean done, Map<String, JsonNode> answers) {}

    /**
     * Reads a resource of an index on each node that is not down.
     *
     * @param type of the node tasks that must be done
     * @param rest the resource's path below the index
     */
    Reading read(Collection<String> nodes, IndexRow index, TaskType type, String rest)
            throws InterruptedException {
        Set<String> done = new TreeSet<>();
        Set<String> busy = new TreeSet<>(nodes);
        busy.removeIf(node -> !context.writable(node));
        NodeRequest open =
                NodeRequest.get(
                                "tasks",
                                "/tasks?limit=1&statuses=enqueued,processing&types="
                                        + type.wireName()
                                        + "&indexUids="
                                        + index.physicalUid(),
                                TIMEOUT)
                        .expecting(AnswerShape.TASKS);
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!busy.isEmpty()) {
            Map<String, JsonNode> told = ask(busy, open);
            // One that gives no answer has nothing that could be believed.
            busy.retainAll(told.keySet());
            told.forEach(
                    (node, tasks) -> {
                        if (tasks.path("results").isEmpty()) {
                            busy.remove(node);
                            done.add(node);
                        }
                    });
            if (busy.isEmpty()) {
                break;
            }
            if (System.nanoTime() > giveUpNanos) {
                return new Reading(false, Map.of());
            }
            Thread.sleep(PAUSE);
        }
        String target = "/indexes/" + index.physicalUid() + rest;
        return new Reading(true, ask(done, NodeRequest.get("index", target, TIMEOUT)));
    }

    private Map<String, JsonNode> ask(Set<String> nodes, NodeRequest request) {
        Map<String, NodeRequest> requests = new TreeMap<>();
        nodes.forEach(node -> requests.put(node, request));
        Map<String, JsonNode> answers = new TreeMap<>();
        context.nodes()
                .askAll(requests)
                .forEach(
                        (node, reply) -> {
                            if (reply instanceof NodeReply.Answer answer) {
                                answers.put(node, answer.body());
                            }
                        });
        return answers;
    }
}
